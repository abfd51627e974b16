"""GraphPanel: a patch to draw, in the browser and from Python."""

from typing import Any

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
        title: what stands above it.
    """

    _esm = bundles_folder() / "graph.js"
    slices = ("patch", "live", "fit", "catalog", "selection", "notice")

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        loss: str | Loss = "mr_stft",
        title: str = "Patch",
    ) -> None:
        super().__init__(open_session(subject, source, target, loss=loss), title=title)

    def still(self) -> Still:
        """The drawing, and the nodes with their settings."""
        self.wait()
        nodes = self.session.board.get("patch")["nodes"]
        return Still(draw_grafx(self.patch)[0], said_of_nodes(nodes), self.heard)
