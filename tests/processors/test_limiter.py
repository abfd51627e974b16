import pytest
import torch

from grafx_lab.processors import Limiter, ProcessorError


def wild_signal(generator, dtype, length=3000):
    """Noise, silence and single peaks over 160 dB: what no sound engineer would send."""
    steps = torch.rand(2, 2, length // 50, generator=generator).repeat_interleave(50, -1)
    noise = torch.randn(2, 2, length, generator=generator, dtype=torch.float64) * 10 ** (8 * steps.double() - 4)
    noise[:, :, torch.randint(length, (5,), generator=generator)] = 1e6
    noise[torch.rand(noise.shape, generator=generator) < 0.2] = 0
    return noise.to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("look_ahead", [0, 0.03, 0.5, 5.0])
@pytest.mark.parametrize("seed", range(8))
def test_no_sample_of_any_signal_exceeds_the_ceiling(dtype, look_ahead, seed):
    limiter = Limiter(look_ahead)
    generator = torch.Generator().manual_seed(seed)
    raw = {name: spec.random_raw(generator, 2, dtype) for name, spec in limiter.specs.items()}
    output = limiter(wild_signal(generator, dtype), **raw)
    ceiling = 10 ** (limiter.get_controls(**raw)["log_ceiling"].double() / 20)
    assert bool((output.abs().amax((1, 2)) <= ceiling[:, 0]).all())
    assert bool((output.abs().amax((1, 2)) > 0.99 * ceiling[:, 0]).all())


@pytest.mark.parametrize("extreme", [-10.0, 10.0])
def test_the_ceiling_holds_for_raw_values_far_out(extreme):
    limiter = Limiter(1.0)
    signal = wild_signal(torch.Generator().manual_seed(0), torch.float32)
    for name in limiter.specs:
        raw = limiter.neutral() | {name: torch.full((1, 1), extreme)}
        ceiling = 10 ** (limiter.get_controls(**raw)["log_ceiling"].double() / 20)
        assert float(limiter(signal, **raw).abs().max()) <= float(ceiling)


@pytest.mark.parametrize(("look_ahead", "samples"), [(0, 0), (1.0, 48), (5.0, 240)])
def test_output_is_late_by_the_declared_latency_and_nothing_else(look_ahead, samples):
    limiter = Limiter(look_ahead, sample_rate=48000)
    signal = 0.5 * (2 * torch.rand(1, 2, 1000) - 1)
    output = limiter(signal, **limiter.raw_from_controls())
    assert limiter.latency == samples
    assert torch.equal(output[..., samples:], signal[..., : 1000 - samples])
    assert float(output[..., :samples].abs().sum()) == 0


def test_gain_in_front_of_a_limiter_makes_quiet_music_louder_by_its_decibels():
    limiter = Limiter()
    signal = 0.01 * torch.rand(1, 1, 1000)
    output = limiter(signal, **limiter.raw_from_controls(log_pre_gain=20.0))
    torch.testing.assert_close(output[..., limiter.latency :], 10 * signal[..., : -limiter.latency])


def test_release_is_the_time_constant_of_the_reduction_in_decibels():
    limiter = Limiter(1.0, sample_rate=10000)
    signal = torch.full((1, 1, 3000), 1e-3, dtype=torch.float64)
    signal[..., 0] = 8.0
    raw = limiter.raw_from_controls(z_alpha=50.0, log_ceiling=0.0)
    gain = limiter(signal, **raw)[0, 0, 11:] / 1e-3
    reduction = -20 * torch.log10(gain)
    assert float(reduction[600] / reduction[100]) == pytest.approx(2.718281828**-1, rel=1e-3)


def test_both_channels_get_the_same_gain():
    limiter = Limiter(0.0)
    output = limiter(torch.tensor([[[2.0], [0.5]]]), **limiter.raw_from_controls(log_ceiling=0.0))
    torch.testing.assert_close(output, torch.tensor([[[1.0], [0.25]]]))


def test_an_impossible_look_ahead_is_named():
    with pytest.raises(ProcessorError, match="look_ahead is -1"):
        Limiter(-1)
