import numpy as np
import pytest
import torch

from grafx_lab import dsp


def test_istft_undoes_stft():
    signal = torch.randn(2, 3, 1000, dtype=torch.float64)
    torch.testing.assert_close(dsp.istft(dsp.stft(signal, 64, 32), 64, 32, 1000), signal)


def test_a_flat_mask_returns_the_noise():
    noise = dsp.uniform_noise(3, 2, 960)
    flat = torch.zeros(1, 2, 33, dtype=torch.float64)
    torch.testing.assert_close(dsp.masked_noise(dsp.stft(noise, 64, 32)[None], flat, flat, 64, 32, 960)[0], noise)


def test_masked_noise_decays_by_its_nepers_a_frame():
    noise = dsp.stft(dsp.uniform_noise(0, 2, 32000), 64, 32)[None]
    log_decay = torch.full((1, 2, 33), 0.01, dtype=torch.float64)
    shaped = dsp.masked_noise(noise, torch.zeros_like(log_decay), log_decay, 64, 32, 32000)
    early, late = (shaped[..., part].square().mean().sqrt() for part in (slice(0, 8000), slice(16000, 24000)))
    np.testing.assert_allclose(float(torch.log(early / late)), 0.01 * 16000 / 32, rtol=0.02)


def test_normalized_energy_is_one_on_average_over_channels():
    response = dsp.normalize_energy(torch.randn(3, 2, 100) * torch.tensor([1.0, 5.0])[:, None])
    torch.testing.assert_close(response.square().sum(-1).mean(-1), torch.ones(3))


def test_energy_of_a_silent_response_has_a_finite_gradient():
    silent = torch.zeros(1, 2, 10, requires_grad=True)
    dsp.normalize_energy(silent).sum().backward()
    assert torch.isfinite(silent.grad).all()


@pytest.mark.parametrize("batch_of_noise", [1, 3])
def test_masked_noise_is_the_inverse_of_the_masked_spectrum(batch_of_noise):
    generator = torch.Generator().manual_seed(0)
    noise = torch.stack([dsp.stft(dsp.uniform_noise(seed, 2, 500), 32, 16) for seed in range(batch_of_noise)])
    start, decay = (torch.rand(3, 2, 17, generator=generator, dtype=torch.float64) for _ in range(2))
    envelope = torch.randn(3, 2, noise.shape[-1], generator=generator, dtype=torch.float64)
    frames = torch.arange(noise.shape[-1], dtype=torch.float64)
    mask = torch.exp(start[..., None] - decay[..., None] * frames + envelope[..., None, :])
    formula = dsp.istft(noise * mask, 32, 16, 500)
    torch.testing.assert_close(dsp.masked_noise(noise, start, decay, 32, 16, 500, envelope), formula)


def test_masked_noise_has_the_gradients_of_finite_differences():
    noise = dsp.stft(dsp.uniform_noise(0, 2, 60), 16, 8)[None]
    curves = [0.3 * torch.rand(2, 2, size, dtype=torch.float64) for size in (9, 9, noise.shape[-1])]
    free = [curve.requires_grad_() for curve in curves]
    assert torch.autograd.gradcheck(
        lambda start, decay, envelope: dsp.masked_noise(noise, start, decay, 16, 8, 60, envelope), free, fast_mode=True
    )


def test_a_mask_that_has_decayed_leaves_no_denormal_numbers():
    noise = dsp.stft(dsp.uniform_noise(0, 1, 4000), 32, 16)[None].to(torch.complex64)
    fast = torch.full((1, 1, 17), 3.0)
    tail = dsp.masked_noise(noise, torch.zeros_like(fast), fast, 32, 16, 4000)[0, 0, 2000:]
    assert not tail.any()
