"""Fit: gradient descent from a patch towards a target.

:func:`fit_steps` is a generator: to stop is to cease iterating. Notebook, app and command line all iterate it. The
optimisation itself is in :mod:`.loop`; before it there may be a search for a start, after it one for processors that
are not needed.
"""

import os
from collections.abc import Callable, Generator, Sequence
from typing import Any, Literal

from grafx_lab.audio import Audio
from grafx_lab.fitting.chains import general_chain
from grafx_lab.fitting.checkpoint import Checkpoint, load_checkpoint
from grafx_lab.fitting.clock import Clock
from grafx_lab.fitting.errors import FitError
from grafx_lab.fitting.history import History
from grafx_lab.fitting.initialisation import staged_start
from grafx_lab.fitting.layout import Layout
from grafx_lab.fitting.loop import Ending, descend
from grafx_lab.fitting.objective import Objective
from grafx_lab.fitting.options import Options
from grafx_lab.fitting.pruning import prune
from grafx_lab.fitting.result import FitResult, Status, summarise
from grafx_lab.fitting.search import Search
from grafx_lab.fitting.starts import neutral, starting_points
from grafx_lab.fitting.step import FitStep
from grafx_lab.fitting.trials import Trials
from grafx_lab.losses import Loss
from grafx_lab.patch import Patch

FitSteps = Generator[FitStep, None, Ending]


def fit_steps(
    objective: Objective,
    steps: int = 300,
    *,
    seconds: float | None = None,
    history: History | None = None,
    replay: Sequence[float] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_seconds: float = 10.0,
    resume: str | os.PathLike[str] | None = None,
    **options: Any,
) -> FitSteps:
    """Descend an objective.

    Adam's steps are measured along the sliders: a rate of 0.01 moves a control by at most about 1 % of its range in a
    step. Given the same objective, options and number of steps, the steps are the same.

    Args:
        objective: its patch is the start.
        steps: how many updates each start sees at most; the generator yields the start, too.
        seconds: a time budget for all of it: half of it at most is for ``init="auto"``, a fifth for ``prune``. A step
            that has begun is ended.
        history: receives every step that is not rejected.
        replay: :attr:`History.progress` of an earlier fit, which is repeated: a fit with a time budget then gives the
            same result on a machine of another speed.
        checkpoint: a file that receives the state of the descent now and then, whole or not at all.
        checkpoint_seconds: between two writes.
        resume: such a file; the fit goes on from there, to the same end as if it had never been interrupted.
        options: the fields of :class:`.Options`: ``optimizer``, ``learning_rate``, ``schedule``, ``starts``, ``init``,
            ``prune`` and others.

    Raises:
        FitError: there is nothing to move, the start has no finite loss, an option means nothing, or the checkpoint
            cannot be written or read.
    """
    settings = Options(**options)
    patch = neutral(objective.patch) if settings.init == "neutral" else objective.patch
    objective = objective.with_patch(patch.replace(bypassed=patch.bypassed | _optional(patch, settings)))
    layout = Layout(patch)
    if not layout.movable(patch).any():
        raise FitError("There is nothing to fit: every control of the patch is frozen or bypassed. Release one.")
    history = History(patch, layout) if history is None else history
    history.patch = patch  # where every processor is transparent, that is the start
    clock = Clock(steps, seconds, replay, prunes=settings.prune is not None)
    saved = {} if resume is None else _saved(resume, layout, clock)
    file = Checkpoint(checkpoint, checkpoint_seconds, patch, clock)
    if "search" in saved:
        search = Search(patch, layout, settings, [])
        search.restore(saved["search"])
        history.restore(saved["history"])
        if objective.alignment != history.alignment:  # whoever called may have aligned it
            objective = objective.aligned(history.alignment)
    else:
        if settings.init == "auto":
            trials = Trials(clock, settings.seed, saved.get("trials"), file.offer_search)
            objective = yield from staged_start(objective, layout, clock, history, trials)
        points = starting_points(objective.patch, layout, settings.starts, settings.seed)
        search = Search(patch, layout, settings, [(point, objective.patch.bypassed) for point in points])
    ending = yield from descend(objective, search, clock, history, lambda: file.offer(search, history))
    if settings.prune is not None:
        for step in prune(objective, search, clock, history):
            yield step
            if clock.wholly_over:
                return "time"
    return ending


def fit(
    patch: Patch | Literal["auto"] | None,
    source: Any,
    target: Any,
    *,
    loss: str | Loss = "mr_stft",
    steps: int = 300,
    interpretable: bool = False,
    on_step: Callable[[FitStep], Any] | None = None,
    **options: Any,
) -> FitResult:
    """Fit a patch so that ``source`` played through it sounds like ``target``.

    ``KeyboardInterrupt`` ends the fit and keeps the best patch so far.

    Args:
        patch: the graph, and with ``init="patch"`` the start. ``None`` or ``"auto"`` takes the general chain, of which
            ``init="auto"`` switches on what the target asks for; see :func:`.general_chain`.
        source: see :class:`Objective`.
        target: see :class:`Objective`.
        loss: a registered loss or a module.
        steps: how many updates.
        interpretable: no learned impulse response in the general chain.
        on_step: called with every step; when it returns true, the fit stops.
        options: see :func:`fit_steps`: ``seconds``, ``init``, ``starts``, ``optimizer`` and others.
    """
    if patch is None or patch == "auto":
        rate = next((item.sample_rate for item in (source, target) if isinstance(item, Audio)), 44100)
        chain = general_chain(rate, interpretable=interpretable)
        patch, options = chain.patch, chain.options | options
    if not isinstance(patch, Patch):
        raise FitError(f"patch is {patch!r}, expected a Patch, 'auto' or None. A file is opened with Patch.load.")
    objective = Objective(patch, source, target, loss)
    history = History(patch, Layout(patch))
    descent = fit_steps(objective, steps, history=history, **options)
    return summarise(objective, history, drain(descent, on_step))


def drain(descent: FitSteps, on_step: Callable[[FitStep], Any] | None) -> Status:
    """Iterate a fit to its end, or until ``on_step`` returns true or somebody presses Ctrl-C; says how it ended."""
    try:
        while True:
            step = next(descent)
            if on_step is not None and on_step(step):
                return "stopped"
    except KeyboardInterrupt:
        return "stopped"
    except StopIteration as end:
        return end.value


def _optional(patch: Patch, options: Options) -> frozenset[str]:
    """The nodes that a fit begins without, each one known."""
    names = [options.optional] if isinstance(options.optional, str) else options.optional
    for name in names:
        if name not in patch.raw:
            raise FitError(f"optional names {name!r}, expected nodes with a processor: {', '.join(patch.raw)}.")
    return frozenset(names)


def _saved(path: str | os.PathLike[str], layout: Layout, clock: Clock) -> dict[str, Any]:
    """What a checkpoint holds, its seconds counted."""
    state = load_checkpoint(path)
    known = Patch.from_json(state["patch"])
    if Layout(known).sizes != layout.sizes:
        raise FitError(f"The checkpoint {str(path)!r} belongs to another patch: {known!r}. Start the fit anew.")
    clock.resume(state["elapsed"], state["searched"])
    return state
