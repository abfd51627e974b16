"""ABPlayer: source, fitted and target in one player."""

import secrets
from typing import Any

import traitlets

from grafx_lab.plots import mosaic, plot_waveforms
from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.opening import Sound
from grafx_lab.widgets.patch_panel import PatchPanel
from grafx_lab.widgets.still import Still

SHOWN_SECONDS = 0.02


class ABPlayer(PatchPanel):
    """One player for source, fitted and target: no gap between them, all equally loud, and by how much is shown.

    Behind the waveform that is heard lies its spectrogram. After a fit, any of its steps is heard beside them. A blind
    test hides which is which until the listener has chosen.

    Args:
        subject: see :class:`PatchPanel`.
        source: see :class:`PatchPanel`.
        target: see :class:`PatchPanel`.
        seed: of the blind test's order; another for every player by default.
        opening: the other arguments of :class:`PatchPanel`.
    """

    _esm = bundles_folder() / "player.js"
    slices = ("audio", "fit", "notice")
    called = "Listen"

    seed = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        subject: Any,
        source: Sound | None = None,
        target: Sound | None = None,
        *,
        seed: int | None = None,
        **opening: Any,
    ) -> None:
        super().__init__(subject, source, target, **opening)
        self.seed = secrets.randbelow(2**31) if seed is None else seed

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
