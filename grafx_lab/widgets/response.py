"""ResponsePanel: what a node does, and what the sound is like."""

from typing import Any

from grafx_lab.losses import Loss
from grafx_lab.plots import mosaic, plot_picture
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.opening import Sound, Truth, open_session
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.still import Still


class ResponsePanel(Panel):
    """A measured picture of the selected node, or of the sound before, after and at the target.

    Nodes: magnitude, phase, group delay, impulse response and decay; static curve and level step of dynamics; transfer
    curve and harmonics of nonlinear ones. Sounds: waveform, mean spectrum, spectrogram.

    Args:
        subject: a patch; or a session or another panel, to be linked with it.
        source: what enters the patch.
        target: what it is to approach.
        truth: the patch that made the target, or the controls of it that differ; its curve is drawn too.
        loss: what fits descend.
        node: the node to look at; the first by default.
        kind: the picture to begin with; the first that suits the node by default.
        title: what stands above it.
    """

    _esm = bundles_folder() / "response.js"
    slices = ("patch", "response", "selection", "notice")

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        truth: Truth | None = None,
        loss: str | Loss = "mr_stft",
        node: str | None = None,
        kind: str | None = None,
        title: str = "Response",
    ) -> None:
        super().__init__(open_session(subject, source, target, truth=truth, loss=loss), title=title)
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
