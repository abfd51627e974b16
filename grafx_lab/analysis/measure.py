"""What a processor does, measured by playing test signals through it.

Because nothing but sound goes in and out, every processor can be measured, also one that somebody defined a minute ago.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grafx_lab.parameters import Tree
from grafx_lab.processors.base import Processor


@dataclass(frozen=True)
class Curve:
    """A measured curve: ``y`` over ``x``, both float32 arrays of one length."""

    x: np.ndarray
    y: np.ndarray


def frequency_response(processor: Processor, raw: Tree, points: int = 160, seconds: float = 0.25) -> Curve:
    """Magnitude in dB over frequency in Hz (logarithmic, 20 Hz to 20 kHz or Nyquist), from the impulse response."""
    length = max(2, round(seconds * processor.sample_rate))
    impulse = torch.zeros(length)
    impulse[0] = 1.0
    response = torch.fft.rfft(played(processor, raw, impulse).double())
    # Channels count by their mean power, so that a curve is also right where they differ.
    power = response.abs().square().mean(dim=0)
    frequencies = np.geomspace(20.0, min(20000.0, 0.49 * processor.sample_rate), points)
    bins = torch.fft.rfftfreq(length, 1 / processor.sample_rate).numpy()
    return _curve(frequencies, 10 * np.log10(np.interp(frequencies, bins, power.numpy()) + 1e-12))


def step_response(processor: Processor, raw: Tree, points: int = 160, low: float = -40.0, high: float = -6.0) -> Curve:
    """Gain in dB over time in ms while the level jumps from ``low`` to ``high`` (dBFS) at 100 ms and back at 300 ms."""
    block = max(2, round(0.6 * processor.sample_rate / points))
    time = torch.arange(block * points) / processor.sample_rate
    level = torch.where((time >= 0.1) & (time < 0.3), 10 ** (high / 20), 10 ** (low / 20))
    probe = level * (1.0 - 2.0 * (torch.arange(len(time)) % 2))
    output = played(processor, raw, probe[None], every_inlet=True)[0].double()
    power = output.square().mean(dim=0).reshape(points, block).mean(dim=1)
    gain = 10 * torch.log10(power + 1e-12) - 10 * torch.log10(
        level.double().square().reshape(points, block).mean(dim=1)
    )
    return _curve(1e3 * time[::block].numpy(), gain.numpy())


def harmonics(processor: Processor, raw: Tree, count: int = 10, level: float = -6.0) -> Curve:
    """Levels in dBFS of a sine's harmonics over their number; the sine lies near 500 Hz at ``level`` dBFS."""
    length = round(0.5 * processor.sample_rate)
    cycles = round(500 * length / processor.sample_rate)
    time = torch.arange(length, dtype=torch.float64) / length
    sine = (10 ** (level / 20) * torch.sin(2 * torch.pi * cycles * time)).float()
    # Twice the same: the first half lets filters and envelopes settle.
    output = played(processor, raw, sine.repeat(2))[0, -length:].double()
    magnitude = torch.fft.rfft(output).abs() * 2 / length
    numbers = np.arange(1, 1 + min(count, (length // 2 - 1) // cycles))
    return _curve(numbers, 20 * np.log10(magnitude.numpy()[numbers * cycles] + 1e-6))


def static_curve(processor: Processor, raw: Tree, points: int = 49, seconds: float = 0.3) -> Curve:
    """Output level in dB over input level (−60 to 0 dB), each held until the processor has settled.

    The probe alternates its sign at every sample: constant energy, and no offset that a filter could remove. Every
    inlet hears it: a side chain too.
    """
    levels = torch.linspace(-60.0, 0.0, points)
    length = max(2, round(seconds * processor.sample_rate))
    sign = 1.0 - 2.0 * (torch.arange(length) % 2)
    output = played(processor, raw, 10 ** (levels[:, None] / 20) * sign, every_inlet=True)
    settled = output[..., -max(2, length // 8) :].double().square().mean(dim=(-1, -2))
    return _curve(levels.numpy(), 10 * torch.log10(settled + 1e-12).numpy())


def transfer_curve(processor: Processor, raw: Tree, points: int = 121) -> Curve:
    """Output sample over input sample, −1 to 1, of a processor without memory."""
    ramp = torch.linspace(-1.0, 1.0, points)
    return _curve(ramp.numpy(), played(processor, raw, ramp).mean(dim=0).numpy())


def impulse_envelope(processor: Processor, raw: Tree, points: int = 96, seconds: float = 1.5) -> Curve:
    """The impulse response's peak in each of ``points`` stretches of time (s), without the dry impulse itself."""
    length = points * max(1, round(seconds * processor.sample_rate / points))
    impulse = torch.zeros(length)
    impulse[0] = 1.0
    response = played(processor, raw, impulse)
    response[..., 0] = 0.0
    peaks = response.abs().amax(dim=0).reshape(points, -1).amax(dim=-1)
    return _curve(np.arange(points) * length / points / processor.sample_rate, peaks.numpy())


def channel_gains(processor: Processor, raw: Tree) -> np.ndarray:
    """The gain of the left and the right channel in dB, for noise that is equal in both."""
    noise = torch.rand(round(0.05 * processor.sample_rate) + 1, generator=torch.Generator().manual_seed(0)) - 0.5
    output = played(processor, raw, noise)
    power = output.double().square().mean(dim=-1) / noise.double().square().mean()
    return (10 * torch.log10(power.expand(max(2, len(power))) + 1e-12)).float().numpy()


def played(processor: Processor, raw: Tree, probe: Tensor, every_inlet: bool = False) -> Tensor:
    """The first outlet's ``(channel, time)``, or ``(batch, channel, time)`` for probes ``(batch, time)``.

    The probe goes into the first inlet, or into every one; the others are silent.
    """
    batched = probe.ndim == 2
    allowed = processor.channels_in
    channels = 2 if allowed is None or 2 in allowed else allowed[0]
    signal = (probe if batched else probe[None])[:, None].expand(-1, channels, -1).float()
    elsewhere = signal if every_inlet else torch.zeros_like(signal)
    signals = [signal, *[elsewhere] * (len(processor.inlets) - 1)][: len(processor.inlets)]
    with torch.no_grad():
        output = processor.run(*signals, length=probe.shape[-1], **raw).signals[0]
    # A generator hears no probe: it gives one output for all of them.
    return output.expand(len(probe), -1, -1) if batched else output[0]


def _curve(x: np.ndarray, y: np.ndarray) -> Curve:
    return Curve(np.asarray(x, np.float32), np.nan_to_num(np.asarray(y, np.float32), posinf=1e6, neginf=-1e6))
