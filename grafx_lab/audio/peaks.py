"""The outline of a recording, for drawing."""

import torch
from torch import Tensor
from torch.nn.functional import adaptive_max_pool1d

from grafx_lab.audio.value import Audio


def waveform_peaks(audio: Audio, bins: int = 320) -> Tensor:
    """The greatest absolute sample of all channels in each of ``bins`` equal stretches of time.

    Returns:
        float32 (bins,) in 0…1; samples above full scale count as 1, NaN as 0.
    """
    outline = torch.nan_to_num(audio.data.abs().amax(dim=0), nan=0.0).clamp(max=1.0)
    return adaptive_max_pool1d(outline[None], bins)[0]
