"""ABPlayer: source, fitted and target in one player."""

from typing import Any

from grafx_lab.plots import mosaic, plot_waveforms
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.opening import Sound, open_session
from grafx_lab.widgets.panel import Panel
from grafx_lab.widgets.still import Still

SHOWN_SECONDS = 0.02


class ABPlayer(Panel):
    """One player for source, fitted and target: no gap between them, all equally loud, and by how much is shown.

    Args:
        subject: a patch; or a session or another panel, to be linked with it.
        source: what enters the patch.
        target: what it is to approach.
    """

    _esm = bundles_folder() / "player.js"
    slices = ("audio", "notice")

    def __init__(self, subject: Any, source: Sound | None = None, target: Sound | None = None) -> None:
        super().__init__(open_session(subject, source, target), title="Listen")

    def still(self) -> Still:
        """The loudest moments over each other, and players."""
        self.wait()
        sounds = self.session.sounds.heard
        figure, places = mosaic("w", (9.6, 2.4))
        rate = self.patch.sample_rate
        signals: dict[str, Any] = {role: sound.resample(rate).data for role, sound in sounds.items()}
        loudest = next(reversed(signals.values()), None)
        start = 0.0 if loudest is None else max(0.0, int(loudest.abs().amax(0).argmax()) / rate - SHOWN_SECONDS / 4)
        plot_waveforms(rate, **signals, start=start, seconds=SHOWN_SECONDS, ax=places["w"])
        levels = [f"**{role}** `{track['loudness']}`, matched by `{track['offset_text']}`"
                  for role, track in (self.session.board.get("audio") or {}).items() if track]  # fmt: skip
        return Still(figure, "; ".join(levels) + "." if levels else "There is no sound yet.", sounds)
