// A value that is typed: Enter or leaving the field sends the text, Escape restores it.

/** `current()` is the text on show. */
export function typing(field, current, send) {
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", () => {
    const text = field.value.trim();
    if (text && text !== current()) send(text);
    else field.value = current();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") field.value = current();
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
}
