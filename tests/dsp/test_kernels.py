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


def test_a_single_row_beside_others_is_shared_by_all(two_threads):
    x, y = np.arange(2.0 * kernels.SMALLEST_SHARE)[None], np.zeros((3, 2 * kernels.SMALLEST_SHARE))
    kernels.over_rows(double, x, 2.0, y)
    np.testing.assert_array_equal(y, np.repeat(2 * x, 3, axis=0))


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


def test_a_crop_is_read_where_it_lies():
    whole = torch.arange(2.0 * 3 * 7).reshape(2, 3, 7)
    crop = whole[..., :5]
    read = kernels.uncropped(crop)
    assert np.shares_memory(read, whole.numpy())
    assert read.flags.c_contiguous
    np.testing.assert_array_equal(read[..., :5], crop.numpy())


@pytest.mark.parametrize(
    "view",
    [
        lambda whole: whole,
        lambda whole: whole[..., 2:],
        lambda whole: whole[:, 1:, :5],
        lambda whole: whole[..., ::2],
        lambda whole: whole.mT,
        lambda whole: whole[:, :1].expand(-1, 3, -1),
        lambda whole: whole[:1, :1, :1].expand(2, 3, 4),
        lambda whole: whole[0, 0, :5],
    ],
)
def test_other_views_have_their_own_numbers_first(view):
    tensor = view(torch.arange(2.0 * 3 * 7).reshape(2, 3, 7))
    read = kernels.uncropped(tensor)
    assert read.flags.c_contiguous
    np.testing.assert_array_equal(read[..., : tensor.shape[-1]], tensor.numpy())
