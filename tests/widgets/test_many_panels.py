"""A kernel in which somebody works all day: what is closed is gone."""

import gc
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from typing import NamedTuple

import psutil
import torch

from grafx_lab.fitting import Objective
from grafx_lab.patch import Patch
from grafx_lab.widgets import (
    ABPlayer,
    ConvergencePanel,
    GraphPanel,
    LandscapePanel,
    ParameterPanel,
    ResponsePanel,
    explore,
)
from tests.waiting import eventually

PATCH = Patch.chain({"tone": "low_shelf", "trim": "stereo_gain"}, sample_rate=8000)
SOURCE = 0.2 * torch.randn(2, 1000, generator=torch.Generator().manual_seed(0))
TARGET = PATCH.with_controls({"trim.log_gain": -6.0}).render(SOURCE)
HUNDRED = 100
GROWTH = 50e6  # bytes


def landscape(patch, source, target) -> LandscapePanel:
    return LandscapePanel(patch, "trim.log_gain[0]", source=source, target=target, resolution=3)


def convergence(patch, source, target) -> ConvergencePanel:
    return ConvergencePanel(Objective(patch, source, target), steps=2)


MAKERS = (ParameterPanel, ResponsePanel, GraphPanel, ABPlayer, explore, landscape, convergence)


def open_and_close(count: int) -> list:
    """Panels of every kind in turn, used and closed; returns the folders that they had."""
    folders = []
    for number in range(count):
        panel = MAKERS[number % len(MAKERS)](PATCH, SOURCE, TARGET)
        panel.session.call("edit", {"ops": [{"op": "control", "path": "trim.log_gain[0]", "position": 0.4}]})
        folders.append(panel.session.folder)
        panel.close()
    return folders


class Left(NamedTuple):
    """What a hundred panels left behind."""

    threads: int
    folders: int
    memory: int  # bytes


def what_a_hundred_panels_leave() -> Left:
    # The first ones fill caches.
    open_and_close(3 * len(MAKERS))
    gc.collect()
    threads, memory = threading.active_count(), psutil.Process().memory_info().rss
    folders = open_and_close(HUNDRED)
    with suppress(AssertionError):  # what is left is counted
        eventually(lambda: threading.active_count() <= threads, "no thread is left")
    gc.collect()
    return Left(
        threads=threading.active_count() - threads,
        folders=sum(folder.exists() for folder in folders),
        memory=psutil.Process().memory_info().rss - memory,
    )


def test_a_hundred_panels_leave_no_thread_no_file_and_less_than_50_megabytes():
    # A process of their own, as a kernel is: the memory of one that ran thousands of tests tells of those.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=torch.set_num_threads, initargs=(1,)) as kernel:
        left = kernel.submit(what_a_hundred_panels_leave).result()
    assert left.threads <= 0
    assert left.folders == 0
    assert left.memory < GROWTH
