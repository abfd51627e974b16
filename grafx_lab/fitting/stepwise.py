"""Which nodes a start needs and where each begins: one is set after the other, the most helpful first."""

import heapq
from collections.abc import Callable, Iterator
from functools import partial
from itertools import filterfalse, islice

import torch

from grafx_lab.fitting.stage import Stage, State
from grafx_lab.fitting.trials import Trials

WORTH = 0.01
"""Share of the very first loss by which a start has to lower the loss to be kept: any node can gnaw at the little that
a good model leaves, and does so on this recording only."""

BY_HEART = 0.2
"""The same for each number that a node has per sample of the target: so much it would learn of anything by heart."""

WORTH_OF_MANY = 0.05
"""Share of the very first loss by which a node with thousands of numbers has to lower the loss."""

HANDICAP_OF_MANY = 1.5
"""Factor of the loss behind such a node where it competes with others: they say more with less."""

WORTH_OF_CLOCKED = 0.25
"""Share of the present loss by which an optional node that follows the clock has to lower it: what comes and goes at
certain seconds of one recording says nothing of the next second, nor of another recording."""

WORTH_ALONE = 0.03
"""Share of the loss by which the first node lowers it that is set although the end of the time does not bear it out."""

SWEEPS = (False, True)
"""How often all nodes that are not set are tried, and whether from all of the time: some help only behind others, and
of some nothing is heard before the end. Who has many numbers would only learn that by heart."""

ROUNDS = 4
"""How often at most the nodes that are set are set once more in turn."""

WORTH_A_MOVE = 0.02
"""Share of the loss by which it has to fall for what is set to move to the other side of what is set beside it."""

WORTH_A_ROUND = 0.03
"""Share of the loss by which one such round has to lower it for another one."""

DRAWS = 6
"""Random places that are tried for a node without a closed form."""

Told = Iterator[tuple[State, str]]
"""The best state so far and what has been done."""


