"""Everything that makes or changes sound, one file per family; importing this package fills the registry."""

from grafx_lab.processors.base import (
    FAMILIES,
    Output,
    Processor,
    ProcessorError,
    UnknownProcessorError,
    processor_class,
    registry,
    split_output,
)
from grafx_lab.processors.containers import DryWet
from grafx_lab.processors.description import build, describe
from grafx_lab.processors.dynamics import Compressor
from grafx_lab.processors.equalizers import ParametricEqualizer
from grafx_lab.processors.nonlinear import TanhDistortion
from grafx_lab.processors.reverb import MidSideFilteredNoiseReverb, STFTMaskedNoiseReverb
from grafx_lab.processors.stereo import StereoGain

__all__ = [
    "FAMILIES",
    "Compressor",
    "DryWet",
    "MidSideFilteredNoiseReverb",
    "Output",
    "ParametricEqualizer",
    "Processor",
    "ProcessorError",
    "STFTMaskedNoiseReverb",
    "StereoGain",
    "TanhDistortion",
    "UnknownProcessorError",
    "build",
    "describe",
    "processor_class",
    "registry",
    "split_output",
]
