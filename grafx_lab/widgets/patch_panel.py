"""PatchPanel: what the panels that look at a patch share: how they are opened."""

from typing import Any, ClassVar

from grafx_lab.losses import Loss
from grafx_lab.widgets.opening import Sound, Truth, open_session
from grafx_lab.widgets.panel import Panel


class PatchPanel(Panel):
    """Base of the panels that are opened with a patch, and where there are some, its recordings.

    Args:
        subject: a patch or an objective; or a session or another panel, to be linked with it.
        source: what enters the patch: ``Audio``, a tensor ``(channel, time)`` at its rate, or a file's name.
        target: what it is to approach, likewise; without one there are no arrows.
        truth: the patch that made the target, or its controls (in their units, by path) where they differ; drawn too.
        loss: what the arrows point down and fits descend, by name or as a module.
        title: what stands above it; :attr:`called` by default.

    Attributes:
        called: what such a panel is called.
    """

    called: ClassVar[str] = ""

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        truth: Truth | None = None,
        loss: str | Loss = "mr_stft",
        title: str = "",
    ) -> None:
        super().__init__(open_session(subject, source, target, truth=truth, loss=loss), title=title or self.called)
