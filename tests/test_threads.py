"""Parts side by side give what they give one behind the other."""

import threading

import pytest
import torch

from grafx_lab.threads import side_by_side
from tests.waiting import PATIENCE


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_results_come_in_the_order_of_the_parts(two_threads):
    assert side_by_side(lambda part: part**2, range(20)) == [part**2 for part in range(20)]


def test_two_parts_run_at_a_time_and_pytorch_uses_one_thread_for_each(two_threads):
    meeting = threading.Barrier(2)

    def meet(_: int) -> int:
        meeting.wait(timeout=PATIENCE)
        return torch.get_num_threads()

    assert side_by_side(meet, range(2)) == [1, 1]
    assert torch.get_num_threads() == 2


def test_parts_within_a_part_run_on_its_thread(two_threads):
    def names(_: int) -> set[str]:
        return set(side_by_side(lambda _: threading.current_thread().name, range(4)))

    assert all(len(found) == 1 for found in side_by_side(names, range(4)))


def test_gradients_are_recorded_as_where_the_parts_are_given(two_threads):
    weight = torch.ones(1, requires_grad=True)
    assert all(part.requires_grad for part in side_by_side(lambda n: n * weight, range(3)))
    with torch.no_grad():
        assert not any(part.requires_grad for part in side_by_side(lambda n: n * weight, range(3)))


def test_the_first_failure_is_told_when_all_have_ended(two_threads):
    ended = []

    def fail(part: int) -> None:
        ended.append(part)
        if part:
            raise ValueError(f"part {part}")

    with pytest.raises(ValueError, match="part 1"):
        side_by_side(fail, range(4))
    assert sorted(ended) == [0, 1, 2, 3]


def test_on_one_thread_nothing_is_handed_on():
    assert set(side_by_side(lambda _: threading.current_thread(), range(3))) == {threading.current_thread()}
