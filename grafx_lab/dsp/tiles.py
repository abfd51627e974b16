"""Between rows of samples and buffers of eight lanes: tiles of eight samples of eight rows, transposed in registers.

One sample after another this costs more than what is done with the samples. Rows are arrays (up to 8, time) of float32
or float64, the samples of a row side by side; for buffers see :mod:`.lanes`.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from grafx_lab.dsp.kernels import compiled
from grafx_lab.dsp.lanes import VECTOR, WIDTH, address, instruction

_HALVES = (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15)
_PAIRS = (0, 8, 1, 9, 4, 12, 5, 13), (2, 10, 3, 11, 6, 14, 7, 15)
"""What two vectors exchange in a step of a transposition: orders that are single instructions on most machines."""


@compiled
def read(rows: Any, start: Any, count: Any, buffer: Any) -> None:
    """Copy ``count`` samples from ``start`` on to the beginning of a buffer (count or more, 8)."""
    whole = count - count % WIDTH
    for n in range(0, whole, WIDTH):
        _gather(rows, start + n, buffer, n)
    for n in range(whole, count):
        for row in range(rows.shape[0]):
            buffer[n, row] = rows[row, start + n]


@compiled
def write(buffer: Any, start: Any, count: Any, rows: Any) -> None:
    """Copy the beginning of a buffer (count or more, 8) to ``count`` samples from ``start`` on; undoes :func:`read`."""
    whole = count - count % WIDTH
    for n in range(0, whole, WIDTH):
        _scatter(buffer, n, rows, start + n)
    for n in range(whole, count):
        for row in range(rows.shape[0]):
            rows[row, start + n] = buffer[n, row]


@instruction
def _gather(typing: Any, rows: Any, start: Any, buffer: Any, position: Any) -> Any:
    """Copy eight samples from ``start`` on of rows (up to 8, time) to eight positions of a buffer.

    The lanes of rows that are missing repeat the last one.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        samples = []
        for _, pointer in _pieces(context, builder, signature, arguments, 0):
            samples.append(builder.load(pointer))
            samples[-1].align = context.get_abi_sizeof(pointer.type.pointee.element)
        target = address(context, builder, signature.args[2:], arguments[2:])
        for step, lane in enumerate(_transposed(builder, samples)):
            value = builder.fpext(lane, VECTOR) if lane.type != VECTOR else lane
            builder.store(value, cgutils.gep_inbounds(builder, target, step)).align = 8
        return context.get_dummy_value()

    return types.void(rows, types.intp, buffer, types.intp), generate


@instruction
def _scatter(typing: Any, buffer: Any, position: Any, rows: Any, start: Any) -> Any:
    """Copy eight positions of a buffer to eight samples from ``start`` on of rows (up to 8, time); undoes _gather."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, steps = address(context, builder, signature.args[:2], arguments[:2]), []
        pieces = _pieces(context, builder, signature, arguments, 2)
        for step in range(WIDTH):
            value = builder.load(cgutils.gep_inbounds(builder, source, step))
            value.align = 8
            steps.append(value)
        kind = pieces[0][1].type.pointee
        if kind != VECTOR:
            steps = [builder.fptrunc(value, kind) for value in steps]
        for (exists, pointer), value in zip(pieces, _transposed(builder, steps), strict=True):
            with builder.if_then(exists):
                builder.store(value, pointer).align = context.get_abi_sizeof(kind.element)
        return context.get_dummy_value()

    return types.void(buffer, types.intp, rows, types.intp), generate


def _pieces(context: Any, builder: Any, signature: Any, arguments: Any, place: int) -> list[tuple[Any, Any]]:
    """For each of eight rows whether it exists, and where its eight samples begin (of the last row if it does not)."""
    kind = signature.args[place]
    array = context.make_array(kind)(context, builder, arguments[place])
    count, stride = cgutils.unpack_tuple(builder, array.shape)[0], cgutils.unpack_tuple(builder, array.strides)[0]
    vector = ir.VectorType(context.get_value_type(kind.dtype), WIDTH)
    pieces = []
    for number in range(WIDTH):
        row = ir.Constant(count.type, number)
        exists = builder.icmp_signed("<", row, count)
        existing = builder.select(exists, row, builder.sub(count, ir.Constant(count.type, 1)))
        first = cgutils.pointer_add(builder, array.data, builder.mul(existing, stride))
        sample = cgutils.gep_inbounds(builder, first, arguments[place + 1])
        pieces.append((exists, builder.bitcast(sample, vector.as_pointer())))
    return pieces


def _transposed(builder: Any, vectors: list[Any]) -> list[Any]:
    """Eight vectors of eight, rows made columns."""
    for distance, orders in ((4, _HALVES), (2, _PAIRS), (1, _PAIRS)):
        low, high = (ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), order) for order in orders)
        vectors = [
            builder.shuffle_vector(vectors[n & ~distance], vectors[n | distance], high if n & distance else low)
            for n in range(WIDTH)
        ]
    return vectors
