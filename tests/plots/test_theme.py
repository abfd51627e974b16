import re
from dataclasses import fields
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import font_manager

from grafx_lab.plots import DARK, LIGHT, mosaic, themed

TOKENS = Path(__file__).parents[2] / "grafx_lab/frontend/src/style/tokens.css"
_, _LIGHT_BLOCK, _DARK_BLOCK, *_ = re.split(r"^\.gl.*\{$", TOKENS.read_text(encoding="utf-8"), flags=re.MULTILINE)


def tokens(block: str) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in re.findall(r"--([\w-]+):\s*(#\w+)", block)}


@pytest.mark.parametrize(("palette", "block"), [(LIGHT, _LIGHT_BLOCK), (DARK, _LIGHT_BLOCK + _DARK_BLOCK)])
@pytest.mark.parametrize("name", [field.name for field in fields(LIGHT)])
def test_colours_are_those_of_the_tokens(palette, block, name):
    assert getattr(palette, name) == tokens(block)[name]


def test_the_fonts_of_the_house_are_found_and_half_bold_stands_for_bold():
    with themed():
        assert mpl.rcParams["font.family"] == ["Geist", "DejaVu Sans"]
        regular = font_manager.findfont("Geist", fallback_to_default=False)
        bold = font_manager.findfont(
            font_manager.FontProperties(family="Geist", weight="bold"), fallback_to_default=False
        )
    assert (Path(regular).name, Path(bold).name) == ("Geist-Regular.ttf", "Geist-SemiBold.ttf")


def test_signs_that_geist_lacks_are_drawn_without_a_warning(recwarn):
    figure, places = mosaic("a", (2, 1))
    with themed():
        places["a"].set_title("−12 dB → Δ ≤ √σ ∞")
    figure.canvas.draw()
    assert not [str(warning.message) for warning in recwarn if "missing" in str(warning.message)]


def test_the_theme_ends_where_it_was_begun():
    before = mpl.rcParams["font.family"]
    with themed(DARK):
        assert mpl.rcParams["axes.facecolor"] == DARK.surface
    assert mpl.rcParams["font.family"] == before
