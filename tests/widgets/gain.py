"""A gain to be fitted: source and target differ by half, and the loss at a gain of g dB can be computed by hand."""

import torch

from grafx_lab.fitting import Objective
from grafx_lab.patch import Patch

PATH = "stereo_gain.log_gain[0]"
TRUTH = {PATH: -6.0, "stereo_gain.log_gain[1]": -6.0}
LEVEL = 0.5


def gain_objective() -> Objective:
    """Both channels are a constant; the target is 6 dB lower."""
    patch = Patch.chain(["stereo_gain"], sample_rate=8000)
    source = torch.full((2, 800), LEVEL)
    return Objective(patch, source, patch.with_controls(TRUTH).render(source), "waveform_l1")
