"""What a panel's slices are made of on their way to ``frontend/src/host/anywidget.js``."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor


def pack(value: Any) -> Any:
    """Plain data with arrays as float32 bytes (binary buffers of the comm) and paths as names of files.

    Numbers that are not finite become null.
    """
    if isinstance(value, Mapping):
        return {str(key): pack(item) for key, item in value.items()}
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        return value.astype("<f4").tobytes()
    if isinstance(value, Path):
        return value.name
    if isinstance(value, list | tuple):
        return [pack(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