class Stepwise:
    """Sets one node after the other.

    Args:
        stage: tries nodes.
        trials: counts that, and says when there is no time for more.
        state: to begin with.
        nodes: to be set if they help.

    Attributes:
        state: with all that has been set.
        waiting: nodes that have not.
        chosen: nodes that have, in that order.
    """

    def __init__(self, stage: Stage, trials: Trials, state: State, nodes: list[str]) -> None:
        self.stage, self.trials, self.state = stage, trials, state
        self.waiting, self.chosen = list(nodes), list[str]()
        self._first = state.loss
        self._fresh: dict[str, State | None] = {}
        self._queue: list[tuple[float, int, str]] = []

    def states(self, whole: Stage) -> Told:
        """Search.

        Args:
            whole: hears all of the recordings, of which the stage of the search may hear an excerpt.
        """
        for late in SWEEPS if self.stage.tells(self.state) else SWEEPS[1:]:
            known = len(self.chosen)
            yield from self._greedily(late)
            if len(self.chosen) > known:
                yield from self._in_turn()
        if self.stage is not whole:
            yield from self._wholly(whole)

    def _greedily(self, late: bool) -> Told:
        """Set the node that helps most, then the next.

        Before a node is set, what is told is the state with the most promising one, as it was tried: a search that is
        ended sets it.

        What a node is worth hardly grows while others are set, so the old worth bounds the new one: only the most
        promising node is tried anew (M. Minoux, "Accelerated greedy algorithms", 1978). Before a reverberator it may
        grow: nobody hears the dynamics of a dry signal in a wet target.
        """
        yield from self._all_offered(late)
        if not self.chosen and not (self._queue and self._queue[0][0]):
            yield from self._nonetheless(late)
        while self._queue and self._queue[0][0] and not self._is_near:
            _, _, node = heapq.heappop(self._queue)
            if found := self._fresh.get(node):
                yield self._set(node, found)
                yield from self._moved(node)
                if self.stage.reverberates(node):
                    yield from self._all_offered(late, but=self.stage.reverberates)
            elif node not in self._fresh and not self._is_needless(node):
                if self.trials.over:
                    return
                yield from self._offered([node], late)

    def _nonetheless(self, late: bool) -> Told:
        """Set what helps most over all of the time where nothing is worth its place, and try the others behind it.

        Of a drive with an echo neither explains the end alone, where little else than the echo of driven sound is left.
        Not who could learn that by heart.
        """
        stage, states = self.stage, {node: found for node, found in self._fresh.items() if found is not None}
        few = [node for node in states if not (stage.has_many(node) or stage.is_clocked(node))]
        node = min(few, key=lambda node: states[node].loss, default="")
        if node and states[node].loss <= (1 - WORTH_ALONE) * self.state.loss:
            yield self._set(node, states[node])
            yield from self._all_offered(late)

    def _moved(self, new: str) -> Told:
        """What is set may belong on the other side of what is set beside it, where a node of its type is bypassed.

        Without that the two are alike; an equalizer before a compressor is another thing than one behind it.
        """
        pairs = [(node, twin) for node in self.chosen for twin in self.stage.twins(node)]
        for node, twin in pairs:
            between = self._between(node, twin)
            if twin not in self.state.bypassed or new not in (node, *between) or not between or self.trials.over:
                continue
            attempts = [partial(self._refreshed, node, place, between) for place in (node, twin)]
            here, there = self.trials.results(attempts, counted=False)
            self.state = here or self.state
            if there is not None and self.state.worth(there) > WORTH_A_MOVE:
                self.state = there
                self.chosen[self.chosen.index(node)] = twin
                self.waiting[self.waiting.index(twin)] = node
                yield self.state, f"'{twin}' does that better than '{node}'."
                return

    def _between(self, node: str, twin: str) -> list[str]:
        first, last = sorted(map(self.stage.order.index, (node, twin)))
        return [name for name in self.stage.order[first + 1 : last] if name in self.chosen]

    def _refreshed(self, node: str, place: str, between: list[str], _: torch.Generator) -> State:
        """The state with a node in that place, from which it and those between are set once more where it helps."""
        state = self.state if place == node else self.stage.moved(self.state, node, place)
        for name in (place, *between, place):
            again = self.stage.tried(state, name)
            state = again if again is not None and again.loss < state.loss else state
        return state

    def _wholly(self, stage: Stage) -> Told:
        """What an excerpt does not tell, on a stage that hears all: the level, and what depends on when it happens."""
        self.stage = stage
        settled = self.trials.result(lambda _: stage.settled(self.state.vector, self.state.bypassed), counted=False)
        self.state = settled or self.state
        yield self.state, "All of the recordings."
        yield from self._once_more([node for node in self.chosen if stage.is_clocked(node)])

    def _in_turn(self) -> Told:
        """Once more who is set, and again while what one says changes what the others have to say.

        Who has run out of time does the first round, too: it does not take long.
        """
        for number in range(ROUNDS):
            before = self.state.loss
            yield from self._once_more(self.chosen, in_time=number > 0)
            if self.state.loss > (1 - WORTH_A_ROUND) * before:
                return

    def _once_more(self, nodes: list[str], in_time: bool = False) -> Told:
        """Each of these nodes from all of the time, with all others in place, where that is better."""
        for node in nodes:
            if in_time and self.trials.over:
                return
            attempt = partial(self.stage.tried, self.state, node, wholly=True)
            again = self.trials.result(lambda _, attempt=attempt: attempt(), counted=in_time)
            if again is not None and again.loss < self.state.loss:
                self.state = again
            yield self.state, f"'{node}' once more."

    @property
    def _is_near(self) -> bool:
        """Whether so little is left of the loss that no node would be worth its place."""
        return self.state.loss <= max(self.stage.rounding, WORTH * self._first)

    def _all_offered(self, late: bool, but: Callable[[str], bool] = lambda node: False) -> Told:
        self._queue.clear()
        self._fresh.clear()
        if self._is_near:
            return
        # To find a sweep takes longest: where time is short, the others are heard first. From all of the time it has
        # the first turn: it is what could not be heard before.
        waiting = sorted(filterfalse(but, self.waiting), key=self.stage.is_clocked, reverse=late)
        while waiting and not self.trials.over:
            pair = self._apart(waiting)
            waiting = [node for node in waiting if node not in pair]
            yield from self._offered(list(filterfalse(self._is_needless, pair)), late)

    def _apart(self, nodes: list[str]) -> list[str]:
        """The first of these nodes and the next one that does not depend on whether the first one leads."""
        first, *others = nodes
        reverberates = self.stage.reverberates
        return [first, *islice((node for node in others if not (reverberates(first) and reverberates(node))), 1)]

    def _is_needless(self, node: str) -> bool:
        """Whether a reverberator leads that says more with fewer numbers, or a node would do what one does already."""
        worth, _, leader = self._queue[0] if self._queue else (0.0, 0, "")
        if worth and self.stage.reverberates(leader) and self.stage.reverberates(node):
            return not self.stage.has_many(leader)
        twins = [twin for twin in self.stage.twins(node) if twin in self.chosen and node in self.state.bypassed]
        return any(not self._between(node, twin) for twin in twins)

    def _offered(self, nodes: list[str], late: bool) -> Told:
        attempts = [partial(_best_of, self.stage, self.state, node, late) for node in nodes]
        for node, found in zip(nodes, self.trials.results(attempts), strict=True):
            self._fresh[node] = found
            heapq.heappush(self._queue, (-self._rank(node, found), self.stage.order.index(node), node))
            worth, _, leader = self._queue[0]
            yield (self._fresh.get(leader) if worth else None) or self.state, f"'{node}' was tried."

    def _rank(self, node: str, found: State | None) -> float:
        """By what share of the loss a node seems to lower it, beside others; 0 where that is not worth its place."""
        stage, state = self.stage, self.state
        many = stage.has_many(node)
        worth = state.worth(found) if found is not None else 0.0
        smallest = max(stage.rounding, (WORTH_OF_MANY if many else WORTH) * self._first)
        least = max(BY_HEART * stage.share_of_samples(node), smallest / max(state.loss, 1e-30))
        if node in state.bypassed and stage.is_clocked(node):
            least = max(least, WORTH_OF_CLOCKED)
        worth = worth if worth >= least else 0.0
        return max(1 - HANDICAP_OF_MANY * (1 - worth), 1e-9 * worth) if worth and many else worth

    def _set(self, node: str, found: State) -> tuple[State, str]:
        worth, self.state = 1 - found.loss / self.state.loss, found
        self._fresh.clear()
        self.waiting.remove(node)
        self.chosen.append(node)
        return found, f"'{node}' was set: it lowers the loss by {100 * worth:.0f} %."


def _best_of(stage: Stage, state: State, node: str, late: bool, generator: torch.Generator) -> State | None:
    if stage.has_closed_form(node):
        return stage.tried(state, node, late and not stage.has_many(node))
    if not any(entry.spec.display == "slider" for entry in stage.layout.entries_of(node)):
        return None
    drawn = [stage.drawn(state, node, generator) for _ in range(DRAWS)]
    return min(drawn, key=lambda candidate: candidate.loss)
