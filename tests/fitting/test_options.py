"""What can be chosen about a fit, and that it is what happens."""

import math

import pytest
import torch

from grafx_lab import FitError, Objective, Patch, fit, fit_steps
from grafx_lab.fitting import Options
from grafx_lab.fitting.schedules import FINAL_RATE, rate_factor
from grafx_lab.losses import MultiResolutionSTFT
from grafx_lab.paths import ControlPathError
from grafx_lab.processors import ParametricEqualizer
from tests.fitting.signals import RATE, Flat, noise

GAIN = Patch.chain(["stereo_gain"], sample_rate=RATE)
SOURCE = noise()
TARGET = GAIN.with_controls({"stereo_gain.log_gain": [6.0, -3.0]}).render(SOURCE)


def objective(patch: Patch = GAIN, loss="waveform_l1") -> Objective:
    return Objective(patch, SOURCE, TARGET, loss)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "lbfgs"])
def test_every_optimizer_finds_a_gain(optimizer):
    result = fit(GAIN, SOURCE, TARGET, loss="mr_stft", steps=60, optimizer=optimizer)
    assert result.patch.controls()["stereo_gain"]["log_gain"].tolist() == pytest.approx([6.0, -3.0], abs=0.15)


def test_curvature_makes_lbfgs_the_faster_one_near_the_end():
    patch = Patch.chain([ParametricEqualizer(num_filters=3)], sample_rate=RATE).replace(
        frozen={"parametric_equalizer.w0", "parametric_equalizer.q_inv"}
    )
    target = patch.with_controls({"parametric_equalizer.log_gain": [[-6.0, 8.0, 3.0]]}).render(SOURCE)
    ends = {
        name: fit(patch, SOURCE, target, loss="spectral_magnitude", steps=40, optimizer=name).loss
        for name in ("adam", "lbfgs")
    }
    assert ends["lbfgs"] < ends["adam"]


def test_adamw_is_drawn_back_to_its_start_where_the_target_says_nothing():
    start = GAIN.with_controls({"stereo_gain.log_gain": 3.0})
    steps = list(fit_steps(objective(start, Flat()), 5, optimizer="adamw", learning_rate=1.0))
    assert all(torch.equal(step.raw["stereo_gain"]["log_gain"], start.raw["stereo_gain"]["log_gain"]) for step in steps)


@pytest.mark.parametrize(
    ("name", "progress", "stale", "factor"),
    [
        ("cosine", 0.5, 0, (1 + FINAL_RATE) / 2),
        ("cosine", 1.0, 0, FINAL_RATE),
        ("constant", 0.9, 99, 1.0),
        ("exponential", 0.5, 0, math.sqrt(FINAL_RATE)),
        ("plateau", 0.9, 19, 1.0),
        ("plateau", 0.1, 40, 0.25),
    ],
)
def test_schedules_by_hand(name, progress, stale, factor):
    assert rate_factor(name, 100, progress, stale, warm_up=10) == pytest.approx(factor)
    assert rate_factor(name, 4, progress, stale, warm_up=10) == pytest.approx(factor / 2)


def test_rates_are_factors_for_nodes_and_a_controls_own_counts_more():
    patch = Patch.chain({"a": "stereo_gain", "b": "stereo_gain"}, sample_rate=RATE)
    rates = {"b.log_gain[1]": 0.0, "a": 0.5, "b": 2.0}
    start, first = list(fit_steps(objective(patch), 1, optimizer="sgd", learning_rate=0.1, rates=rates))

    def moved(node):
        return (first.raw[node]["log_gain"] - start.raw[node]["log_gain"]) / start.gradient[node]["log_gain"]

    assert moved("a")[0].tolist() == pytest.approx([-0.05, -0.05], rel=1e-4)
    assert moved("b")[0].tolist() == pytest.approx([-0.2, 0.0], rel=1e-4)
    with pytest.raises(ControlPathError, match="'c' does not name a control"):
        next(fit_steps(objective(patch), 1, rates={"c": 2.0}))


