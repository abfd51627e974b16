"""Tiles of eight samples of eight rows: what is read is written back, and nothing else is touched."""

import numpy as np
import pytest

from grafx_lab.dsp.lanes import WIDTH
from grafx_lab.dsp.tiles import read, write

ROWS = [1, 3, 7, 8]
COUNTS = [1, 7, 8, 9, 24, 29]
DTYPES = [np.float32, np.float64]
START = 5


def samples(rows, dtype):
    return np.random.default_rng(rows).standard_normal((rows, 40)).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("rows", ROWS)
def test_each_row_becomes_a_lane(rows, count, dtype):
    signal, buffer = samples(rows, dtype), np.full((count + 1, WIDTH), 7.0)
    read(signal, START, count, buffer)
    np.testing.assert_array_equal(buffer[:count, :rows].T, signal[:, START : START + count])
    np.testing.assert_array_equal(buffer[count], 7.0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("rows", ROWS)
def test_lanes_are_written_to_the_rows_that_exist(rows, count, dtype):
    around = samples(rows + 1, dtype)
    expected, buffer = around.copy(), samples(WIDTH, np.float64).T.copy()
    expected[:rows, START : START + count] = buffer[:count, :rows].T
    write(buffer, START, count, around[:rows])
    np.testing.assert_array_equal(around, expected)
