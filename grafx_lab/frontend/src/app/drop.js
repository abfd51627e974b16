// A file dropped anywhere: a patch is loaded, a sound becomes source or target.

import { isPatchFile, loadPatch, uploadSound } from "../ui/files.js";
import { openRoleMenu } from "./sound_menu.js";

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

export function acceptDrops({ el, call, working }) {
  let leaving = 0;
  // Between two children dragleave comes without a dragenter: wait a moment before believing it.
  const calm = () => (leaving = setTimeout(() => delete el.dataset.dropping, 80));
  const over = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(leaving);
    el.dataset.dropping = "true";
  };
  const drop = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    calm();
    const file = event.dataTransfer.files[0];
    const role = event.target.closest("[data-drop-role]")?.dataset.dropRole;
    if (!file) return;
    if (isPatchFile(file)) working(loadPatch(call, file));
    else if (role) working(uploadSound(call, role, file), role);
    else openRoleMenu({ root: el, point: { x: event.clientX, y: event.clientY }, file, call, working });
  };
  // In the capture phase: the canvas has a drop of its own, for processors.
  const listeners = { dragenter: over, dragover: over, dragleave: calm, drop };
  for (const [name, listener] of Object.entries(listeners)) el.addEventListener(name, listener, true);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) el.removeEventListener(name, listener, true);
  };
}
