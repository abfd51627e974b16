"""A signal cut into overlapping frames."""

from typing import Literal

from torch import Tensor
from torch.nn import functional as F

Padding = Literal["center", "same", "valid"]


def frame(signal: Tensor, size: int, hop: int, padding: Padding = "center") -> Tensor:
    """Overlapping pieces of a signal; zeros stand where there is none.

    Args:
        signal: ``(…, time)``.
        size: of a frame in samples.
        hop: step between frames in samples.
        padding: ``"center"`` puts the middle of frame k at sample k · hop, ``"same"`` its beginning, as often as a
            hop begins within the signal; ``"valid"`` has only frames that lie within it, and at least one.

    Returns:
        ``(…, frames, size)``, a view where nothing was padded.
    """
    length = signal.shape[-1]
    if padding == "center":
        signal = F.pad(signal, (size // 2, size // 2))
    elif padding == "same":
        signal = F.pad(signal, (0, max(0, (-(-length // hop) - 1) * hop + size - length)))
    return F.pad(signal, (0, max(0, size - signal.shape[-1]))).unfold(-1, size, hop)
