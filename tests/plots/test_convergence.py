"""A film of a fit shows every step that it was given, and nothing of what is still to come."""

import numpy as np

from grafx_lab import fit
from grafx_lab.plots import convergence_frames
from grafx_lab.session.response_view import sound_picture
from tests.widgets.gain import PATH, TRUTH, gain_objective


def frames(steps: list[int], **settings) -> list[np.ndarray]:
    objective = gain_objective()
    history = fit(objective.patch, objective.inputs["in"], objective.target, loss="waveform_l1", steps=6).history
    pictures = {}
    for step in steps:
        fitted = history.patch_at(step).render(objective.inputs["in"])[0, :, :40]
        heard = {"signals": {"target": objective.target[0, :, :40], "fitted": fitted}, "start": 0.0}
        pictures[step] = sound_picture("waveform", heard, 8000)
    return [np.asarray(frame) for frame in convergence_frames(history, pictures, **settings)]


def test_every_step_is_another_frame_of_one_size():
    shown = frames([0, 3, 6], truth=TRUTH)
    assert len({frame.tobytes() for frame in shown}) == 3
    assert {frame.shape for frame in shown} == {(540, 960, 3)}


def test_the_last_frame_covers_nothing_and_the_first_nearly_all():
    first, last = frames([0, 6], truth=TRUTH)
    lower = slice(290, 540)
    ink = [int((frame[lower].min(axis=2) < 120).sum()) for frame in (first, last)]
    assert ink[0] < 0.8 * ink[1]


def test_known_targets_are_drawn_in_their_colour():
    known, unknown = (frames([6], truth=truth)[0] for truth in (TRUTH, None))
    orange = [int((np.abs(frame.astype(int) - (184, 74, 0)).sum(axis=2) < 30).sum()) for frame in (known, unknown)]
    assert orange[0] > orange[1]
    assert PATH in TRUTH
