"""The stereo gain: multiplication."""

import numpy as np
import pytest
import torch

from grafx_lab.processors import StereoGain
from tests.processors.oracles.oracle import Oracle


def check_stereo_gain() -> None:
    signal = np.random.default_rng(11).standard_normal((1, 2, 30))
    log_gain = np.array([[0.5, -1.25]])
    output = StereoGain()(torch.from_numpy(signal), log_gain=torch.from_numpy(log_gain))
    np.testing.assert_allclose(output.numpy(), np.exp(log_gain)[..., None] * signal)


def detune_stereo_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grafx_lab.dsp.units.DECIBEL_PER_NEPER", 8.6)


ORACLES = {"stereo_gain": Oracle(check_stereo_gain, detune_stereo_gain, "gains in nepers are exponents")}
