"""What people who do not see the screen get: axe-core's rules, and the tree of roles and names as text."""

import os
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Locator

AXE = Path(__file__).parent / "axe" / "axe.min.js"

_LINE = re.compile(r"""( *)(?:- '?([\w/]+))?( "(?:[^"\\]|\\.)*")?((?: \[[^\]]*\])*).*""")
_NUMBER = re.compile(r"[−+-]?\d[\d.,]*")

_RUN = """async (el) => {
  const ends = ({ effect }) => effect.getComputedTiming().endTime < Infinity;
  const moving = el.getAnimations({ subtree: true }).filter(ends); // colours on their way have contrasts of their own
  await Promise.allSettled(moving.map(({ finished }) => finished));
  const { violations } = await axe.run(el, { resultTypes: ["violations"] });
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap(
    ({ id, nodes }) => nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message ?? ""}`));
}"""


@cache
def _axe() -> str:
    return AXE.read_text()


def violations(part: Locator) -> list[str]:
    """What axe-core finds serious or critical in a part of the page."""
    if not part.page.evaluate("typeof axe === 'object'"):
        part.page.evaluate(_axe())  # a script tag would meet the host's content policy
    part.scroll_into_view_if_needed()  # contrast is only judged where something is seen
    return part.evaluate(_RUN)


def roles_and_names(part: Locator) -> str:
    """The tree of roles and names, a line each; what moves with the sound (texts, values, numbers) is left out."""
    lines = []
    for line in part.aria_snapshot().splitlines():
        indent, role, name, states = _LINE.fullmatch(line).groups("")
        if role and role not in ("text", "/url", "paragraph"):
            lines.append(f"{indent}{role}{_NUMBER.sub('#', name)}{states}")
    return "\n".join(lines) + "\n"


def committed(found: str, path: Path) -> str:
    """The text of a committed file; GRAFX_LAB_SNAPSHOTS=1 writes what was found into it first."""
    if os.environ.get("GRAFX_LAB_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    return path.read_text()
