"""The general chain: what a fit takes when nobody has drawn one.

It is rich, and nearly all of it is optional: ``init="auto"`` switches on what the target asks for, and what turns out
to be needless can be pruned. The chain that is left is found, not fixed.
"""

from dataclasses import dataclass
from typing import Any

from grafx_lab.patch import Patch
from grafx_lab.patch.node_types import NodeKind
from grafx_lab.processors import (
    Chorus,
    Compressor,
    ConvolutionReverb,
    Expander,
    MultitapDelay,
    Overdrive,
    ParametricEqualizer,
    TanhDistortion,
    Waveshaper,
)

RESPONSE_SECONDS = 1.5
"""Length of the learned impulse response."""

REFINING_RATE = 0.003
"""Share of a slider per step: what begins at closed forms is near its end, and has a tenth of a decibel to go."""

BANDS = 8

POINTS = 33
"""Of the drawn curve: a distortion bends sharply where it begins to clip."""


@dataclass(frozen=True)
class GeneralChain:
    """A rich chain.

    Attributes:
        patch: all of it, between ``in`` and ``out``.
        optional: the nodes that a fit begins without.
    """

    patch: Patch
    optional: frozenset[str]

    @property
    def options(self) -> dict[str, Any]:
        """What :func:`.fit_steps` is told about it."""
        return {"init": "auto", "coarse": True, "learning_rate": REFINING_RATE, "optional": self.optional}


def general_chain(sample_rate: float, *, interpretable: bool = False, title: str = "Untitled patch") -> GeneralChain:
    """Equalizer, gate, compressor, saturations, tone (another equalizer), modulations, echoes, reverbs, limiter, gain.

    Args:
        sample_rate: in Hz.
        interpretable: without a learned impulse response, of which nobody can read anything.
        title: for people.
    """
    seconds = round(RESPONSE_SECONDS * sample_rate)
    # Most dynamics out there follow the peaks; gates like to hold an energy first.
    detector: dict[str, Any] = {"amplitude_smoother": "ballistics", "running": True, "linked": True, "link_by": "max"}
    nodes: dict[str, NodeKind] = {
        "equalizer": ParametricEqualizer(num_filters=BANDS, sample_rate=sample_rate),
        "gate": Expander("release", sample_rate=sample_rate, **detector),
        "compressor": Compressor(None, sample_rate=sample_rate, **detector),
        "saturation": TanhDistortion(use_bias=True, block_dc=True, sample_rate=sample_rate),
        "overdrive": Overdrive(block_dc=True, sample_rate=sample_rate),
        "curve": Waveshaper(num_points=POINTS, pre_gain=True, block_dc=True, sample_rate=sample_rate),
        "tone": ParametricEqualizer(num_filters=BANDS, sample_rate=sample_rate),
        "tremolo": "tremolo",
        "vibrato": "vibrato",
        "doubler": Chorus(num_voices=1, sample_rate=sample_rate),
        "chorus": "chorus",
        "flanger": "flanger",
        "phaser": "phaser",
        "delay": "feedback_delay",
        "echo": MultitapDelay(zp_filter_bins=8, sample_rate=sample_rate),
        "freeverb": "freeverb",
        "reverb": "stft_masked_noise_reverb",
        "limiter": "limiter",
        "gain": "stereo_gain",
    }
    if not interpretable:
        position = list(nodes).index("reverb")
        room = {"room": ConvolutionReverb(ir_len=seconds, sample_rate=sample_rate)}
        nodes = dict([*list(nodes.items())[:position], *room.items(), *list(nodes.items())[position:]])
    return GeneralChain(Patch.chain(nodes, sample_rate, title), frozenset(nodes) - {"gain"})
