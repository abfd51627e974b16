"""What processors are compared with: GRAFX 0.6.0, of the extra ``peers``, with the same raw parameters."""

import importlib.machinery
import sys
import types
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from grafx_lab import processors as ours
from grafx_lab.processors import Processor

Kind = Literal["recursion", "fft", "other"]


@dataclass(frozen=True)
class Case:
    """A processor beside its peer.

    Attributes:
        label: for the table.
        kind: what the work is in GRAFX or here; the goal is for ``"recursion"`` and ``"fft"``.
        ours: makes our processor.
        peer: makes GRAFX's from its module of processors, or ``None``: it has none.
        note: why GRAFX cannot run, or runs only forwards.
        training: whether GRAFX has gradients.
        single: whether GRAFX takes a batch of one only.
    """

    label: str
    kind: Kind
    ours: Callable[[], Processor]
    peer: Callable[[Any], Any] | None = None
    note: str = ""
    training: bool = True
    single: bool = False


def grafx() -> Any:
    """GRAFX's module of processors, without torchaudio: that has no build for this PyTorch.

    GRAFX needs it for its ``lfilter`` backend alone, which is not compared here.
    """
    functional, audio = types.ModuleType("torchaudio.functional"), types.ModuleType("torchaudio")
    functional.lfilter = None  # type: ignore[attr-defined]
    audio.functional, audio.__version__ = functional, "2.4.0"  # type: ignore[attr-defined]
    for module in (audio, functional):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
        sys.modules.setdefault(module.__name__, module)
    warnings.filterwarnings("ignore", message="FlashFFTConv is not available")
    try:
        from grafx import processors
    except ImportError as error:
        raise SystemExit(f"GRAFX is missing ({error}): pip install 'grafx-lab[peers]'.") from None
    return processors


def _alike(
    name: str, kind: Kind, variant: str = "", peer: Mapping[str, Any] | None = None, note: str = "", **arguments: Any
) -> Case:
    """A class that has the same name in both; ``peer`` are arguments that GRAFX takes instead of ours."""
    peer_arguments = arguments if peer is None else peer
    return Case(
        f"{name} {variant}".strip(),
        kind,
        lambda: getattr(ours, name)(**arguments),
        lambda module: getattr(module, name)(**peer_arguments),
        note,
        training=not note,
    )


def _filters() -> list[Case]:
    simple = ("LowPassFilter", "HighPassFilter", "BandPassFilter", "BandRejectFilter", "AllPassFilter")
    with_gain = ("PeakingFilter", "LowShelf", "HighShelf", "BiquadFilter", "StateVariableFilter")
    exact, sampled = {"backend": "ssm"}, {"backend": "fsm"}
    return [
        *(_alike(name, "recursion") for name in (*simple, *with_gain)),
        _alike("PeakingFilter", "recursion", "ssm", **exact),
        _alike("PeakingFilter", "fft", "fsm", **sampled),
        replace(_alike("PoleZeroFilter", "recursion"), single=True),
        _alike("ParametricEqualizer", "recursion"),
        _alike("ParametricEqualizer", "recursion", "ssm", **exact),
        _alike("ParametricEqualizer", "fft", "fsm", **sampled),
        _alike("GraphicEqualizer", "recursion"),
        _alike("GraphicEqualizer", "fft", "fsm", **sampled),
        _alike("ZeroPhaseFIREqualizer", "fft"),
        _alike("NewZeroPhaseFIREqualizer", "fft"),
        _alike(
            "NewZeroPhaseFIREqualizer",
            "fft",
            "filterbank",
            use_filterbank=True,
            filterbank_kwargs={"f_max": 18000.0, "sr": 44100},
        ),
    ]


def _dynamics() -> list[Case]:
    smoothers = {"energy_smoother": "ballistics", "gain_smoother": "ballistics"}
    return [
        case
        for name in ("Compressor", "NoiseGate")
        for case in (
            _alike(name, "recursion"),
            _alike(name, "recursion", "ballistics", energy_smoother="ballistics"),
            _alike(name, "recursion", "ballistics twice", **smoothers),
            _alike(name, "fft", "fir", peer={}, smoother="fir"),
        )
    ] + [_alike(name, "recursion") for name in ("ApproxCompressor", "ApproxNoiseGate")]


def _others() -> list[Case]:
    shaping = {"noise_randomness": "fixed", "sr": 44100}
    return [
        _alike("TanhDistortion", "other"),
        _alike("PiecewiseTanhDistortion", "other"),
        _alike("PowerDistortion", "other"),
        _alike("PowerDistortion", "other", "tanh", use_tanh=True),
        _alike("ChebyshevDistortion", "other", note="its backward pass raises"),
        _alike("STFTMaskedNoiseReverb", "fft"),
        _alike("STFTMaskedNoiseReverb", "fft", "midside", processor_channel="midside"),
        _alike("FilteredNoiseShapingReverb", "fft", **shaping),
        _alike("MultitapDelay", "fft"),
        *(
            _alike(name, "other")
            for name in ("StereoGain", "SideGainImager", "MonoToStereo", "StereoToMidSide", "MidSideToStereo")
        ),
    ]


def _containers() -> list[Case]:
    def inside(make: Callable[[Any], Any], label: str) -> Case:
        return Case(label, "other", lambda: make(ours), make)

    def gains(module: Any) -> dict[str, Any]:
        return {"gain": module.StereoGain(), "imager": module.SideGainImager()}

    return [
        inside(lambda module: module.DryWet(module.StereoGain(), external_param=False), "DryWet of a gain"),
        inside(lambda module: module.SerialChain(gains(module)), "SerialChain of a gain and an imager"),
        inside(lambda module: module.ParallelMix(gains(module)), "ParallelMix of a gain and an imager"),
        inside(lambda module: module.GainStagingRegularization(module.StereoGain()), "GainStagingRegularization"),
    ]


def compared() -> list[Case]:
    """Every processor of GRAFX that can be constructed; ``FIRFilter`` cannot."""
    return _filters() + _dynamics() + _others() + _containers()


def alone() -> list[Case]:
    """The processors that GRAFX lacks, by name."""
    known = {case.label.split()[0] for case in compared()}
    classes = {cls for cls in ours.registry.values() if cls.__module__.startswith("grafx_lab.")}
    missing = sorted((cls for cls in classes if cls.__name__ not in known), key=lambda cls: cls.__name__)
    notes = {"FIRFilter": "GRAFX's cannot be constructed"}
    return [Case(cls.__name__, "other", cls, note=notes.get(cls.__name__, "")) for cls in missing]
