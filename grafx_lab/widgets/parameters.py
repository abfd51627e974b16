"""ParameterPanel: every control of every node, to be moved and heard."""

from typing import Any

from grafx_lab.plots import plot_sliders
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.patch_panel import PatchPanel
from grafx_lab.widgets.still import Still


class ParameterPanel(PatchPanel):
    """The controls of a patch, node by node: sliders, typed values, curves, freeze, bypass, and two settings A and B.

    With a target the arrows show where descent would push; what is moved is seen at once and heard after a moment.
    """

    _esm = bundles_folder() / "parameters.js"
    slices = ("patch", "live", "fit", "catalog", "audio", "selection", "snapshots", "notice")
    called = "Controls"

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
