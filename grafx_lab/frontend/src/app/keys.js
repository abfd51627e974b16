// Keys of the whole screen. They act when the focus is in the app or nowhere, and never while somebody types.

import { playerKey } from "../ab_player/player.js";
import { isEditable } from "../ui/root.js";

export function listenKeys({ el, player, undo, redo, findProcessor }) {
  const onKey = (event) => {
    const target = event.target;
    if (target !== document.body && !el.contains(target)) return;
    if (event.defaultPrevented || isEditable(target) || playerKey(event, player)) return;
    const key = event.key.toLowerCase();
    const command = event.ctrlKey || event.metaKey;
    if (command && (key === "y" || (key === "z" && event.shiftKey))) redo();
    else if (command && key === "z") undo();
    else if (key === "/" && !command) findProcessor();
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
