"""What a page shows for a moment only, and what it shows when it has come to rest."""

from playwright.sync_api import Locator

_KEEP = """(part, places) => {
  const texts = (part.textsThatWereShown = new Set());
  const note = () => part.querySelectorAll(places).forEach((el) => texts.add(el.textContent));
  new MutationObserver(note).observe(part, { subtree: true, childList: true, characterData: true });
}"""


def keep_texts(part: Locator, places: str) -> None:
    """Keep every text that will appear at some places of a part: how long a moment lasts is the machine's affair."""
    part.evaluate(_KEEP, places)


def kept_texts(part: Locator) -> list[str]:
    """All texts since :func:`keep_texts`, in the order of their appearance."""
    return part.evaluate("(part) => [...part.textsThatWereShown]")


def scrolls_sideways(part: Locator) -> bool:
    """Whether a part is wider than its place; while a page is laid out anew it may be."""
    return part.evaluate("(part) => part.scrollWidth > part.clientWidth")
