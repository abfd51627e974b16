"""Opening: from whatever a person hands to a panel to the session that it shows."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from grafx_lab.audio import Audio, AudioError, read_audio
from grafx_lab.fitting import Objective
from grafx_lab.losses import Loss
from grafx_lab.patch import Patch
from grafx_lab.session import Recordings, Session

PATIENCE = 600.0
"""A fit ends when no view has been seen for so many seconds; a kernel that computes a long cell hears of none."""

Sound = Audio | Tensor | str | os.PathLike[str]
"""A recording, a tensor ``(channel, time)`` or ``(time,)`` at the patch's rate, or the name of a file."""

Truth = Patch | Mapping[str, Any]
"""The patch that made the target, or its controls (in their units, by path) where they differ from the patch's."""


def open_session(
    subject: Session | Patch | Objective | Any,
    source: Sound | None = None,
    target: Sound | None = None,
    *,
    truth: Truth | None = None,
    loss: str | Loss = "mr_stft",
) -> tuple[Session, bool]:
    """The session to show, and whether it is new.

    Args:
        subject: a patch or an objective begins a session; a session, or a panel, is shared.
        source: what enters the patch; ``None`` beside a session, a panel or an objective.
        target: what the patch is to approach.
        truth: see :data:`Truth`.
        loss: what arrows point down, landscapes draw and fits descend.

    Raises:
        AudioError: a recording cannot be read or used.
        LossError: there is no such loss.
        TypeError: the subject is something else.
    """
    shared = getattr(subject, "session", subject)
    if isinstance(shared, Session):
        return shared, False
    if isinstance(subject, Objective):
        patch, loss = subject.patch, subject.loss
        recordings = Recordings.of(subject, _known(patch, truth))
    elif isinstance(subject, Patch):
        patch, rate = subject, subject.sample_rate
        recordings = Recordings(_audio(source, rate, "source"), _audio(target, rate, "target"), _known(patch, truth))
    else:
        kinds = "a Patch, an Objective, a Session or another panel"
        raise TypeError(f"A panel shows {kinds}, not {type(subject).__name__}.")
    folder = Path(tempfile.mkdtemp(prefix="grafx_lab_"))
    session = Session(folder=folder, patch=patch, recordings=recordings, loss=loss, patience=PATIENCE)
    weakref.finalize(session, shutil.rmtree, folder, ignore_errors=True)
    return session, True


def _known(patch: Patch, truth: Truth | None) -> Patch | None:
    return patch.with_controls(truth) if isinstance(truth, Mapping) else truth


def _audio(sound: Sound | None, sample_rate: int, role: str) -> Audio | None:
    if sound is None or isinstance(sound, Audio):
        return sound
    if not isinstance(sound, Tensor):
        return read_audio(Path(sound))
    if sound.ndim > 2:
        raise AudioError(f"The {role} has the shape {tuple(sound.shape)}, expected (channel, time) or (time,).")
    return Audio(sound.detach().cpu().reshape(-1, sound.shape[-1]), sample_rate, role)
