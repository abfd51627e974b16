import math

import pytest
import torch

from grafx_lab import dsp


def test_between_two_samples_of_a_table_lies_their_mean_and_the_end_meets_the_beginning():
    table = torch.tensor([[0.0, 1.0, 0.0, -1.0]])
    phase = torch.tensor([[0.0, 0.125, 0.25, 0.875, 1.0, 1.125]])
    assert dsp.table_lookup(phase, table)[0].tolist() == [0.0, 0.5, 1.0, -0.5, 0.0, 0.5]


def test_a_table_for_each_moment():
    tables = torch.stack([torch.full((8,), value) for value in (1.0, 2.0, 3.0)])[None]
    assert dsp.table_lookup(torch.rand(1, 3), tables)[0].tolist() == [1, 2, 3]


def test_a_table_with_a_sine_sounds_as_a_sine():
    table = torch.sin(2 * math.pi * torch.arange(2048, dtype=torch.float64) / 2048)[None, None]
    ones = torch.ones(1, 1, 1, dtype=torch.float64)
    tone = dsp.wavetable_synthesis(441.3 * ones, 0.5 * ones, table, 1000, 44100)[0]
    time = torch.arange(1000, dtype=torch.float64) / 44100
    torch.testing.assert_close(tone, 0.5 * torch.sin(2 * math.pi * 441.3 * time), rtol=0, atol=1e-6)


def test_tables_cross_over_as_if_there_were_one_for_each_sample():
    tables = torch.randn(2, 3, 16, dtype=torch.float64)
    f0, amplitudes = torch.full((2, 1, 1), 700.0).double(), torch.rand(2, 3, 1).double()
    crossed = dsp.wavetable_synthesis(f0, amplitudes, tables, 50, 8000)
    phase = dsp.accumulate_phase(f0.expand(-1, 50, -1), 8000, exclusive=True)[..., 0]
    each = dsp.table_lookup(phase, dsp.resample_envelope(tables, 50))
    torch.testing.assert_close(crossed, each * dsp.resample_envelope(amplitudes, 50, "window")[..., 0])


def test_a_table_of_harmonics_is_their_sum_of_cosines():
    table = dsp.table_of_harmonics(torch.tensor([[[0.5, 0.0, 0.25]]], dtype=torch.float64), 64)[0, 0]
    angle = 2 * math.pi * torch.arange(64, dtype=torch.float64) / 64
    torch.testing.assert_close(table, 0.5 * torch.cos(angle) + 0.25 * torch.cos(3 * angle))


def test_too_small_a_table_says_what_it_needs():
    with pytest.raises(ValueError, match="size of 66"):
        dsp.table_of_harmonics(torch.ones(1, 1, 33), 64)
