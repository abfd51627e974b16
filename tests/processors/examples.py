"""One example of every registered processor, small enough to be tested quickly, and what to feed it."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grafx_lab.parameters import flatten, unflatten
from grafx_lab.processors import (
    DryWet,
    MonoToStereo,
    ParallelMix,
    Processor,
    SerialChain,
    SideGainImager,
    StereoGain,
    TanhDistortion,
    registry,
)

NAMES = sorted({cls.registered_name for cls in registry.values() if cls.__module__.startswith("grafx_lab.")})

# Arguments that make a processor quick to test, and those without which it cannot be built.
_ARGUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "chebyshev_distortion": lambda: {"block_dc": True},
    "chorus": lambda: {"sample_rate": 1000},
    "convolution_reverb": lambda: {"ir_len": 50},
    "dry_wet": lambda: {"processor": TanhDistortion(), "external_param": False},
    "exp_decay_reverb": lambda: {"reverb_length": 50},
    "feedback_delay": lambda: {"sample_rate": 97},
    "feedback_delay_network": lambda: {"num_lines": 4, "shortest_ms": 0.05, "longest_ms": 0.3},
    "filtered_noise_reverb": lambda: {"reverb_length": 50, "n_frames": 5, "n_filter_banks": 5},
    "filtered_noise_shaping_reverb": lambda: {"ir_len": 50, "num_bands": 3, "use_fade_in": True},
    "flanger": lambda: {"sample_rate": 2000},
    "freeverb": lambda: {"sample_rate": 400},
    "gain_staging_regularization": lambda: {"processor": nested()},
    "limiter": lambda: {"look_ahead": 0.2},
    "mod_delay": lambda: {"sample_rate": 1000},
    "multitap_delay": lambda: {"segment_len": 9, "num_segments": 2, "zp_filter_bins": 4},
    "overdrive": lambda: {"block_dc": True},
    "parallel_mix": lambda: {"processors": {"imager": SideGainImager(), "nested": nested()}},
    "parametric_equalizer": lambda: {"num_filters": 3},
    "serial_chain": lambda: {"processors": {"wide": MonoToStereo(), "nested": nested()}},
    "stft_masked_noise_reverb": lambda: {"ir_len": 200, "n_fft": 32, "hop_length": 16},
    "time_varying_fir_filter": lambda: {"num_frames": 4, "num_bins": 9},
    "trainable_reverb": lambda: {"reverb_length": 50},
    "tanh_distortion": lambda: {"use_bias": True, "block_dc": True},
    "vibrato": lambda: {"sample_rate": 1000},
}


def nested() -> SerialChain:
    """A container with a parameter of its own, in which another one stands."""
    mix = ParallelMix({"warm": DryWet(TanhDistortion(), external_param=False), "loud": StereoGain()})
    return SerialChain({"mix": mix, "wide": SideGainImager()})


def make(name: str) -> Processor:
    """The example of that name."""
    return registry[name](**_ARGUMENTS.get(name, dict)())


def examples(keep: Callable[[Processor], Any]) -> list[str]:
    """The names of the examples about which something is true."""
    return [name for name in NAMES if keep(make(name))]


def signals_for(
    processor: Processor, batch: int = 1, length: int = 64, dtype: torch.dtype = torch.float64, channels: int = 0
) -> list[Tensor]:
    """Noise for each inlet; with two channels where the processor takes two."""
    channels = channels or (processor.channels_in or (2,))[-1]
    generator = torch.Generator().manual_seed(length)
    shape = (batch, channels, length)
    return [0.3 * torch.randn(shape, generator=generator, dtype=dtype) for _ in processor.inlets]


def random_raw(processor: Processor, batch: int = 1, dtype: torch.dtype = torch.float64, seed: int = 0) -> dict:
    """Raw parameters drawn along the sliders."""
    generator = torch.Generator().manual_seed(seed)
    return unflatten(
        {name: spec.random_raw(generator, batch, dtype) for name, spec in flatten(processor.specs).items()}
    )


def cast(tree: dict, dtype: torch.dtype) -> dict:
    """Raw parameters in another dtype."""
    return unflatten({name: raw.to(dtype) for name, raw in flatten(tree).items()})


def run(processor: Processor, signals: list[Tensor], raw: dict, length: int = 64) -> tuple[Tensor, ...]:
    """The signals of all outlets."""
    return processor.run(*signals, length=None if processor.inlets else length, **raw).signals
