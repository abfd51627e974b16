import numpy as np
import pytest
import torch

from grafx_lab import dsp

DELAYS = (3, 5, 11, 7)


def network(batch=1, decay=0.01, crossover=1000.0):
    generator = torch.Generator().manual_seed(0)
    low, high, frequency = (torch.full((batch, 1), value) for value in (decay, decay / 3, crossover))
    filters = dsp.absorption(low, high, frequency, DELAYS, 8000)
    angles = torch.randn(batch, 6, generator=generator, dtype=torch.float64)
    return filters, dsp.rotated_hadamard(angles, 4)


def test_response_is_that_of_the_matrix_inverse_at_every_frequency():
    filters, matrix = network()
    length = 4096
    impulse = torch.zeros(4, 4, length, dtype=torch.float64)
    impulse[range(4), range(4), 0] = 1
    measured = np.fft.rfft(dsp.feedback_delay_network(impulse, DELAYS, filters, matrix).numpy())
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    b0, b1, a1 = filters[0].numpy().T[..., None]
    loop = (b0 + b1 * z) / (1 + a1 * z) * z ** np.array(DELAYS)[:, None]
    for bin in (0, 1, 300, 1500, 2048):
        through = np.diag(loop[:, bin])
        expected = np.linalg.solve(np.eye(4) - through @ matrix[0].numpy(), through)
        np.testing.assert_allclose(measured[:, :, bin].T, expected, atol=1e-9)


def test_matrix_is_orthogonal_for_every_raw_value():
    angles = torch.stack([torch.full((28,), value) for value in (0.0, 10.0, -10.0, 1e3)])
    matrix = dsp.rotated_hadamard(angles, 8)
    torch.testing.assert_close(matrix @ matrix.mT, torch.eye(8, dtype=torch.float64).expand(4, -1, -1))


def test_each_line_loses_60_decibels_in_the_decay_time_of_its_band():
    low, high = torch.tensor([[2.0]]), torch.tensor([[0.5]])
    filters = dsp.absorption(low, high, torch.tensor([[500.0]]), DELAYS, 8000)[0]
    b0, b1, a1 = filters.unbind(-1)
    samples = torch.tensor(DELAYS, dtype=torch.float64)
    for gain, seconds in (((b0 + b1) / (1 + a1), 2.0), ((b0 - b1) / (1 - a1), 0.5)):
        torch.testing.assert_close(20 * torch.log10(gain), -60 * samples / (seconds * 8000))


@pytest.mark.parametrize("seconds", [1e-9, 1e9])
def test_absorption_never_amplifies_and_always_absorbs(seconds):
    extreme = torch.tensor([[seconds]])
    for crossover in (1e-3, 3999.9):
        b0, b1, a1 = dsp.absorption(extreme, extreme, torch.tensor([[crossover]]), DELAYS, 8000)[0].unbind(-1)
        assert ((b0 + b1) / (1 + a1)).max() < 1
        assert (a1.abs() < 1).all()


def test_without_absorption_no_energy_is_lost():
    _, matrix = network()
    transparent = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64).expand(1, 4, 3)
    impulse = torch.zeros(1, 4, 2000, dtype=torch.float64)
    impulse[0, 1, 0] = 1
    leaving = dsp.feedback_delay_network(impulse, DELAYS, transparent, matrix)
    # What the lines hold at the end is what entered them and has not left yet.
    entering = impulse + matrix @ leaving
    held = sum(entering[0, line, -delay:].square().sum() for line, delay in enumerate(DELAYS))
    assert float(held) == pytest.approx(1, abs=1e-12)


def test_gradients_agree_with_finite_differences():
    filters, matrix = (tensor.requires_grad_() for tensor in network(2))
    signal = torch.randn(1, 4, 30, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda x, f, a: dsp.feedback_delay_network(x, DELAYS, f, a), (signal, filters, matrix)
    )


def test_rows_on_several_threads_are_the_rows_alone(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    filters, matrix = network(3)
    signal = torch.randn(3, 4, 20000, dtype=torch.float64)
    together = dsp.feedback_delay_network(signal, DELAYS, filters, matrix)
    for row in range(3):
        part = slice(row, row + 1)
        alone = dsp.feedback_delay_network(signal[part], DELAYS, filters[part], matrix[part])
        torch.testing.assert_close(together[part], alone)
