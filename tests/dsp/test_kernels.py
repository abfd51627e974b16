import threading

import numpy as np
import pytest
import torch

from grafx_lab.dsp import kernels


@pytest.fixture
def two_threads(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)


def double(x, factor, y):
    y[:] = factor * x


@pytest.mark.parametrize("rows", [1, 2, 3, 5])
def test_rows_are_spread_over_threads_and_all_of_them_computed(two_threads, rows):
    x = np.random.default_rng(0).standard_normal((rows, 2 * kernels.SMALLEST_SHARE))
    y, seen = np.empty_like(x), set()

    def kernel(*arguments):
        seen.add(threading.current_thread())
        double(*arguments)

    kernels.over_rows(lambda x, y, factor: kernel(x, factor, y), x, y, shared=(2.0,))
    np.testing.assert_array_equal(y, 2 * x)
    assert len(seen) == min(rows, 2)


def test_short_rows_stay_on_one_thread(two_threads):
    x, seen = np.zeros((4, 100)), []
    kernels.over_rows(lambda _: seen.append(threading.current_thread()), x)
    assert seen == [threading.current_thread()]


@pytest.mark.parametrize("failing", [0, 3])
def test_a_failure_in_any_share_is_raised(two_threads, failing):
    x = np.repeat(np.arange(4.0)[:, None], kernels.SMALLEST_SHARE, axis=1)

    def kernel(part):
        if failing in part[:, 0]:
            raise FloatingPointError(f"row {failing}")

    with pytest.raises(FloatingPointError, match=f"row {failing}"):
        kernels.over_rows(kernel, x)
