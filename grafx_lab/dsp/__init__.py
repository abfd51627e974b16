"""Signal processing as pure functions of tensors: no modules, no parameters, no state."""

from grafx_lab.dsp.average_spectrum import coherence, log_frequencies, spectral_ratio
from grafx_lab.dsp.biquad import (
    all_pass,
    band_pass,
    band_reject,
    cascade_response,
    frequency_response,
    frequency_sampled_fir,
    high_pass,
    high_shelf,
    low_pass,
    low_shelf,
    peaking,
    sections,
    shelves_and_bells,
)
from grafx_lab.dsp.biquad_forms import into_circle, pole_zero_sections, state_variable_sections, triangle_sections
from grafx_lab.dsp.convolution import convolve
from grafx_lab.dsp.crossover import split_bands
from grafx_lab.dsp.damped_sinusoid import damped_sinusoids
from grafx_lab.dsp.dc_blocker import block_dc, dc_blocker_match
from grafx_lab.dsp.decay import decay_by_frequency
from grafx_lab.dsp.deconvolution import (
    least_squares_response,
    least_squares_weights,
    loudness_around,
    undo_response,
    whitened,
)
from grafx_lab.dsp.delay import delay, feedback_delay, shift
from grafx_lab.dsp.drawn_curve import follow_curve
from grafx_lab.dsp.dynamics import (
    Knee,
    compressor_gain,
    gate_gain,
    log_energy,
    overshoot,
    smoothing_rate,
    truncated_one_pole,
)
from grafx_lab.dsp.features import (
    frame_loudness,
    frame_power,
    frame_rms,
    log_magnitude,
    log_mel_spectrogram,
    magnitude_spectrogram,
    mel_spectrogram,
    mfcc,
)
from grafx_lab.dsp.feedback_delay_network import (
    absorption,
    feedback_delay_network,
    prime_delays,
    rotated_hadamard,
)
from grafx_lab.dsp.filterbank import filterbank, mel_filterbank, triangles
from grafx_lab.dsp.fir import RECTANGULAR, WINDOWS, fir_window, zero_phase_fir
from grafx_lab.dsp.frame_level import at_frames, frame_energy, frame_gain
from grafx_lab.dsp.frames import frame
from grafx_lab.dsp.freeverb import freeverb, freeverb_lengths
from grafx_lab.dsp.frequency_filter import (
    frequency_filter,
    frequency_impulse_response,
    sinc_impulse_response,
    time_varying_convolve,
    windowed_response,
)
from grafx_lab.dsp.fundamental import fundamental_frequency
from grafx_lab.dsp.gain_computer import amplify, smoothed_energy
from grafx_lab.dsp.graphic import GRAPHIC_BANDS, GraphicBands, graphic_sections
from grafx_lab.dsp.least_squares import jacobian, levenberg_marquardt
from grafx_lab.dsp.level import log_mean_energy
from grafx_lab.dsp.look_ahead import limiter_gain
from grafx_lab.dsp.midside import join_midside, split_midside, to_leftright, to_midside, to_stereo, widen
from grafx_lab.dsp.mixing import apply_gain, crossfade, weighted_sum
from grafx_lab.dsp.modulation import allpass_cascade, lfo, tremolo_gain, vibrato_depth
from grafx_lab.dsp.noise import fresh_noise, uniform_noise
from grafx_lab.dsp.note import adsr
from grafx_lab.dsp.oscillator import (
    accumulate_phase,
    harmonic_bank,
    harmonic_frequencies,
    harmonic_synthesis,
    harmonic_to_sinusoidal,
    normalize_harmonics,
    oscillator_bank,
    remove_above_nyquist,
)
from grafx_lab.dsp.pitch import frequencies_critical_bands, frequencies_sigmoid, frequencies_softmax
from grafx_lab.dsp.program_loudness import integrated_loudness
from grafx_lab.dsp.recursion import ballistics, one_pole, sosfilt
from grafx_lab.dsp.resample import Interpolation, common_frames, resample_envelope
from grafx_lab.dsp.reverberation import (
    decay_rate,
    exponential_decay,
    noise_bands,
    reverberate,
    shaped_noise,
)
from grafx_lab.dsp.saturation import piecewise_tanh, saturate
from grafx_lab.dsp.scales import (
    SCALES,
    FrequencyScale,
    bark_to_hz,
    hz_to_bark,
    hz_to_erb,
    hz_to_mel,
    hz_to_midi,
    hz_to_unit,
    mel_to_hz,
    midi_to_hz,
    unit_to_hz,
)
from grafx_lab.dsp.scaling import exp_sigmoid, log_scale, soft_limit, symmetric_exp_sigmoid
from grafx_lab.dsp.stft import istft, masked_noise, normalize_energy, stft
from grafx_lab.dsp.sweep import Sweep, find_phase, find_sweep
from grafx_lab.dsp.sweep_frames import Swept
from grafx_lab.dsp.swing import find_swing
from grafx_lab.dsp.taps import hard_taps, normalized_gradient, soft_taps, tap_places, unsharpness
from grafx_lab.dsp.transient import transient_gain
from grafx_lab.dsp.transport import cumulative_distribution, transport_cost
from grafx_lab.dsp.units import (
    amplitude_to_decibel,
    decibel_to_amplitude,
    decibel_to_log_energy,
    log_energy_to_decibel,
)
from grafx_lab.dsp.waveforms import band_limited_waveforms
from grafx_lab.dsp.waveshaping import chebyshev_series, clip_by_cubic, power_series
from grafx_lab.dsp.wavetable import table_lookup, table_of_harmonics, wavetable_synthesis
from grafx_lab.dsp.weighting import a_weighting, a_weighting_fir, k_weighting

