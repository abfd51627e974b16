import pytest
import torch

from grafx_lab.losses import LossError, SpectralTransport
from tests.losses.signals import noise, sine


def middle(loss: SpectralTransport, estimate: float, target: float) -> float:
    return float(loss(sine(estimate), sine(target)))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_cost_of_a_partial_is_its_way_as_a_share_of_the_band_to_the_power_of_the_order(order):
    loss = SpectralTransport(2048, 512, order)
    # The first and the last frames hear the ends of the sines.
    assert middle(loss, 3000, 1000) == pytest.approx((2000 / 8000) ** order, rel=0.1)


def test_level_and_polarity_are_not_heard():
    loss = SpectralTransport()
    assert float(loss(-0.1 * noise(time=4000), noise(time=4000))) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("frequency", [200.0, 900.0, 1300.0, 6000.0])
def test_the_slope_points_to_a_target_that_does_not_overlap(frequency):
    hertz = torch.tensor(frequency, dtype=torch.float64, requires_grad=True)
    seconds = torch.arange(8000, dtype=torch.float64) / 16000
    estimate = torch.sin(2 * torch.pi * hertz * seconds)[None, None]
    (slope,) = torch.autograd.grad(SpectralTransport()(estimate, sine(1000)), hertz)
    assert float(slope) * (frequency - 1000) > 0


def test_orders_below_one_and_powers_that_do_not_rise_are_refused():
    with pytest.raises(LossError, match="power is -1, expected more than 0"):
        SpectralTransport(power=-1.0)
    with pytest.raises(LossError, match="order is 0, expected 1, 2 or more"):
        SpectralTransport(order=0)
