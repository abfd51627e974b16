"""auraloss 0.4.0 (torch 2.13.0): values and gradients of ``MultiResolutionSTFTLoss()`` for signals made by seed.

Its norm runs over the whole batch, ours over each item: batch × channels are compared as the channels of one item.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab.losses import MultiResolutionSTFT

LENGTH, RATE = 22050, 44100
VALUES = {"a": 1.4606375694274902, "b": 1.0161889791488647, "identical": 0.0, "silence": 8.836321830749512}
GRADIENT_NORM = 0.1238434836268425
GRADIENT_EVERY_7 = np.load(Path(__file__).parent / "auraloss.npz")["a/grad_every7"]


def tones(factor: float) -> np.ndarray:
    """Four channels: two decaying sines, two sines, a square wave."""
    t, turn = np.arange(LENGTH) / RATE, 2 * np.pi
    decaying = [np.sin(turn * hertz * factor * t) * np.exp(-rate * t) for hertz, rate in ((220, 3), (331, 5))]
    # The square wave meets its zeros: in this order of factors they round as they did for auraloss.
    steady = np.sin(turn * 90 * factor * t) * 0.6 + 0.2 * np.sin(turn * 5000 * t * factor)
    square = np.sign(np.sin(turn * 60 * factor * t)) * 0.3
    return 0.5 * np.stack([decaying, [steady, square]])


def signals() -> dict[str, torch.Tensor]:
    """The target and its estimates, ``(1, 4, time)``."""
    rng = np.random.default_rng(99)
    noise = [rng.standard_normal((2, 2, LENGTH)) for _ in range(3)]
    target = tones(1.0) + 0.02 * noise[0] + 0.01
    made = {
        "target": target,
        "a": 0.6 * tones(1.0) + 0.05 * noise[1],
        "b": tones(1.02) + 0.02 * noise[2],
        "identical": target,
        "silence": 0 * target,
    }
    return {name: torch.from_numpy(signal.astype(np.float32)).reshape(1, 4, LENGTH) for name, signal in made.items()}


SIGNALS = signals()


@pytest.mark.parametrize("name", VALUES)
def test_the_default_loss_is_that_of_auraloss(name):
    loss = MultiResolutionSTFT()(SIGNALS[name], SIGNALS["target"])
    assert float(loss) == pytest.approx(VALUES[name], rel=1e-4, abs=1e-6)


def test_so_is_its_gradient():
    estimate = SIGNALS["a"].clone().requires_grad_()
    (gradient,) = torch.autograd.grad(MultiResolutionSTFT()(estimate, SIGNALS["target"]), estimate)
    assert float(gradient.norm()) == pytest.approx(GRADIENT_NORM, rel=1e-3)
    stored = torch.from_numpy(GRADIENT_EVERY_7).reshape(1, 4, -1)
    assert float((gradient[..., ::7] - stored).norm() / stored.norm()) < 1e-3
