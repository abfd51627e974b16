"""Stereo, routing and containers: sums, square roots and matrices by hand."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from grafx_lab import dsp
from grafx_lab.dsp import level
from grafx_lab.processors import (
    Add,
    Crop,
    DryWet,
    GainStagingRegularization,
    MidSideToStereo,
    Mix,
    MonoToStereo,
    Output,
    ParallelMix,
    SerialChain,
    SideGainImager,
    StereoGain,
    StereoToMidSide,
    TanhDistortion,
    chains,
    containers,
    routing,
    stereo,
)
from grafx_lab.transforms import logarithmic_gain, logistic
from tests.processors.oracles.oracle import Oracle

LEFT, RIGHT = np.random.default_rng(5).uniform(-1, 1, (2, 50))
STEREO = np.stack([LEFT, RIGHT])


def batch(array: object) -> Tensor:
    return torch.tensor(np.asarray(array), dtype=torch.float64)[None]


def agree(ours: Tensor, expected: object) -> None:
    np.testing.assert_allclose(ours[0].detach(), expected, rtol=1e-9, atol=1e-12)


def check_side_gain() -> None:
    width = np.exp(0.6)
    agree(
        SideGainImager()(batch(STEREO), log_gain=batch([0.6])),
        [[(1 + width) / 2, (1 - width) / 2], [(1 - width) / 2, (1 + width) / 2]] @ STEREO,
    )


def check_mono_to_stereo() -> None:
    agree(MonoToStereo()(batch([LEFT])), np.stack([LEFT, LEFT]))


def check_to_midside() -> None:
    for normalize, scale in ((True, 0.5**0.5), (False, 1.0)):
        mid, side = StereoToMidSide(normalize)(batch(STEREO))
        agree(mid, [scale * (LEFT + RIGHT)])
        agree(side, [scale * (LEFT - RIGHT)])


def check_from_midside() -> None:
    for normalize, scale in ((True, 0.5**0.5), (False, 0.5)):
        output = MidSideToStereo(normalize)(batch([LEFT]), batch([RIGHT]))
        agree(output, np.stack([scale * (LEFT + RIGHT), scale * (LEFT - RIGHT)]))


def check_add() -> None:
    agree(Add()(batch(STEREO), batch([LEFT])), STEREO + LEFT)


def check_crossfade() -> None:
    share = 1 / (1 + np.exp(-0.8))
    raw = {"mix_level": batch([[0.8]])}
    power = np.sqrt(share) * LEFT + np.sqrt(1 - share) * RIGHT
    agree(Mix()(batch([LEFT]), batch([RIGHT]), **raw), [power])
    ddsp = np.sqrt(share) * LEFT + (1 - np.sqrt(1 - share)) * RIGHT
    agree(Mix(law="ddsp")(batch([LEFT]), batch([RIGHT]), **raw), [ddsp])


def check_crop() -> None:
    zeros = np.zeros((2, 8))
    agree(Crop(8)(batch(STEREO)), np.hstack([STEREO[:, 8:], zeros]))
    agree(Crop(8, "back")(batch(STEREO)), np.hstack([STEREO[:, :-8], zeros]))
    agree(Crop(8, keep_length=False)(batch(STEREO)), STEREO[:, 8:])


def check_dry_wet() -> None:
    share = 1 / (1 + np.exp(0.7))
    raw = {"log_gain": batch([0.5, -0.4]), "drywet_weight": batch([-0.7])}
    expected = (1 - share) * STEREO + share * np.exp([[0.5], [-0.4]]) * STEREO
    agree(DryWet(StereoGain(), external_param=False)(batch(STEREO), **raw), expected)


def check_gain_staging() -> None:
    signal = 1e-3 * STEREO
    output, aux = GainStagingRegularization(StereoGain())(batch(signal), log_gain=batch([0.5, -0.4]))
    wet = np.exp([[0.5], [-0.4]]) * signal
    agree(output, wet)
    difference = np.log((wet**2).mean() + 1e-7) - np.log((signal**2).mean() + 1e-7)
    agree(aux["gain_reg"], abs(difference))


def check_chain() -> None:
    chain = SerialChain({"dist": TanhDistortion(), "gain": StereoGain()})
    raw = {"dist": {"log_pre_gain": batch([1.0])}, "gain": {"log_gain": batch([0.5, -0.4])}}
    agree(chain(batch(STEREO), **raw)[0], np.exp([[0.5], [-0.4]]) * np.tanh(np.e * STEREO) / np.e)


def check_parallel() -> None:
    children = {"dist": TanhDistortion(), "gain": StereoGain()}
    raw = {"dist": {"log_pre_gain": batch([1.0])}, "gain": {"log_gain": batch([0.5, -0.4])}}
    paths = np.tanh(np.e * STEREO) / np.e, np.exp([[0.5], [-0.4]]) * STEREO
    z = np.array([0.3, -1.2])
    shares = np.exp(z) / np.exp(z).sum()
    output = ParallelMix(children)(batch(STEREO), **raw, parallel_weights=batch(z))[0]
    agree(output, shares[0] * paths[0] + shares[1] * paths[1])
    weights = np.log1p(np.exp(z)) / (2 * np.log(2))
    output = ParallelMix(children, "softplus")(batch(STEREO), **raw, parallel_weights=batch(z))[0]
    agree(output, weights[0] * paths[0] + weights[1] * paths[1])


def scaled(function: str):
    """A mutation: what a function of dsp makes of its signals is a percent too large."""

    def mutate(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(dsp, function)
        monkeypatch.setattr(
            dsp, function, lambda *signals, **named: original(*(1.01 * signal for signal in signals), **named)
        )

    return mutate


def louder_child(monkeypatch: pytest.MonkeyPatch) -> None:
    original = SerialChain._run_child

    def run(self: SerialChain, *given: object) -> Output:
        signals, aux = original(self, *given)
        return Output(tuple(1.01 * signal for signal in signals), aux)

    monkeypatch.setattr(SerialChain, "_run_child", run)


def unequal_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Add, "get_signal", lambda self, one, two: one + 1.01 * two)


def noisy_filling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing.F, "pad", partial(F.pad, value=0.01))


def constant(module: object, name: str, value: object):
    """A mutation: a module's name means something else."""
    return lambda monkeypatch: monkeypatch.setattr(module, name, value)


