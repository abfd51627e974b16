"""What stands for the truth about a processor: an independent check, and a mutation that the check must notice."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Oracle:
    """One processor's truth.

    Attributes:
        check: asserts that the processor agrees with SciPy, a closed form or a golden.
        mutate: perturbs one constant of the processor; the check must then fail.
        source: where the truth comes from, in words.
    """

    check: Callable[[], None]
    mutate: Callable[[pytest.MonkeyPatch], None]
    source: str
