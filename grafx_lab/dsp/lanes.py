"""Eight float64 numbers side by side, for recursions that filter eight rows at once in compiled code.

A recursion waits for its last output; a vector of eight independent ones waits no longer than one. Compilers do not
find this by themselves, since the loop over time may not be reordered. In a kernel, :class:`Lanes` stands for eight
numbers wherever a float could stand, in ``+ - *``; :func:`load` and :func:`store` move them. LLVM cuts them into the
vectors that a machine has.

Buffers are arrays of float64 whose last axis has eight entries; positions count groups of eight. :mod:`.tiles`
fills them from rows of samples and empties them.
"""

import operator
from typing import Any, ClassVar

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

WIDTH = 8

VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)
"""What LLVM calls them."""

_FLAGS = ("contract", "nsz")


# As a type checker sees them, intrinsics take the compiler's context; kernels call them without.
instruction: Any = intrinsic
_infer: Any = infer_global


class Lanes(types.Type):
    """The type of eight numbers side by side."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


lanes = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, of: Any) -> None:
        super().__init__(manager, of, VECTOR)


@instruction
def load(typing: Any, buffer: Any, position: Any) -> Any:
    """The eight numbers at a position of a buffer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = builder.load(address(context, builder, signature.args, arguments))
        value.align = 8
        return value

    return lanes(buffer, types.intp), generate


@instruction
def store(typing: Any, buffer: Any, position: Any, value: Any) -> Any:
    """Write eight numbers to a position of a buffer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], address(context, builder, signature.args, arguments)).align = 8
        return context.get_dummy_value()

    return types.void(buffer, types.intp, lanes), generate


def address(context: Any, builder: Any, kinds: Any, arguments: Any) -> Any:
    """Where in memory the position of a buffer lies; arguments: buffer and position, and their types."""
    data = context.make_array(kinds[0])(context, builder, arguments[0]).data
    return cgutils.gep_inbounds(builder, builder.bitcast(data, VECTOR.as_pointer()), arguments[1])


class _Arithmetic(ConcreteTemplate):
    cases: ClassVar = [signature(lanes, lanes, lanes)]


def _define(symbol: Any, instruction: str) -> None:
    _infer(symbol)(type(f"_{instruction}", (_Arithmetic,), {}))

    @lower_builtin(symbol, lanes, lanes)
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return getattr(builder, instruction)(*arguments, flags=_FLAGS)


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")
