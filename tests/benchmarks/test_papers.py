"""What papers report is true here too, in the short; `grafx-lab bench papers` measures it in full."""

import pytest
from figure import Figure
from papers import fir_recovery, gain_tutorial
from sinusoids import frequency_surrogate, frequency_trap


@pytest.mark.parametrize(
    ("paper", "settings"),
    [
        (gain_tutorial, {}),
        (fir_recovery, {"thousands": 2}),
        (frequency_trap, {}),
        (frequency_surrogate, {"seeds": 5, "steps": 3000}),
    ],
)
def test_the_figures_of_a_paper_are_reproduced(paper, settings):
    assert [figure for figure in paper(**settings) if not figure.holds] == []


def test_a_figure_outside_its_tolerance_does_not_hold():
    assert Figure("share", ours=0.5, low=0.4, high=0.6).holds
    assert not Figure("share", ours=0.7, low=0.4, high=0.6).holds
    assert not Figure("share", ours=float("nan"), low=0.4, high=0.6).holds
