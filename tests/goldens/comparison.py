"""How near an output and its gradients are to stored ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch


def distance(ours: torch.Tensor, theirs: np.ndarray) -> float:
    """The relative L2 distance."""
    reference = torch.from_numpy(theirs)
    return float((ours.detach() - reference).norm() / reference.norm())


def compare(
    arrays: Mapping[str, np.ndarray],
    case: Mapping[str, Any],
    name: str,
    output: torch.Tensor,
    raw: Mapping[str, torch.Tensor],
    tolerance: float,
) -> None:
    """Assert that an output, and the gradients of its product with the case's cotangent, are the stored ones."""
    stored = arrays[f"{name}/output"]
    assert distance(output[..., : stored.shape[-1]], stored) < tolerance
    gradients = [key for key in raw if f"{name}/grad/{key}" in arrays]
    if gradients:
        cotangent = np.random.default_rng([case["seed"], 9000]).standard_normal(tuple(output.shape))
        (output * torch.from_numpy(cotangent.astype(np.float32))).sum().backward()
    for key in gradients:
        assert distance(raw[key].grad, arrays[f"{name}/grad/{key}"]) < 1e-3, key
