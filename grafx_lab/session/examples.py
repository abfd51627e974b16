"""Ready-made pairs: a shipped recording, and the same one through a patch whose controls are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grafx_lab import resources
from grafx_lab.audio import Audio, read_audio
from grafx_lab.patch import Patch
from grafx_lab.patch.node_types import NodeKind


@dataclass(frozen=True)
class Example:
    """A pair to fit.

    Attributes:
        name: what calls it.
        label: what people read.
        doc: one sentence about it.
        clip: the shipped recording that is the source.
        chain: names and kinds of the nodes, of the patch that made the target and of the patch to fit.
        controls: their controls, in their units.
    """

    name: str
    label: str
    doc: str
    clip: str
    chain: Mapping[str, NodeKind]
    controls: Mapping[str, Any]

    def source(self, seconds: float = 6.0) -> Audio:
        """The recording, at most so many seconds of it."""
        audio = read_audio(resources.clip(self.clip).path)
        return audio.crop(round(seconds * audio.sample_rate))

    def start(self) -> Patch:
        """The chain with every processor transparent."""
        return Patch.chain(self.chain, title=self.label)

    def truth(self) -> Patch:
        """The chain with the controls that made the target."""
        return self.start().with_controls(self.controls)


EXAMPLES = (
    Example(
        name="warmer_tabla",
        label="Tabla, warmer and brighter",
        doc="A tabla loop through an equaliser, a saturation and a gain.",
        clip="loop_tabla",
        chain={"tone": "parametric_equalizer", "warmth": "tanh_distortion", "trim": "stereo_gain"},
        controls={
            "tone.log_gain[0]": -6.0,
            "tone.log_gain[3]": -4.0,
            "tone.log_gain[7]": 7.0,
            "tone.log_gain[9]": 5.0,
            "warmth.log_pre_gain": 14.0,
            "trim.log_gain": 3.0,
        },
    ),
    Example(
        name="guitar_in_a_room",
        label="Guitar in a room",
        doc="A dry guitar through an equaliser, a reverb and a gain.",
        clip="guit_e_fifths",
        chain={"tone": "parametric_equalizer", "room": "stft_masked_noise_reverb", "trim": "stereo_gain"},
        controls={
            "tone.log_gain[1]": 4.0,
            "tone.log_gain[6]": -5.0,
            "room.delta_log_magnitude": 0.9,
            "room.drywet_weight": 35.0,
            "trim.log_gain": -1.5,
        },
    ),
    Example(
        name="pressed_drums",
        label="Drums, pressed hard",
        doc="A drum loop through an equaliser, a compressor, a saturation and a gain.",
        clip="loop_mika",
        chain={
            "tone": "parametric_equalizer",
            "comp": "compressor",
            "warmth": "tanh_distortion",
            "trim": "stereo_gain",
        },
        controls={
            "tone.log_gain[2]": 3.0,
            "tone.log_gain[8]": 4.0,
            "comp.log_threshold": -24.0,
            "comp.log_ratio": 3.0,
            "warmth.log_pre_gain": 9.0,
            "trim.log_gain": 4.0,
        },
    ),
)
