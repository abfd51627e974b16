"""ParameterPanel: every control of every node, to be moved and heard."""

from typing import Any

from grafx_lab.losses import Loss
from grafx_lab.plots import plot_sliders
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.opening import Sound, Truth, open_session
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.still import Still


class ParameterPanel(Panel):
    """The controls of a patch, node by node: sliders, typed values, curves, freeze, bypass, and two settings A and B.

    With a target the arrows show where descent would push; what is moved is seen at once and heard after a moment.

    Args:
        subject: a patch; or a session or another panel, to be linked with it.
        source: what enters the patch.
        target: what it is to approach.
        truth: the patch that made the target, or the controls of it that differ; marked above the sliders.
        loss: what the arrows point down.
        title: what stands above it.
    """

    _esm = bundles_folder() / "parameters.js"
    slices = ("patch", "live", "fit", "catalog", "audio", "selection", "snapshots", "notice")

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        truth: Truth | None = None,
        loss: str | Loss = "mr_stft",
        title: str = "Controls",
    ) -> None:
        super().__init__(open_session(subject, source, target, truth=truth, loss=loss), title=title)

    def still(self) -> Still:
        """All sliders as they stand, and what is heard."""
        self.wait()
        view = self.session.board.get("patch")
        live = self.session.board.get("live") or {}
        figure = plot_sliders(view["nodes"], live.get("gradients") or {})
        return Still(figure, said_of_nodes(view["nodes"]), self.heard)


def said_of_nodes(nodes: list[dict[str, Any]]) -> str:
    """The nodes of a patch and what stands on their cards."""
    own = [node for node in nodes if not node["utility"]]
    parts = [f"**{node['name']}** ({node['label']}): `{', '.join(filter(None, node['readouts']))}`" for node in own]
    return "; ".join(parts) + "." if parts else "The patch has no processor."
