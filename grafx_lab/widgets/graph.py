"""GraphPanel: a patch to draw, in the browser and from Python."""

from typing import Any

from grafx_lab.fitting.options import Strategy
from grafx_lab.losses import Loss
from grafx_lab.plots import draw_grafx
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.opening import Sound, open_session
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.parameters import said_of_nodes
from grafx_lab.widgets.still import Still


class GraphPanel(Panel):
    """The graph editor. What is drawn is :attr:`patch`; set ``panel.patch`` and it is drawn.

    Args:
        subject: a patch; or a session or another panel, to be linked with it.
        source: what enters the patch.
        target: what it is to approach; with both, wires show the gradient.
        loss: where the gradient comes from.
        levels: write on every wire how loud its signal is; it can be switched by hand.
        title: what stands above it.
    """

    _esm = bundles_folder() / "graph.js"
    slices = ("patch", "live", "fit", "catalog", "selection", "levels", "notice")

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        loss: str | Loss = "mr_stft",
        levels: bool = True,
        title: str = "Patch",
    ) -> None:
        super().__init__(open_session(subject, source, target, loss=loss), title=title)
        if levels and self.session.recordings.source is not None:
            self.session.levels.open()

    def prune(self, tolerance: float = 0.1, *, steps: int = 100, strategy: Strategy = "hybrid") -> None:
        """Fit, and take out what the target does not need; nodes are seen to fade before they go.

        Args:
            tolerance: by how much the loss may rise, as a share of it.
            steps: updates before anything is taken out.
            strategy: see :class:`~grafx_lab.fitting.Options`.
        """
        self.session.fits.start(steps, prune=tolerance, strategy=strategy)

    def still(self) -> Still:
        """The drawing, and the nodes with their settings."""
        self.wait()
        nodes = self.session.board.get("patch")["nodes"]
        return Still(draw_grafx(self.patch)[0], said_of_nodes(nodes), self.heard)
