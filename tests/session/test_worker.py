"""The worker runs commands in order, the latest of each other kind, and leaves no thread behind."""

import subprocess
import sys
import threading

import pytest

from grafx_lab.session import worker as worker_module
from grafx_lab.session.worker import Worker
from tests.waiting import PATIENCE, eventually


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.05)
    return Worker("test worker")


def test_commands_run_first_in_first_out(worker: Worker):
    order: list[int] = []
    for number in range(20):
        worker.command(lambda number=number: order.append(number))
    assert worker.wait(PATIENCE)
    assert order == list(range(20))


def test_only_the_latest_job_of_a_kind_runs(worker: Worker):
    ran: list[str] = []
    gate = threading.Event()
    worker.command(lambda: gate.wait(PATIENCE) and None)
    for number in range(10):
        worker.latest("sound", lambda number=number: ran.append(f"sound {number}"))
        worker.latest("arrow", lambda number=number: ran.append(f"arrow {number}"))
    gate.set()
    assert worker.wait(PATIENCE)
    assert sorted(ran) == ["arrow 9", "sound 9"]


def test_a_failing_job_does_not_stop_the_next_one(worker: Worker):
    ran: list[str] = []

    def fail() -> None:
        raise RuntimeError("on purpose")

    worker.command(fail)
    worker.command(lambda: ran.append("next"))
    assert worker.wait(PATIENCE)
    assert ran == ["next"]


def test_the_thread_ends_when_idle_and_starts_again_when_needed(worker: Worker):
    def alive() -> bool:
        return any(thread.name == "test worker" for thread in threading.enumerate())

    for _ in range(2):
        worker.command(lambda: None)
        assert worker.wait(PATIENCE)
        eventually(lambda: not alive(), "the thread has ended")


def test_clearing_forgets_what_has_not_begun(worker: Worker):
    ran: list[str] = []
    started, gate = threading.Event(), threading.Event()

    def first() -> None:
        started.set()
        gate.wait(PATIENCE)

    worker.command(first)
    worker.command(lambda: ran.append("second"))
    assert started.wait(PATIENCE)
    worker.clear()
    gate.set()
    assert worker.wait(PATIENCE)
    assert ran == []


def test_a_worker_that_has_ended_lets_its_thread_go_and_takes_no_more():
    worker, ran = Worker("ended"), []
    worker.command(lambda: ran.append(1))
    assert worker.wait(PATIENCE)
    worker.end(PATIENCE)
    worker.command(lambda: ran.append(2))
    worker.latest("kind", lambda: ran.append(3))
    assert worker.wait(PATIENCE)
    assert ran == [1]
    eventually(lambda: not any(thread.name == "ended" for thread in threading.enumerate()), "the thread has ended")


def test_a_program_may_end_while_a_job_computes():
    program = (
        "import torch, threading\n"
        "from grafx_lab.session.worker import Worker\n"
        "begun = threading.Event()\n"
        "def job():\n"
        "    begun.set()\n"
        "    for _ in range(200): torch.fft.rfft(torch.randn(2**16))\n"
        "worker = Worker('worker')\n"
        "worker.command(job)\n"
        "begun.wait()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
