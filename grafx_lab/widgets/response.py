"""ResponsePanel: what a node does, and what the sound is like."""

from typing import Any

from grafx_lab.plots import mosaic, plot_picture
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.opening import Sound
from grafx_lab.widgets.patch_panel import PatchPanel
from grafx_lab.widgets.still import Still


class ResponsePanel(PatchPanel):
    """A measured picture of the selected node, or of the sound before, after and at the target.

    Nodes: magnitude, phase, group delay, impulse response and decay; static curve and level step of dynamics; transfer
    curve and harmonics of nonlinear ones. Sounds: waveform, mean spectrum, spectrogram.

    Args:
        subject: see :class:`PatchPanel`.
        source: see :class:`PatchPanel`.
        target: see :class:`PatchPanel`.
        node: the node to look at; the first by default.
        kind: the picture to begin with; the first that suits the node by default.
        opening: the other arguments of :class:`PatchPanel`.
    """

    _esm = bundles_folder() / "response.js"
    slices = ("patch", "response", "selection", "notice")
    called = "Response"

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        node: str | None = None,
        kind: str | None = None,
        **opening: Any,
    ) -> None:
        super().__init__(subject, source, target, **opening)
        if node is not None:
            self.session.select(node)
        self.session.responses.open(kind)

    def still(self) -> Still:
        """The picture, and what is heard."""
        self.wait()
        shown = self.session.board.get("response")
        figure, places = mosaic("p", (6.4, 3.2))
        if shown["picture"] is None:
            places["p"].axis("off")
            return Still(figure, "There is nothing to measure yet.", self.heard)
        plot_picture(shown["picture"], ax=places["p"])
        of = next(kind["of"] for kind in shown["kinds"] if kind["name"] == shown["kind"])
        words = f"{shown['picture']['title']} of " + ("the sound." if of == "sound" else f"**{shown['node']}**.")
        return Still(figure, words, self.heard)
