"""Signal processing as pure functions of tensors: no modules, no parameters, no state."""

from grafx_lab.dsp.biquad import (
    cascade_response,
    frequency_response,
    frequency_sampled_fir,
    high_shelf,
    low_shelf,
    peaking,
    sections,
)
from grafx_lab.dsp.convolution import convolve
from grafx_lab.dsp.dynamics import (
    Knee,
    compressor_gain,
    log_energy,
    overshoot,
    smoothing_rate,
    truncated_one_pole,
)
from grafx_lab.dsp.midside import to_leftright, to_midside, to_stereo
from grafx_lab.dsp.noise import fresh_noise, uniform_noise
from grafx_lab.dsp.recursion import ballistics, one_pole, sosfilt
from grafx_lab.dsp.stft import istft, masked_noise, normalize_energy, stft
from grafx_lab.dsp.units import (
    amplitude_to_decibel,
    decibel_to_amplitude,
    decibel_to_log_energy,
    log_energy_to_decibel,
)

__all__ = [
    "Knee",
    "amplitude_to_decibel",
    "ballistics",
    "cascade_response",
    "compressor_gain",
    "convolve",
    "decibel_to_amplitude",
    "decibel_to_log_energy",
    "frequency_response",
    "frequency_sampled_fir",
    "fresh_noise",
    "high_shelf",
    "istft",
    "log_energy",
    "log_energy_to_decibel",
    "low_shelf",
    "masked_noise",
    "normalize_energy",
    "one_pole",
    "overshoot",
    "peaking",
    "sections",
    "smoothing_rate",
    "sosfilt",
    "stft",
    "to_leftright",
    "to_midside",
    "to_stereo",
    "truncated_one_pole",
    "uniform_noise",
]
