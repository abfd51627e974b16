"""The colours of the style sheet can be read: WCAG 2.1 AA for every pair of tokens that meet on the screen."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parent.parent / "grafx_lab" / "frontend" / "src" / "style" / "tokens.css"
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{6})\b", block))
    for block in TOKENS.read_text().split("[data-theme=dark]", 1)
)
THEMES = {"light": LIGHT, "dark": LIGHT | DARK}
GROUNDS = ("page", "surface", "sunken", "raised")
FAMILIES = tuple(name for name in LIGHT if name.startswith("fam-"))
TEXTS = ("ink", "ink-2", "ink-3", "fitted", "target", "gradient", "ok", "warn", "error")
MARKS = ("control", "source", "focus", *FAMILIES)  # lines and edges; words beside them are set in a text colour
PAIRS = [
    *((text, ground, 4.5) for text in TEXTS for ground in GROUNDS),
    *((mark, ground, 3.0) for mark in MARKS for ground in GROUNDS),
    *((family, "surface", 4.5) for family in FAMILIES),
    ("on-ink", "ink", 4.5),
    *((state, f"{state}-fill", 4.5) for state in ("ok", "warn", "error")),
    *(("ink", f"{state}-fill", 4.5) for state in ("ok", "warn", "error")),
    *((optimiser, "night", 4.5) for optimiser in ("opt-1", "opt-2", "opt-3")),
]


def luminance(colour: str) -> float:
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_largest_ratio():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=lambda value: str(value))
def test_a_colour_stands_out_from_its_ground(theme, front, ground, least):
    tokens = THEMES[theme]
    assert contrast(tokens[front], tokens[ground]) >= least
