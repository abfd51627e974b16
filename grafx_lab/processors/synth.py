"""What synthesizers share: no inlets, one channel, and most of them parameters in frames."""

from typing import Any, Literal

from torch.distributions.transforms import Transform, identity_transform

from grafx_lab.parameters import Numbers, ParameterSpec
from grafx_lab.processors.arguments import Count
from grafx_lab.processors.base import Processor
from grafx_lab.transforms import ExpSigmoid

ScaleFunction = Literal["exp_sigmoid"] | None

MAX_SHOWN_FRAMES = 8
"""More frames than these are an envelope to be computed, not sliders to be moved."""


class Synth(Processor, register=False):
    """A generator: sound from parameters alone, in mono.

    Args:
        n_samples: samples to generate where a call names no length, as in DDSP.
    """

    inlets = ()
    family = "synth"

    def __init__(self, n_samples: Count = 64000, **options: Any) -> None:
        super().__init__(**options)
        self.n_samples = n_samples

    def channels_out(self, channels_in: int) -> int:
        return 1

    def _length(self, length: int | None) -> int:
        return self.n_samples if length is None else length


class FramedSynth(Synth, register=False):
    """A generator whose parameters change with time.

    Parameters have an axis of frames that spread evenly over the rendered length. A call may bring any number of
    frames, each parameter its own; ``num_frames`` is how many a patch holds.

    Args:
        num_frames: frames of the parameters.
        n_samples: samples to generate where a call names no length, as in DDSP.
    """

    def __init__(self, num_frames: Count = 1, n_samples: Count = 64000, **options: Any) -> None:
        super().__init__(n_samples, **options)
        self.num_frames = num_frames

    def _spec(self, size: int = 1, *, labels: tuple[str, ...] = (), **facts: Any) -> ParameterSpec:
        """The spec of ``size`` numbers in each frame: sliders for one, a curve for several, unless labels name them."""
        frames, shown = self.num_frames, self.num_frames <= MAX_SHOWN_FRAMES
        rows = tuple(f"Frame {frame + 1}" for frame in range(frames)) if frames > 1 else ()
        if labels and frames > 1:
            labels = tuple(f"{label}, {row.lower()}" for row in rows for label in labels)
        return ParameterSpec(
            shape=(frames, size),
            labels=labels or rows,
            display="hidden" if not shown else "slider" if labels or size == 1 else "curve",
            time_varying=True,
            **facts,
        )

    def _f0_spec(self) -> ParameterSpec:
        doc = "fundamental frequency"
        return self._spec(unit="Hz", low=20, high=5000, default=220, scale="log", label="Frequency", doc=doc)

    def _amplitude_spec(
        self, size: int = 1, default: Numbers = 0.25, *, transform: Transform | None = None, **facts: Any
    ) -> ParameterSpec:
        """The spec of amplitudes: factors, 1 for full scale."""
        facts = {"label": "Amplitude", "doc": "peak level, 1 for full scale"} | facts
        transform = identity_transform if transform is None else transform
        return self._spec(size, unit="", low=0.001, high=1, default=default, scale="log", transform=transform, **facts)

    def _scaling(self, name: ScaleFunction) -> Transform:
        """The transform of an amplitude for DDSP's ``scale_fn``."""
        return identity_transform if name is None else ExpSigmoid()
