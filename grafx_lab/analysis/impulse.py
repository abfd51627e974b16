"""The impulse response of a patch or of one of its nodes."""

from dataclasses import dataclass

import torch
from torch import Tensor

from grafx_lab.analysis.measure import played
from grafx_lab.patch import Patch, PatchError


@dataclass(frozen=True, eq=False)
class Impulse:
    """What comes out when a single sample of 1 goes in.

    Attributes:
        samples: ``(channel, time)``.
        sample_rate: in Hz.
        label: what people call it.
    """

    samples: Tensor
    sample_rate: float
    label: str = ""


def impulse_response(patch: Patch, node: str | None = None, seconds: float = 1.0) -> Impulse:
    """Play an impulse through a patch, or through one node of it.

    It says everything about what is linear and does not change with time. Of a compressor or a distortion it shows
    what happens to this one loud sample, and nothing else.

    Args:
        patch: whose parameters count.
        node: its name; ``None`` for the whole patch.
        seconds: how long is listened.

    Raises:
        PatchError: the node has no processor.
    """
    length = max(2, round(seconds * patch.sample_rate))
    impulse = torch.zeros(length)
    impulse[0] = 1.0
    if node is None:
        return Impulse(patch.render(impulse[None]), patch.sample_rate, patch.title)
    processor = patch.processor(node)
    if processor is None:
        raise PatchError(f"The node '{node}' is of type '{patch.node_type(node)}' and changes no sound.")
    return Impulse(played(processor, patch.raw[node], impulse), patch.sample_rate, node)
