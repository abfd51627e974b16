"""Compiled kernels as PyTorch operators: ``torch.compile`` sees one opaque operation and does not look inside.

Registered at a lower level than :func:`torch.library.custom_op`, whose first call imports the whole compiler (seconds).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch import Tensor

_LIBRARY = torch.library.Library("grafx_lab", "FRAGMENT")


def operator(schema: str, shapes: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function of tensors an operator without gradient, on every device.

    Eager calls with plain tensors go to the function itself: finding it as an operator costs PyTorch as much as a
    gain over a thousand samples.

    Args:
        schema: name, arguments and results in PyTorch's notation, ``"double(Tensor signal) -> Tensor"``.
        shapes: takes the same arguments and returns empty tensors of the results' shapes and dtypes.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = schema.split("(")[0]
        _LIBRARY.define(schema)
        _LIBRARY.impl(name, function, "CompositeExplicitAutograd")
        torch.library.register_fake(f"grafx_lab::{name}", shapes, lib=_LIBRARY)
        opaque = getattr(torch.ops.grafx_lab, name).default

        @wraps(function)
        def call(*arguments: Any) -> Any:
            traced = torch.compiler.is_compiling() or type(arguments[0]) is not Tensor
            return opaque(*arguments) if traced else function(*arguments)

        return call

    return register
