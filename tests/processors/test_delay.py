import pytest
import torch

from grafx_lab import dsp
from grafx_lab.processors import ModDelay, MultitapDelay, ProcessorError


def one_tap(**arguments) -> MultitapDelay:
    return MultitapDelay(
        segment_len=64, num_segments=1, processor_channel="mono", zp_filter_per_tap=False, sample_rate=1000, **arguments
    )


@pytest.mark.parametrize("straight_through", [True, False])
@pytest.mark.parametrize("normalize_gradients", [True, False])
@pytest.mark.parametrize(("start", "goal"), [(28, 20), (30, 40), (38, 50)])
def test_descent_along_the_surrogate_gradient_finds_the_delay(straight_through, normalize_gradients, start, goal):
    delay = one_tap(straight_through=straight_through, normalize_gradients=normalize_gradients)
    noise = torch.randn(1, 1, 400, generator=torch.Generator().manual_seed(0))
    source = dsp.convolve(noise, torch.hann_window(16)[None, None])
    target = dsp.shift(source, goal)
    place = dsp.tap_places(torch.tensor([[float(start)]]), 64).requires_grad_()
    descent = torch.optim.Adam([place], 0.05)
    for _ in range(60):
        output, aux = delay(source, delay_z=place)
        loss = (output / output.norm() - target / target.norm()).square().sum() + 0.01 * aux["radii_reg"].sum()
        descent.zero_grad()
        loss.backward()
        descent.step()
    assert delay.delays(place.detach()).item() == goal


def test_it_says_which_gradients_are_surrogates():
    assert one_tap().surrogates == ("delay_z",)
    assert one_tap(straight_through=False, normalize_gradients=False).surrogates == ()


def test_soft_taps_have_true_gradients():
    delay = MultitapDelay(
        segment_len=9, num_segments=2, zp_filter_bins=3, straight_through=False, normalize_gradients=False
    )
    signal = torch.randn(1, 2, 20, dtype=torch.float64)
    raw = [torch.randn(1, *shape, dtype=torch.float64, requires_grad=True) for shape in delay.parameter_size().values()]
    assert torch.autograd.gradcheck(lambda z, curve: delay(signal, delay_z=z, log_fir_magnitude=curve)[0], raw)


@pytest.mark.parametrize("segment_len", [12, 13])
def test_every_sample_of_a_segment_can_be_reached_also_of_an_odd_one(segment_len):
    delay = MultitapDelay(segment_len, 2, processor_channel="mono", zp_filter_per_tap=False, sample_rate=1000)
    for place in range(segment_len):
        both = torch.tensor([[float(place), float(segment_len - 1 - place)]])
        output, _ = delay(torch.eye(1, 40)[None], delay_z=dsp.tap_places(both, segment_len, 3.0))
        expected = {place, segment_len + segment_len - 1 - place}
        assert set(torch.nonzero(output[0, 0].abs() > 1e-3).flatten().tolist()) == expected


def test_mid_and_side_have_their_own_taps():
    delay = MultitapDelay(20, 1, processor_channel="midside", zp_filter_per_tap=False)
    place = dsp.tap_places(torch.tensor([[3.0, 8.0]]), 20, 3.0)
    impulse = torch.eye(1, 30)[None]
    mid, _ = delay(impulse.expand(1, 2, 30), delay_z=place)
    side, _ = delay(torch.cat([impulse, -impulse], 1), delay_z=place)
    torch.testing.assert_close(mid, dsp.shift(impulse, 3).expand(1, 2, 30))
    torch.testing.assert_close(side, dsp.shift(torch.cat([impulse, -impulse], 1), 8))


def test_the_default_spreads_its_taps():
    delay = MultitapDelay(segment_len=50, num_segments=4, num_delay_per_segment=2)
    times = delay.delays(delay.raw_from_controls()["delay_z"])
    assert times.shape == (1, 2, 4, 2)
    assert len(times.unique()) == 16


def test_unfit_multitap_arguments_are_refused():
    with pytest.raises(ProcessorError, match="processor_channel"):
        MultitapDelay(processor_channel="left")
    with pytest.raises(ProcessorError, match="pre_delay"):
        MultitapDelay(pre_delay=-1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"center_ms": -1.0}, "center_ms is -1.0, expected a finite number from 0 on"),
        ({"gain_scale_fn": "sigmoid"}, "gain_scale_fn is 'sigmoid', expected 'exp_sigmoid' or None"),
        ({"phase_scale_fn": "exp_sigmoid"}, "phase_scale_fn is 'exp_sigmoid', expected 'sigmoid' or None"),
    ],
)
def test_unfit_mod_delay_arguments_are_refused(arguments, sentence):
    with pytest.raises(ProcessorError, match=sentence):
        ModDelay(**arguments)


def test_the_longest_delay_of_a_mod_delay_does_not_fade_into_the_present():
    delay = ModDelay(center_ms=2, depth_ms=3, add_dry=False, sample_rate=1000, gain_scale_fn=None, phase_scale_fn=None)
    output = delay(torch.eye(1, 10)[None], gain=torch.ones(1, 1, 1), phase=torch.ones(1, 1, 1))
    torch.testing.assert_close(output, dsp.shift(torch.eye(1, 10)[None], 5))


def test_frames_of_a_mod_delay_spread_over_the_signal():
    delay = ModDelay(center_ms=0, depth_ms=0, add_dry=False, gain_scale_fn=None, num_frames=2)
    gains = torch.tensor([0.0, 1.0])[None, :, None]
    output = delay(torch.ones(1, 1, 8), gain=gains, phase=torch.zeros(1, 2, 1))
    torch.testing.assert_close(output[0, 0], torch.tensor([0, 0.25, 0.5, 0.75, 1, 1, 1, 1]))
