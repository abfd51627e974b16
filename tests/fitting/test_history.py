"""A history stays small, whatever is fitted."""

import pytest
import torch

from grafx_lab import History, Patch
from grafx_lab.fitting import Layout, history
from tests.fitting.signals import RATE

PATCH = Patch.chain(["stereo_gain"], sample_rate=RATE)


def filled(losses, monkeypatch=None, most=10**6):
    if monkeypatch:
        monkeypatch.setattr(history, "MOST_NUMBERS", most)
    kept = History(PATCH, Layout(PATCH))
    for step, loss in enumerate(losses):
        kept.append(loss, torch.full((2,), float(step)))
    return kept


def test_beyond_its_limit_every_second_step_goes_but_never_the_best(monkeypatch):
    losses = [abs(step - 37) + 1.0 for step in range(100)]
    kept = filled(losses, monkeypatch, most=40)
    assert kept.losses == losses
    assert kept.best == 37
    assert len(kept.kept) <= 20
    assert 37 in kept.kept
    assert float(kept.patch_at(37).raw["stereo_gain"]["log_gain"][0, 0]) == 37
    nearest = float(kept.patch_at(90).raw["stereo_gain"]["log_gain"][0, 0])
    assert abs(nearest - 90) <= 8


def test_small_ones_keep_every_step():
    assert filled([3.0, 2.0, 1.0]).kept == [0, 1, 2]


def test_only_exact_losses_can_be_the_best_and_only_since_it_began_anew():
    kept = History(PATCH, Layout(PATCH))
    for loss, exact in ((3.0, True), (0.1, False), (2.0, True)):
        kept.append(loss, torch.zeros(2), exact=exact)
    assert kept.best == 2
    kept.begin_anew()
    kept.append(2.5, torch.zeros(2))
    assert kept.best == 3


def test_its_state_is_all_of_it():
    first = filled([3.0, 2.0, 4.0])
    first.progress += [0.3, 0.6]
    again = History(PATCH, Layout(PATCH))
    again.restore(first.state())
    assert again.losses == first.losses
    assert again.progress == pytest.approx([0.3, 0.6])
    assert torch.equal(again.raws, first.raws)
