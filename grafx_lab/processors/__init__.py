"""Everything that makes or changes sound, one file per family; importing this package fills the registry."""

from grafx_lab.processors.additive import Additive, Harmonic, Sinusoidal
from grafx_lab.processors.arguments import (
    Among,
    Bounds,
    Count,
    CountFromZero,
    Finite,
    NotNegative,
    Positive,
    Seed,
    Several,
    Whole,
)
from grafx_lab.processors.base import FAMILIES, Processor, ProcessorError
from grafx_lab.processors.chains import ParallelMix, SerialChain
from grafx_lab.processors.containers import DryWet, GainStagingRegularization
from grafx_lab.processors.convolution_reverb import ConvolutionReverb
from grafx_lab.processors.damped_sinusoid import DampedSinusoid
from grafx_lab.processors.delay import ModDelay, MultitapDelay
from grafx_lab.processors.description import build, describe
from grafx_lab.processors.direct_reverbs import ExpDecayReverb, FilteredNoiseReverb, Reverb, TrainableReverb
from grafx_lab.processors.dynamics import ApproxCompressor, Compressor, SidechainCompressor
from grafx_lab.processors.envelope import Envelope
from grafx_lab.processors.equalizers import GraphicEqualizer, ParametricEqualizer
from grafx_lab.processors.feedback_delay import FeedbackDelay
from grafx_lab.processors.feedback_delay_network import FeedbackDelayNetwork
from grafx_lab.processors.filters import (
    AllPassFilter,
    BandPassFilter,
    BandRejectFilter,
    HighPassFilter,
    HighShelf,
    LowPassFilter,
    LowShelf,
    PeakingFilter,
)
from grafx_lab.processors.fir_filter import FIRFilter
from grafx_lab.processors.free_filters import BiquadFilter, PoleZeroFilter, StateVariableFilter
from grafx_lab.processors.freeverb import Freeverb
from grafx_lab.processors.gates import ApproxNoiseGate, Expander, NoiseGate
from grafx_lab.processors.limiter import Limiter
from grafx_lab.processors.modulation import Tremolo, Vibrato
from grafx_lab.processors.multiband import Crossover, MultibandCompressor
from grafx_lab.processors.noise_shaping_reverb import FilteredNoiseShapingReverb
from grafx_lab.processors.nonlinear import PiecewiseTanhDistortion, TanhDistortion
from grafx_lab.processors.output import Output, split_output
from grafx_lab.processors.overdrive import Overdrive
from grafx_lab.processors.registration import UnknownProcessorError, processor_class, registry
from grafx_lab.processors.reverb import MidSideFilteredNoiseReverb, STFTMaskedNoiseReverb
from grafx_lab.processors.routing import Add, Crop, Mix
from grafx_lab.processors.stereo import MidSideToStereo, MonoToStereo, SideGainImager, StereoGain, StereoToMidSide
from grafx_lab.processors.sweeps import Chorus, Flanger, Phaser
from grafx_lab.processors.synths import FilteredNoise, Oscillator, Wavetable
from grafx_lab.processors.time_varying_filter import TimeVaryingFIRFilter
from grafx_lab.processors.transients import TransientShaper
from grafx_lab.processors.waveshapers import ChebyshevDistortion, PowerDistortion, Waveshaper
from grafx_lab.processors.zero_phase_equalizers import NewZeroPhaseFIREqualizer, ZeroPhaseFIREqualizer

__all__ = [
    "FAMILIES",
    "Add",
    "Additive",
    "AllPassFilter",
    "Among",
    "ApproxCompressor",
    "ApproxNoiseGate",
    "BandPassFilter",
    "BandRejectFilter",
    "BiquadFilter",
    "Bounds",
    "ChebyshevDistortion",
    "Chorus",
    "Compressor",
    "ConvolutionReverb",
    "Count",
    "CountFromZero",
    "Crop",
    "Crossover",
    "DampedSinusoid",
    "DryWet",
    "Envelope",
    "ExpDecayReverb",
    "Expander",
    "FIRFilter",
    "FeedbackDelay",
    "FeedbackDelayNetwork",
    "FilteredNoise",
    "FilteredNoiseReverb",
    "FilteredNoiseShapingReverb",
    "Finite",
    "Flanger",
    "Freeverb",
    "GainStagingRegularization",
    "GraphicEqualizer",
    "Harmonic",
    "HighPassFilter",
    "HighShelf",
    "Limiter",
    "LowPassFilter",
    "LowShelf",
    "MidSideFilteredNoiseReverb",
    "MidSideToStereo",
    "Mix",
    "ModDelay",
    "MonoToStereo",
    "MultibandCompressor",
    "MultitapDelay",
    "NewZeroPhaseFIREqualizer",
    "NoiseGate",
    "NotNegative",
    "Oscillator",
    "Output",
    "Overdrive",
    "ParallelMix",
    "ParametricEqualizer",
    "PeakingFilter",
    "Phaser",
    "PiecewiseTanhDistortion",
    "PoleZeroFilter",
    "Positive",
    "PowerDistortion",
    "Processor",
    "ProcessorError",
    "Reverb",
    "STFTMaskedNoiseReverb",
    "Seed",
    "SerialChain",
    "Several",
    "SideGainImager",
    "SidechainCompressor",
    "Sinusoidal",
    "StateVariableFilter",
    "StereoGain",
    "StereoToMidSide",
    "TanhDistortion",
    "TimeVaryingFIRFilter",
    "TrainableReverb",
    "TransientShaper",
    "Tremolo",
    "UnknownProcessorError",
    "Vibrato",
    "Waveshaper",
    "Wavetable",
    "Whole",
    "ZeroPhaseFIREqualizer",
    "build",
    "describe",
    "processor_class",
    "registry",
    "split_output",
]
