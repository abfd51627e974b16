import subprocess
import sys

import pytest

from grafx_lab import memory

FAULTS = """
import resource, sys, torch
from grafx_lab.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        torch.ones(2**24)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

torch.set_num_threads(1)
if "keep" in sys.argv:
    assert keep_freed_memory()
faults()
print(faults())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the setting is glibc's")
def test_large_tensors_come_from_memory_that_was_freed():
    counts = [
        int(subprocess.run([sys.executable, "-c", FAULTS, *flag], capture_output=True, text=True, check=True).stdout)
        for flag in ([], ["keep"])
    ]
    assert counts[1] < counts[0] / 4


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory.platform, "libc_ver", lambda: ("musl", "1.2"))
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: pytest.fail("asked for a setting that it does not have"))
    assert not memory.keep_freed_memory()
