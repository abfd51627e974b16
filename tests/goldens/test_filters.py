"""GRAFX 0.6.0's filters and equalizers for stored inputs (filters.json says how the numbers were made).

Where GRAFX is wrong, its output is compared with ours after undoing our correction.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import torch

from grafx_lab import dsp
from grafx_lab.processors import Processor, registry
from tests.goldens import comparison

HERE = Path(__file__).parent
CASES = json.loads((HERE / "filters.json").read_text())["cases"]
ARRAYS = np.load(HERE / "filters.npz")
CLASSES = {cls.__name__: cls for cls in registry.values()}

INVERTED = [name for name in CASES if name.startswith("LowPassFilter")]
UNPRESSED = [name for name in CASES if name.startswith("PoleZeroFilter")]
SINGLE_PRECISION = [name for name in CASES if name.startswith("GraphicEqualizer")]
TRAUNMUELLER = "NewZeroPhaseFIREqualizer_fb_bark_traunmuller"
COMPARABLE = [name for name in CASES if name not in (*INVERTED, *UNPRESSED, *SINGLE_PRECISION, TRAUNMUELLER)]


def load(name: str) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    case = CASES[name]
    raw = {key: torch.from_numpy(ARRAYS[f"{name}/raw/{key}"]).requires_grad_() for key in case["params"]}
    return torch.from_numpy(ARRAYS[f"input/{case['input']}"]), raw


def processor_of(name: str, **overrides: object) -> Processor:
    """The processor of a case in the form that GRAFX ran: its default backend is the frequency-sampled one."""
    default = {} if "ZeroPhase" in name else {"backend": "fsm"}
    return CLASSES[CASES[name]["class"]](**default | CASES[name]["arguments"] | overrides)


def compare(name: str, output: torch.Tensor, raw: dict[str, torch.Tensor], tolerance: float) -> None:
    comparison.compare(ARRAYS, CASES[name], name, output, raw, tolerance)


@pytest.mark.parametrize("name", COMPARABLE)
def test_same_raw_parameters_give_the_audio_and_gradients_of_grafx(name):
    signal, raw = load(name)
    compare(name, processor_of(name)(signal, **raw), raw, 1e-5)


@pytest.mark.parametrize("name", [name for name in COMPARABLE if "fsm" in name])
def test_the_exact_recursion_agrees_with_the_frequency_sampled_filter(name):
    signal, raw = load(name)
    compare(name, processor_of(name, backend="exact")(signal, **raw), raw, 1e-4)


@pytest.mark.parametrize("name", INVERTED)
def test_the_low_pass_agrees_with_its_polarity_inverted(name):
    signal, raw = load(name)
    compare(name, -processor_of(name)(signal, **raw), raw, 1e-5)


@pytest.mark.parametrize("name", UNPRESSED)
def test_poles_and_zeros_agree_with_the_last_coefficient_of_the_raw_pole(name):
    """GRAFX presses a pole into the circle for a1 and not for a2: beyond radius 1 its filters are unstable."""
    signal, raw = load(name)
    poles, zeros = raw["poles"].double(), raw["zeros"].double()
    radius = poles.norm(dim=-1)
    inside = poles[..., 0] * torch.tanh(radius) / (radius + 1e-5)
    ones = torch.ones_like(radius)
    sos = torch.stack([ones, -2 * zeros[..., 0], zeros.square().sum(-1), ones, -2 * inside, radius.square()], -1)
    fir = dsp.frequency_sampled_fir(sos[:, None], 4001, torch.float64)
    output = raw["log_gain"].exp()[..., None] * dsp.convolve(signal.double(), fir)
    stored = ARRAYS[f"{name}/output"]
    assert comparison.distance(output[..., : stored.shape[-1]], stored) < 1e-5


@pytest.mark.parametrize("name", SINGLE_PRECISION)
def test_the_graphic_equalizer_agrees_up_to_coefficients_in_single_precision(name):
    """Half of float32's digits are lost to the lowest bands; the next test shows that nothing else differs."""
    signal, raw = load(name)
    compare(name, processor_of(name)(signal, **raw), raw, 3e-4)


@pytest.mark.parametrize("scale", ["bark", "third_octave"])
def test_grafxs_formula_agrees_with_its_audio_in_single_and_with_ours_in_double_precision(scale):
    name = f"GraphicEqualizer_{scale}_mono_lfilter_scipy"
    signal, raw = load(name)
    stored = ARRAYS[f"{name}/output"]
    single, double = (scipys_graphic_equalizer(scale, signal, raw["log_gains"], dtype) for dtype in ("f4", "f8"))
    assert comparison.distance(torch.from_numpy(single)[..., : stored.shape[-1]], stored) < 1e-5
    exact = processor_of(name)(signal.double(), log_gains=raw["log_gains"].double())
    assert comparison.distance(exact, double) < 1e-6


def scipys_graphic_equalizer(scale: str, signal: torch.Tensor, log_gains: torch.Tensor, dtype: str) -> np.ndarray:
    bands = dsp.GRAPHIC_BANDS[scale]
    centres, widths = (2 * np.pi / 44100 * np.array(values, dtype=dtype) for values in (bands.centres, bands.widths))
    gains = np.exp(log_gains.detach().numpy().astype(dtype))
    shared = gains ** np.array(0.4, dtype=dtype)
    beta = np.tan(widths / 2) * np.sqrt((np.abs(1 - shared**2) + 1e-7) / (np.abs(gains**2 - shared**2) + 1e-7))
    middle = np.broadcast_to(-2 * np.cos(centres), gains.shape)
    b = np.stack([1 + gains * beta, middle, 1 - gains * beta], -1).astype("f8")
    a = np.stack([1 + beta, middle, 1 - beta], -1).astype("f8")
    output = signal.double().numpy().copy()
    for item in range(len(output)):
        for band in range(len(bands.centres)):
            output[item] = scipy.signal.lfilter(b[item, 0, band], a[item, 0, band], output[item])
    return output


def test_traunmuellers_filterbank_agrees_with_the_upper_correction_forgotten():
    """GRAFX inverts the correction above 20.1 Bark only where no edge lies below 2 Bark."""
    signal, raw = load(TRAUNMUELLER)
    processor = processor_of(TRAUNMUELLER)
    low, high = dsp.SCALES["bark_traunmuller"].from_hz(torch.tensor([40.0, 22050.0], dtype=torch.float64)).tolist()
    bark = torch.linspace(low, high, 21, dtype=torch.float64)
    edges = dsp.bark_to_hz(torch.where(bark < 2, (bark - 0.3) / 0.85, bark))
    rows = dsp.triangles(edges, torch.linspace(0, 22050, 512, dtype=torch.float64))
    processor.filterbank = torch.cat([1 - rows.sum(0, keepdim=True), rows])
    compare(TRAUNMUELLER, processor(signal, **raw), raw, 1e-5)
