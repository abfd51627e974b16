import math

import numpy as np
import pytest
import torch
from numpy.polynomial import chebyshev, polynomial

from grafx_lab import dsp

RAMP = torch.linspace(-2, 2, 401, dtype=torch.float64)[None, None]
WEIGHTS = torch.tensor([[0.1, 0.9, -0.4, 0.3, 0.2], [0, 0.5, 0, 0, -0.6]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("series", "reference"),
    [(dsp.power_series, polynomial.polyval), (dsp.chebyshev_series, chebyshev.chebval)],
)
def test_series_agree_with_numpy(series, reference):
    for item in range(2):
        expected = reference(RAMP[0, 0].numpy(), WEIGHTS[item].numpy())
        np.testing.assert_allclose(series(RAMP, WEIGHTS)[item, 0], expected, atol=1e-12)


@pytest.mark.parametrize("series", [dsp.power_series, dsp.chebyshev_series])
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("squash", [False, True])
def test_series_have_the_gradients_of_finite_differences(series, batch, squash):
    signal = 1.3 * torch.randn(batch, 2, 40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert torch.autograd.gradcheck(series, (signal.requires_grad_(), WEIGHTS.clone().requires_grad_(), squash))


@pytest.mark.parametrize("series", [dsp.power_series, dsp.chebyshev_series])
@pytest.mark.parametrize("squash", [False, True])
def test_series_pass_nan_on_in_its_own_place(series, squash):
    signal = RAMP.clone()
    signal[0, 0, 7] = math.nan
    assert torch.isnan(series(signal, WEIGHTS[:1], squash)[0, 0]).nonzero().flatten().tolist() == [7]


def test_a_cosine_becomes_its_harmonics():
    angle = torch.linspace(0, 20, 500, dtype=torch.float64)[None, None]
    third = dsp.chebyshev_series(torch.cos(angle), torch.tensor([[0, 0, 0, 1.0]], dtype=torch.float64))
    torch.testing.assert_close(third, torch.cos(3 * angle))


@pytest.mark.parametrize(
    ("series", "reference"),
    [(dsp.power_series, polynomial.polyval), (dsp.chebyshev_series, chebyshev.chebval)],
)
def test_squashed_terms_saturate_one_by_one(series, reference):
    # More samples than a block holds, and not a multiple of it.
    ramp = torch.linspace(-2, 2, 1201, dtype=torch.float64)
    terms = [
        float(weight) * np.tanh(reference(ramp.numpy(), row)) for weight, row in zip(WEIGHTS[0], np.eye(5), strict=True)
    ]
    np.testing.assert_allclose(series(ramp[None, None], WEIGHTS[:1], squash=True)[0, 0], sum(terms), atol=1e-14)


@pytest.mark.parametrize("series", [dsp.power_series, dsp.chebyshev_series])
@pytest.mark.parametrize("squash", [False, True])
def test_monstrous_samples_stay_finite_in_float32(series, squash):
    signal = torch.tensor([[[-1e30, 1e5, 3.0]]], requires_grad=True)
    weights = torch.zeros(1, 10, requires_grad=True)
    series(signal, weights, squash).sum().backward()
    assert torch.isfinite(signal.grad).all()
    assert torch.isfinite(weights.grad).all()