def test_a_long_gradient_is_clipped_to_its_length_along_the_sliders():
    free, clipped = (
        list(fit_steps(objective(), 1, optimizer="sgd", learning_rate=1.0, clip=clip)) for clip in (None, 1e-3)
    )
    scale = 72 / 8.685889638
    steps = [b.raw["stereo_gain"]["log_gain"] - a.raw["stereo_gain"]["log_gain"] for a, b in (free, clipped)]
    assert float(steps[1].norm()) * scale == pytest.approx(1e-3, rel=1e-3)
    torch.testing.assert_close(steps[1] / steps[1].norm(), steps[0] / steps[0].norm())


def test_a_coarse_loss_descends_and_the_exact_one_judges():
    steps = list(fit_steps(objective(loss="mr_stft"), 12, coarse=True, judge_every=5))
    assert [step.step for step in steps if step.exact] == [0, 5, 10, 12]
    for step in steps:
        exact = float(objective(loss="mr_stft")(step.raw))
        coarse = float(objective(loss=MultiResolutionSTFT(hop_factor=4))(step.raw))
        assert step.loss == pytest.approx(exact if step.exact else coarse, rel=1e-5)
    judged = [step.loss for step in steps if step.exact]
    assert steps[-1].best_loss == min(judged)
    result = fit(GAIN, SOURCE, TARGET, steps=12, coarse=True, judge_every=5)
    assert result.loss == min(judged)


def test_excerpts_are_heard_behind_their_context_and_judged_as_a_whole():
    patch = Patch.chain(["compressor", "stereo_gain"], sample_rate=RATE)
    target = patch.with_controls({"compressor.log_threshold": -40.0, "stereo_gain.log_gain": 6.0}).render(SOURCE)
    result = fit(patch, SOURCE, target, steps=60, crop=0.05, context=0.05, judge_every=10)
    assert result.loss < 0.5 * result.history.losses[0]
    assert sum(result.history.exact) == 7
    whole = Objective(patch, SOURCE, target)
    part = whole.excerpt(2000, 500, context=1200)
    rendered = whole.render(patch.raw).output[..., 2000:2500]
    nearly = part.render(patch.raw).output[..., part.context :]
    torch.testing.assert_close(nearly, rendered, rtol=0.02, atol=1e-3)


def test_what_moves_with_time_cannot_be_heard_in_excerpts():
    patch = Patch.chain(["tremolo"], sample_rate=RATE)
    with pytest.raises(FitError, match="cannot hear excerpts: what 'tremolo' does depends on the time"):
        next(fit_steps(objective(patch), 3, crop=0.1))


def test_patience_ends_a_fit_that_makes_no_progress():
    result = fit(GAIN, SOURCE, TARGET, loss=Flat(), steps=200, patience=15)
    assert (result.status, len(result.history)) == ("plateau", 16)


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "adma"},
        {"schedule": "linear"},
        {"starts": 0},
        {"starts": 2.5},
        {"seed": 2**63},
        {"crop": -1.0},
        {"crop": math.inf},
        {"context": -0.1},
        {"prune": 0},
    ],
)
def test_an_option_that_means_nothing_is_refused_in_a_sentence(options):
    (name,) = options
    with pytest.raises(FitError, match=rf"^{name} is .*, expected "):
        Options(**options)


@pytest.mark.parametrize("factor", [-1.0, math.nan])
def test_a_rate_that_means_nothing_is_refused_by_its_name(factor):
    with pytest.raises(FitError, match=r"^rates\['stereo_gain'\] is .*, expected a finite number from zero on"):
        Options(rates={"stereo_gain": factor})


@pytest.mark.parametrize("optional", ["sterio_gain", ["sterio_gain"], {"out"}])
def test_an_optional_node_that_is_not_there_is_refused(optional):
    with pytest.raises(FitError, match="expected nodes with a processor: stereo_gain"):
        next(fit_steps(objective(GAIN), 3, optional=optional))


def test_a_file_name_is_no_patch():
    with pytest.raises(FitError, match=r"expected a Patch, 'auto' or None\. A file is opened with Patch\.load"):
        fit("gain.json", SOURCE, TARGET)
