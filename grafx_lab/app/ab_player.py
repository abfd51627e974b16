"""The A/B player as a Gradio component."""

import secrets
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import torch

from grafx_lab.app.encoding import pack
from grafx_lab.app.served import served_folder
from grafx_lab.app.view import View
from grafx_lab.audio import Audio, AudioError, read_audio
from grafx_lab.session.tracks import Tracks

ROLES = ("source", "fitted", "target")

Recording = Audio | str | PathLike | tuple[int, Any]
"""A recording, a file, or what ``gr.Audio`` hands on: a rate in Hz and samples, (time,) or (time, channel)."""


class ABPlayer(View):
    """One player for ``source``, ``fitted`` and ``target``: no gap between them, all equally loud.

    The value is a mapping from these roles to recordings; roles may be missing. The recordings are written as they
    are; what is done for equal loudness is shown beside them and undone by nobody.

    Args:
        value: the recordings at first.
        layout: see :class:`~grafx_lab.app.view.View`.
    """

    def __init__(self, value: Mapping[str, Recording | None] | None = None, **layout: Any):
        super().__init__("ab_player", value, **layout)

    def preprocess(self, payload: dict[str, Any] | None) -> dict[str, str] | None:
        """The names of the recordings on show, by role: a player plays, it gives no sound back."""
        tracks = (payload or {}).get("audio") or {}
        return {role: track["name"] for role, track in tracks.items() if track} or None

    def postprocess(self, value: Mapping[str, Recording | None] | None) -> dict[str, Any] | None:
        """Files to play, outlines to draw and offsets for equal loudness.

        Raises:
            gr.Error: an unknown role, or something that is no recording.
        """
        if value is None:
            return {"audio": None}
        if unknown := set(value) - set(ROLES):
            raise gr.Error(f"The player knows no {min(unknown)!r}. Its recordings are called {', '.join(ROLES)}.")
        folder = served_folder() / secrets.token_urlsafe(16)
        try:
            recordings = {role: _as_audio(value.get(role), role) for role in ROLES}
            return {"audio": pack(Tracks(folder).slice(recordings, {}))}
        except AudioError as error:
            raise gr.Error(str(error)) from error

    def api_info(self) -> dict[str, Any]:
        """The JSON schema of the value: the slice ``audio`` of the GUI protocol."""
        return {"type": "object", "description": "Tracks by role: source, fitted, target"}


def _as_audio(recording: Recording | None, role: str) -> Audio | None:
    if recording is None or isinstance(recording, Audio):
        return recording
    if isinstance(recording, str | PathLike):
        return read_audio(Path(recording))
    sample_rate, samples = recording
    samples = np.asarray(samples)
    if np.issubdtype(samples.dtype, np.integer):
        low, high = np.iinfo(samples.dtype).min, np.iinfo(samples.dtype).max
        middle, full = (high + low + 1) / 2, (high - low + 1) / 2  # 8 bits are counted from 0: silence is 128
        samples = (samples - middle) / full
    data = torch.from_numpy(np.atleast_2d(samples.T).astype(np.float32))
    return Audio(data, sample_rate, role)
