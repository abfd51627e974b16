"""What JSON cannot carry, packed for ``frontend/src/host/unpack.js``."""

import base64
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grafx_lab.app.served import address


def pack(value: Any) -> Any:
    """Plain data for JSON: float arrays as base64 float32, paths as addresses, numbers that are not finite as null."""
    if isinstance(value, Mapping):
        return {str(key): pack(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return {"$f32": base64.b64encode(value.astype("<f4").tobytes()).decode("ascii")}
    if isinstance(value, Path):
        return {"$file": address(value)}
    if isinstance(value, list | tuple):
        return [pack(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
