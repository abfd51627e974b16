"""What a search for a start tries, and what it takes it for worth."""

import math

import pytest
import torch

from grafx_lab import Objective, Patch
from grafx_lab.fitting import Layout
from grafx_lab.fitting.stage import Stage, State
from grafx_lab.processors import ConvolutionReverb, HighShelf, TanhDistortion
from tests.fitting.signals import RATE, noise

SOURCE = noise(time=RATE)


def state(loss, loss_of_end=math.nan):
    return State(torch.zeros(0), frozenset(), loss, loss_of_end)


def test_a_drive_is_found_whatever_the_gain_behind_it():
    patch = Patch.chain({"drive": TanhDistortion(sample_rate=RATE), "gain": "stereo_gain"}, sample_rate=RATE)
    truth = patch.with_controls({"drive.log_pre_gain": 20.0, "gain.log_gain": -12.0})
    stage = Stage(Objective(patch, SOURCE, truth.render(SOURCE)), Layout(patch))
    begin = stage.settled(stage.layout.pack(patch.raw)[0], frozenset({"drive"}))
    found = stage.tried(begin, "drive")
    assert found is not None
    controls = patch.with_raw(stage.layout.unpack(found.vector[None])).controls()
    assert float(controls["drive"]["log_pre_gain"]) == pytest.approx(20.0, abs=0.1)
    assert found.loss < 0.01 * begin.loss


@pytest.mark.parametrize("before", [[], ["vibrato"]])
def test_a_drive_is_found_before_the_filters_behind_it_and_behind_what_comes_late(before):
    patch = Patch.chain([*before, "tanh_distortion", "high_shelf", "stereo_gain"], sample_rate=RATE)
    truth = patch.with_controls(
        {"tanh_distortion.log_pre_gain": 20.0, "high_shelf.w0": 800.0, "high_shelf.log_gain": 18.0}
    )
    stage = Stage(Objective(truth, SOURCE, truth.render(SOURCE)), Layout(patch))
    begin = stage.layout.pack(truth.with_controls({"tanh_distortion.log_pre_gain": 0.0}).raw)[0]
    found = stage.tried(stage.settled(begin, frozenset({"tanh_distortion"})), "tanh_distortion", wholly=True)
    assert found is not None
    controls = patch.with_raw(stage.layout.unpack(found.vector[None])).controls()
    assert float(controls["tanh_distortion"]["log_pre_gain"]) == pytest.approx(20.0, abs=0.5)


def test_what_is_set_moves_to_a_twin_with_its_numbers():
    shelf = HighShelf(sample_rate=RATE)
    patch = Patch.chain({"before": shelf, "drive": "tanh_distortion", "behind": shelf, "gain": "stereo_gain"}, RATE)
    driven = patch.with_controls({"drive.log_pre_gain": 20.0, "before.log_gain": 12.0})
    target = patch.with_controls({"drive.log_pre_gain": 20.0, "behind.log_gain": 12.0}).render(SOURCE)
    stage = Stage(Objective(driven, SOURCE, target), Layout(patch))
    assert stage.twins("before") == ["behind"]
    assert stage.twins("drive") == []
    begin = stage.judged(stage.layout.pack(driven.raw)[0], frozenset({"behind"}))
    moved = stage.moved(begin, "before", "behind")
    assert moved.bypassed == {"before"}
    assert moved.loss < 0.01 * begin.loss


@pytest.mark.parametrize(("begin", "end", "tells"), [(0.9, 1.0, False), (0.7, 1.0, True), (0.0, 1.0, True)])
def test_what_differs_at_the_end_only_tells_nothing_before_it(begin, end, tells):
    patch = Patch.chain(["stereo_gain"], sample_rate=RATE)
    target = SOURCE.clone()
    target[..., round(begin * RATE) : round(end * RATE)] *= 0.5
    stage = Stage(Objective(patch, SOURCE, target), Layout(patch))
    assert stage.tells(stage.judged(stage.layout.pack(patch.raw)[0], frozenset())) == tells


def test_what_does_not_last_to_the_end_is_worth_less():
    assert state(1.0).worth(state(0.6)) == pytest.approx(0.4)
    assert state(1.0, 1.0).worth(state(0.6, 0.5)) == pytest.approx(0.4)
    assert state(1.0, 1.0).worth(state(0.6, 0.8)) == pytest.approx(0.25)
    assert state(1.0, 1.0).worth(state(0.9, 1.05)) < 0
    assert state(1.0, 1.0).worth(state(math.inf)) == 0.0


def test_the_end_is_heard_by_nobody_who_is_tried():
    patch = Patch.chain({"room": ConvolutionReverb(ir_len=50, sample_rate=RATE)}, sample_rate=RATE)
    loud_end = SOURCE.clone()
    loud_end[:, -RATE // 5 :] *= 30
    first, second = (
        Stage(Objective(patch, SOURCE, target), Layout(patch)).tried(State(vector, frozenset(), 1.0), "room")
        for vector in [Layout(patch).pack(patch.raw)[0]]
        for target in (SOURCE, loud_end)
    )
    assert first is not None
    assert second is not None
    assert torch.equal(first.vector, second.vector)
    assert second.loss_of_end > 2 * first.loss_of_end


def test_many_numbers_have_to_be_worth_more():
    patch = Patch.chain({"room": ConvolutionReverb(ir_len=4000, sample_rate=RATE)}, sample_rate=RATE)
    stage = Stage(Objective(patch, SOURCE, SOURCE), Layout(patch))
    assert stage.has_many("room")
    assert stage.share_of_samples("room") == pytest.approx(8002 / 32000)


def test_a_drive_is_found_before_an_echo_that_is_known():
    patch = Patch.chain(
        {"drive": TanhDistortion(sample_rate=RATE), "room": ConvolutionReverb(ir_len=6000, sample_rate=RATE)}
    )
    response = torch.zeros(1, 2, 6000)
    response[..., ::800] = 0.8 ** torch.arange(8)
    truth = patch.with_controls({"drive.log_pre_gain": 20.0, "room.ir": response, "room.log_gain": 0.0})
    source = SOURCE * (torch.arange(RATE) % 4000 < 2000)
    stage = Stage(Objective(truth, source, truth.render(source)), Layout(patch))
    begin = stage.settled(
        stage.layout.pack(truth.with_controls({"drive.log_pre_gain": 0.0}).raw)[0], frozenset({"drive"})
    )
    found = stage.tried(begin, "drive")
    assert found is not None
    controls = patch.with_raw(stage.layout.unpack(found.vector[None])).controls()
    assert float(controls["drive"]["log_pre_gain"]) == pytest.approx(20.0, abs=0.5)