ORACLES = {
    "side_gain_imager": Oracle(
        check_side_gain, constant(stereo, "logarithmic_gain", lambda: logarithmic_gain(8.7)), "its 2 × 2 matrix"
    ),
    "mono_to_stereo": Oracle(check_mono_to_stereo, scaled("to_stereo"), "the input, twice"),
    "stereo_to_mid_side": Oracle(check_to_midside, scaled("split_midside"), "sum and difference"),
    "mid_side_to_stereo": Oracle(check_from_midside, scaled("join_midside"), "sum and difference"),
    "add": Oracle(check_add, unequal_sum, "NumPy's sum"),
    "crossfade": Oracle(check_crossfade, constant(routing, "logistic", lambda high: logistic(0.99 * high)), "its law"),
    "crop": Oracle(check_crop, noisy_filling, "NumPy's slices"),
    "dry_wet": Oracle(check_dry_wet, constant(containers, "logistic", lambda high: logistic(0.99 * high)), "its law"),
    "gain_staging_regularization": Oracle(
        check_gain_staging, constant(level, "SILENCE", 1.1e-7), "logarithms by NumPy"
    ),
    "serial_chain": Oracle(check_chain, louder_child, "the formulas of its processors, one in the other"),
    "parallel_mix": Oracle(check_parallel, constant(chains, "DECIBEL_PER_NEPER", 8.7), "softmax and softplus by NumPy"),
}
