import subprocess
import sys

import pytest

from grafx_lab import memory

FAULTS = """
import resource, runpy, sys
import numpy

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        numpy.ones(2**23)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

if "keep" in sys.argv:
    assert runpy.run_path(sys.argv[1])["keep_freed_memory"]()
faults()
print(faults())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the setting is glibc's")
def test_large_tensors_come_from_memory_that_was_freed():
    counts = [
        int(subprocess.check_output([sys.executable, "-c", FAULTS, memory.__file__, *flag])) for flag in ([], ["keep"])
    ]
    assert counts[1] < counts[0] / 4


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory.platform, "libc_ver", lambda: ("musl", "1.2"))
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: pytest.fail("asked for a setting that it does not have"))
    assert not memory.keep_freed_memory()
