"""Reading between the samples of a signal at moving places, as compiled loops with their adjoint; see :mod:`.kernels`.

Whatever joins the samples weighs four of them, by powers of how far the place lies behind the second. Outside the
signal there is silence.
"""

from typing import Any

from grafx_lab.dsp.kernels import compiled, compiled_in_any_order


@compiled
def read_back(u: Any, delay: Any, y: Any, cubic: Any) -> None:
    """``y[n] = u(n - delay[n])``; all are (rows, time), delay float64, and y is written."""
    length = u.shape[1]
    for row in range(u.shape[0]):
        for n in range(length):
            value, distance = 0.0, delay[row, n]
            if distance < n + 2:
                whole = int(distance)
                first, second, third, fourth = _weights(distance - whole, cubic)
                place = n - whole
                if 2 <= place < length - 1:
                    value = (
                        first * u[row, place + 1]
                        + second * u[row, place]
                        + third * u[row, place - 1]
                        + fourth * u[row, place - 2]
                    )
                else:
                    value = (
                        first * _at(u[row], place + 1)
                        + second * _at(u[row], place)
                        + third * _at(u[row], place - 1)
                        + fourth * _at(u[row], place - 2)
                    )
            elif distance != distance:  # a delay that is no number gives no number
                value = distance
            y[row, n] = value


@compiled_in_any_order
def read_back_adjoint(grad: Any, u: Any, delay: Any, grad_u: Any, grad_delay: Any, cubic: Any) -> None:
    """Gradients of :func:`read_back`: grad_u and grad_delay, (rows, time), are written."""
    length = u.shape[1]
    for row in range(u.shape[0]):
        grad_u[row, :] = 0.0
        for n in range(length):
            distance, flow = delay[row, n], grad[row, n]
            grad_delay[row, n] = 0.0
            if distance < n + 2:
                whole = int(distance)
                place, fraction = n - whole, distance - whole
                slope = 0.0
                weights, slopes = _weights(fraction, cubic), _slopes(fraction, cubic)
                for offset in range(4):
                    there = place + 1 - offset
                    if 0 <= there < length:
                        grad_u[row, there] += flow * weights[offset]
                        slope += slopes[offset] * u[row, there]
                grad_delay[row, n] = flow * slope


@compiled
def _at(u: Any, place: Any) -> Any:
    return u[place] if 0 <= place < len(u) else 0.0


@compiled
def _weights(f: Any, cubic: Any) -> Any:
    """Weights of the sample ahead of a place, of the near, of the far one and of the one beyond (Catmull-Rom, or 0)."""
    if not cubic:
        return 0.0, 1 - f, f, 0.0
    return (
        f * (f * (1 - 0.5 * f) - 0.5),
        1 + f * f * (1.5 * f - 2.5),
        f * (0.5 + f * (2 - 1.5 * f)),
        f * f * 0.5 * (f - 1),
    )


@compiled
def _slopes(f: Any, cubic: Any) -> Any:
    """Derivatives of the weights."""
    if not cubic:
        return 0.0, -1.0, 1.0, 0.0
    return f * (2 - 1.5 * f) - 0.5, f * (4.5 * f - 5), 0.5 + f * (4 - 4.5 * f), f * (1.5 * f - 1)
