"""The search for a short order of rendering: in each step, all nodes of one type that are ready.

To render more at once never hurts later, so an order is a sequence of types. The fewest steps are a shortest path
through the sets of rendered nodes; the bound that guides it is :attr:`Precedence.by_chain`.
"""

import heapq
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.precedence import Bits, Precedence, places

Steps = list[tuple[int, Bits]]
"""The type and the nodes of every step."""


class State(NamedTuple):
    """What has been rendered, and how.

    Attributes:
        rendered: the nodes behind us.
        ready: for each type, its nodes that wait for nothing more.
        left: for each type, how many steps it needs at least.
        length: steps so far.
        bound: steps of the whole order at least.
        last: the last step.
        previous: the state before it.
    """

    rendered: Bits
    ready: tuple[Bits, ...]
    left: tuple[int, ...]
    length: int
    bound: int
    last: tuple[int, Bits] | None = None
    previous: "State | None" = None


def greedy(problem: Precedence) -> Steps:
    """Always the type with the most nodes that are ready."""
    state = _start(problem)
    while any(state.ready):
        state = _advance(problem, state, max(_open(state), key=lambda kind: state.ready[kind].bit_count()))
    return _steps(state)


def fixed(problem: Precedence, order: Sequence[str]) -> Steps:
    """The types in a given order, leaving out those of which nothing is ready.

    Raises:
        GraphError: the order ends before everything is rendered.
    """
    state = _start(problem)
    kind_of = {node_type: kind for kind, node_type in enumerate(problem.types)}
    for node_type in order:
        kind = kind_of.get(node_type)
        if kind is not None and state.ready[kind]:
            state = _advance(problem, state, kind)
    if any(state.ready):
        missing = sorted({problem.types[kind] for kind, steps in enumerate(state.left) if steps})
        raise GraphError(
            f"fixed_order ends before everything is rendered: nodes of {', '.join(missing)} are left. Make it longer."
        )
    return _steps(state)


def beam(problem: Precedence, width: int = 16, depth: int = 1) -> Steps:
    """The best orders side by side, those ahead that need the fewest steps more, then those that rendered the most.

    Ever wider beams, as long as a shorter order than the shortest so far is possible. The first one is the greedy
    order, so that the result is never longer.

    Args:
        problem: what waits for what.
        width: orders that are followed at most.
        depth: steps to look ahead before orders are judged.
    """
    best = greedy(problem)
    least = _start(problem).bound
    for narrow in sorted({1, min(4, width), width}):
        if len(best) > least:
            best = _beam(problem, narrow, depth, best)
    return best


def optimal(problem: Precedence, max_states: int = 100_000) -> Steps:
    """The fewest steps, by A*.

    Args:
        problem: what waits for what.
        max_states: states that are looked at before the search is given up.

    Raises:
        GraphError: it is given up.
    """
    best = beam(problem)
    start, number = _start(problem), count()
    waiting = [(start.bound, 0, next(number), start)]
    shortest = {start.rendered: 0}
    for looked_at in count(1):
        if not waiting or waiting[0][0] >= len(best):
            return best
        if looked_at > max_states:
            raise GraphError(
                f"The fewest steps were not found among {max_states} states: at least {waiting[0][0]} are needed. "
                f"Raise max_states, or use method='beam', which needs {len(best)}."
            )
        *_, state = heapq.heappop(waiting)
        if not any(state.ready):
            return _steps(state)
        for kind in _choices(problem, state):
            following = _advance(problem, state, kind)
            if following.length < shortest.get(following.rendered, len(best)):
                shortest[following.rendered] = following.length
                heapq.heappush(waiting, (following.bound, -following.length, next(number), following))
    raise AssertionError("count() never ends")


def _beam(problem: Precedence, width: int, depth: int, best: Steps) -> Steps:
    """The first complete order of a beam that is shorter than ``best``, or ``best``."""
    states = [_start(problem)]
    while states:
        following: dict[Bits, tuple[State, int]] = {}
        for state in states:
            for kind in _choices(problem, state):
                rendered = state.rendered | state.ready[kind]
                if rendered not in following and _bound(problem, state, kind, rendered) < len(best):
                    following[rendered] = (state, kind)
        # The order of equals is that of their making: of types, not of ids.
        kept = sorted(following.values(), key=lambda choice: _promise(problem, *choice, depth))[:width]
        states = [_advance(problem, state, kind) for state, kind in kept]
        for state in states:
            if not any(state.ready):
                return _steps(state)
    return best


def _promise(problem: Precedence, state: State, kind: int, depth: int) -> tuple[int, int]:
    """The bound, and the nodes still to render, after a step and the best ``depth - 1`` steps behind it."""
    rendered = state.rendered | state.ready[kind]
    if depth > 1:
        following = _advance(problem, state, kind)
        if any(following.ready):
            return min(_promise(problem, following, later, depth - 1) for later in _choices(problem, following))
    return _bound(problem, state, kind, rendered), -rendered.bit_count()


def _start(problem: Precedence) -> State:
    ready = [0] * len(problem.types)
    for place, before in enumerate(problem.before):
        if not before:
            ready[problem.kinds[place]] |= 1 << place
    left = tuple(len(levels) - 1 for levels in problem.by_chain)
    return State(0, tuple(ready), left, 0, sum(left))


def _open(state: State) -> Iterator[int]:
    """The types of which something is ready."""
    return (kind for kind, ready in enumerate(state.ready) if ready)


def _choices(problem: Precedence, state: State) -> list[int]:
    """The types worth trying. One of which all that is left is ready needs one step more, now as well as later."""
    for kind in _open(state):
        if state.ready[kind] == problem.members[kind] & ~state.rendered:
            return [kind]
    return list(_open(state))


def _left(problem: Precedence, state: State, kind: int, rendered: Bits) -> int:
    """Steps that a type needs at least, when these nodes are rendered."""
    levels, left = problem.by_chain[kind], state.left[kind]
    while left and not levels[left] & ~rendered:
        left -= 1
    return left


def _bound(problem: Precedence, state: State, kind: int, rendered: Bits) -> int:
    return state.bound + 1 + _left(problem, state, kind, rendered) - state.left[kind]


def _advance(problem: Precedence, state: State, kind: int) -> State:
    """The state after rendering all that is ready of a type."""
    nodes = state.ready[kind]
    rendered = state.rendered | nodes
    touched = 0
    for place in places(nodes):
        touched |= problem.after[place]
    ready = list(state.ready)
    ready[kind] = 0
    for place in places(touched):
        if not problem.before[place] & ~rendered:
            ready[problem.kinds[place]] |= 1 << place
    left = list(state.left)
    left[kind] = _left(problem, state, kind, rendered)
    bound = _bound(problem, state, kind, rendered)
    return State(rendered, tuple(ready), tuple(left), state.length + 1, bound, (kind, nodes), state)


def _steps(state: State) -> Steps:
    steps = []
    while state.last is not None and state.previous is not None:
        steps.append(state.last)
        state = state.previous
    return steps[::-1]
