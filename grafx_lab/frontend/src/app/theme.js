// Light or dark: what the person chose here, else what their system says.

const KEY = "grafx_lab.theme";

// Storage may be forbidden (a private window, a sandboxed frame); the choice then lasts as long as the page.
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    /* see above */
  }
}

export function themeSwitch(el) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const stored = remembered();
    el.dataset.theme = stored === "dark" || stored === "light" ? stored : system.matches ? "dark" : "light";
  };
  system.addEventListener("change", follow);
  follow();
  return {
    toggle() {
      el.dataset.theme = el.dataset.theme === "dark" ? "light" : "dark";
      remember(el.dataset.theme);
    },
    destroy: () => system.removeEventListener("change", follow),
  };
}
