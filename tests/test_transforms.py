import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grafx_lab.transforms import DECIBEL_PER_NEPER, DecayTime, OnePoleTime, exponential, logarithmic_gain, logistic

TRANSFORMS = {
    "pole": OnePoleTime(44100.0),
    "one minus pole": OnePoleTime(44100.0, pole=False),
    "decay": DecayTime(192 / 44100, 1 / 8),
    "gain": logarithmic_gain(),
    "exponential": exponential(2.0, offset=1.0),
    "inverse exponential": exponential(inverse=True),
    "logistic": logistic(22050.0),
}
RAW = torch.linspace(-8, 8, 33, dtype=torch.float64)


@pytest.mark.parametrize("name", TRANSFORMS)
@given(raw=st.floats(-8, 8))
def test_the_inverse_leads_back_to_the_raw_value(name, raw):
    transform = TRANSFORMS[name]
    raw = torch.tensor(raw, dtype=torch.float64)
    torch.testing.assert_close(transform.inv(transform(raw)), raw, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_gradients_agree_with_finite_differences(name):
    assert torch.autograd.gradcheck(TRANSFORMS[name], RAW.clone().requires_grad_())


@pytest.mark.parametrize("name", TRANSFORMS)
def test_dtype_follows_the_raw_value_and_nothing_overflows_within_ten(name):
    for raw in (-10.0, 10.0):
        control = TRANSFORMS[name](torch.tensor(raw))
        assert control.dtype == torch.float32
        assert torch.isfinite(control)


@pytest.mark.parametrize("pole", [True, False])
def test_a_one_pole_has_gone_63_percent_of_a_step_after_its_time(pole):
    transform = OnePoleTime(1000.0, pole=pole)  # a sample is a millisecond
    coefficient = torch.sigmoid(transform.inv(torch.tensor(50.0, dtype=torch.float64)))
    alpha = coefficient if pole else 1 - coefficient
    state = torch.zeros((), dtype=torch.float64)
    for _ in range(50):
        state = alpha * state + (1 - alpha)
    assert float(state) == pytest.approx(1 - math.exp(-1))


def test_a_long_time_is_not_lost_to_rounding_in_float32():
    transform = OnePoleTime(44100.0)
    raw = transform.inv(torch.tensor(100000.0))  # 100 s: the pole itself rounds to 1
    torch.testing.assert_close(transform(raw), torch.tensor(100000.0), rtol=1e-4, atol=0)


def test_a_decay_has_lost_60_decibels_after_its_time():
    frame_seconds, nepers = 0.01, 1 / 8
    raw = DecayTime(frame_seconds, nepers).inv(torch.tensor(0.5, dtype=torch.float64))
    per_frame = nepers * torch.nn.functional.softplus(raw)
    frames = 0.5 / frame_seconds
    assert float(DECIBEL_PER_NEPER * per_frame * frames) == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("transform", "raw", "control"),
    [
        (logarithmic_gain(), math.log(10), 20.0),
        (logarithmic_gain(2.0, offset=-6.0), 1.5, -3.0),
        (exponential(offset=1.0), 0.0, 2.0),
        (exponential(4.0, inverse=True), math.log(2), 2.0),
        (logistic(100.0), 0.0, 50.0),
    ],
)
def test_closed_forms(transform, raw, control):
    assert float(transform(torch.tensor(raw, dtype=torch.float64))) == pytest.approx(control)
