"""How the C library treats memory that is freed: a setting of a whole process, and so never made by an import."""

import ctypes
import gc
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
"""glibc's numbers of its settings, see ``malloc.h``."""


def keep_freed_memory() -> bool:
    """Tell the C library to keep freed memory for what this process needs next. The programs of grafx_lab do so.

    By default glibc maps every large tensor anew and unmaps it at once when it is freed, and the kernel fills its pages
    with zeros each time: rendering with gradients takes up to a third longer. The process keeps the size that it once
    had, until :func:`give_back_freed_memory`. In a notebook, call it in the first cell.

    Returns:
        whether the C library has this setting; only glibc (Linux) does.
    """
    settings = {_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: 2**26}
    library = _glibc()
    return library is not None and all(library.mallopt(setting, value) for setting, value in settings.items())


def give_back_freed_memory() -> None:
    """Return to the system what is not in use: when somebody's work has ended, nobody may need as much for long."""
    gc.collect()
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