__all__ = [
    "GRAPHIC_BANDS",
    "RECTANGULAR",
    "SCALES",
    "WINDOWS",
    "FrequencyScale",
    "GraphicBands",
    "Interpolation",
    "Knee",
    "Sweep",
    "Swept",
    "a_weighting",
    "a_weighting_fir",
    "absorption",
    "accumulate_phase",
    "adsr",
    "all_pass",
    "allpass_cascade",
    "amplify",
    "amplitude_to_decibel",
    "apply_gain",
    "at_frames",
    "ballistics",
    "band_limited_waveforms",
    "band_pass",
    "band_reject",
    "bark_to_hz",
    "block_dc",
    "cascade_response",
    "chebyshev_series",
    "clip_by_cubic",
    "coherence",
    "common_frames",
    "compressor_gain",
    "convolve",
    "crossfade",
    "cumulative_distribution",
    "damped_sinusoids",
    "dc_blocker_match",
    "decay_by_frequency",
    "decay_rate",
    "decibel_to_amplitude",
    "decibel_to_log_energy",
    "delay",
    "exp_sigmoid",
    "exponential_decay",
    "feedback_delay",
    "feedback_delay_network",
    "filterbank",
    "find_phase",
    "find_sweep",
    "find_swing",
    "fir_window",
    "follow_curve",
    "frame",
    "frame_energy",
    "frame_gain",
    "frame_loudness",
    "frame_power",
    "frame_rms",
    "freeverb",
    "freeverb_lengths",
    "frequencies_critical_bands",
    "frequencies_sigmoid",
    "frequencies_softmax",
    "frequency_filter",
    "frequency_impulse_response",
    "frequency_response",
    "frequency_sampled_fir",
    "fresh_noise",
    "fundamental_frequency",
    "gate_gain",
    "graphic_sections",
    "hard_taps",
    "harmonic_bank",
    "harmonic_frequencies",
    "harmonic_synthesis",
    "harmonic_to_sinusoidal",
    "high_pass",
    "high_shelf",
    "hz_to_bark",
    "hz_to_erb",
    "hz_to_mel",
    "hz_to_midi",
    "hz_to_unit",
    "integrated_loudness",
    "into_circle",
    "istft",
    "jacobian",
    "join_midside",
    "k_weighting",
    "least_squares_response",
    "least_squares_weights",
    "levenberg_marquardt",
    "lfo",
    "limiter_gain",
    "log_energy",
    "log_energy_to_decibel",
    "log_frequencies",
    "log_magnitude",
    "log_mean_energy",
    "log_mel_spectrogram",
    "log_scale",
    "loudness_around",
    "low_pass",
    "low_shelf",
    "magnitude_spectrogram",
    "masked_noise",
    "mel_filterbank",
    "mel_spectrogram",
    "mel_to_hz",
    "mfcc",
    "midi_to_hz",
    "noise_bands",
    "normalize_energy",
    "normalize_harmonics",
    "normalized_gradient",
    "one_pole",
    "oscillator_bank",
    "overshoot",
    "peaking",
    "piecewise_tanh",
    "pole_zero_sections",
    "power_series",
    "prime_delays",
    "remove_above_nyquist",
    "resample_envelope",
    "reverberate",
    "rotated_hadamard",
    "saturate",
    "sections",
    "shaped_noise",
    "shelves_and_bells",
    "shift",
    "sinc_impulse_response",
    "smoothed_energy",
    "smoothing_rate",
    "soft_limit",
    "soft_taps",
    "sosfilt",
    "spectral_ratio",
    "split_bands",
    "split_midside",
    "state_variable_sections",
    "stft",
    "symmetric_exp_sigmoid",
    "table_lookup",
    "table_of_harmonics",
    "tap_places",
    "time_varying_convolve",
    "to_leftright",
    "to_midside",
    "to_stereo",
    "transient_gain",
    "transport_cost",
    "tremolo_gain",
    "triangle_sections",
    "triangles",
    "truncated_one_pole",
    "undo_response",
    "uniform_noise",
    "unit_to_hz",
    "unsharpness",
    "vibrato_depth",
    "wavetable_synthesis",
    "weighted_sum",
    "whitened",
    "widen",
    "windowed_response",
    "zero_phase_fir",
]
