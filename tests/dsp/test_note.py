import math

import pytest
import torch

from grafx_lab import dsp

NOTE = {"onset": 0.1, "duration": 1.0, "attack": 0.2, "decay": 0.3, "sustain": 0.4, "release": 0.5}


def envelope_at(*seconds, **changes):
    columns = {name: torch.tensor([[value]]).double() for name, value in (NOTE | changes).items()}
    return dsp.adsr(torch.tensor(seconds).double(), **columns)[0].tolist()


def test_nothing_sounds_before_the_onset():
    assert envelope_at(0.0, 0.05, 0.1) == [0.0, 0.0, 0.0]


def test_attack_is_a_straight_line():
    assert envelope_at(0.15, 0.2, 0.3) == pytest.approx([0.25, 0.5, 1.0])


def test_decay_leaves_a_thousandth_of_its_way_after_its_time():
    assert envelope_at(0.1 + 0.2 + 0.3) == pytest.approx([0.4 + 0.6 / 1000])


def test_release_falls_by_60_decibels_in_its_time():
    last, half, end = envelope_at(1.1, 1.35, 1.6)
    assert 20 * math.log10(half / last) == pytest.approx(-30)
    assert 20 * math.log10(end / last) == pytest.approx(-60)


def test_release_may_begin_during_the_attack():
    assert envelope_at(0.2, 0.2 + 0.5, duration=0.1) == pytest.approx([0.5, 0.5 / 1000])
