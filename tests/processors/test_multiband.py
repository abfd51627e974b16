import pytest
import torch

from grafx_lab.processors import Compressor, Crossover, MultibandCompressor, ProcessorError


def sine(hertz, decibel=0.0, length=20000, rate=44100):
    time = torch.arange(length, dtype=torch.float64) / rate
    return (10 ** (decibel / 20) * torch.sin(2 * torch.pi * hertz * time))[None, None]


@pytest.mark.parametrize("phase", ["zero", "minimum"])
@pytest.mark.parametrize("num_bands", [2, 3, 4, 6])
def test_bands_sum_flat_within_a_tenth_of_a_decibel(phase, num_bands):
    crossover = Crossover(num_bands, phase)
    impulse = torch.zeros(1, 1, 1 << 15, dtype=torch.float64)
    impulse[..., 1 << 14] = 1
    for seed in range(5):
        raw = crossover.specs["w0"].random_raw(torch.Generator().manual_seed(seed), dtype=torch.float64)
        total = torch.fft.rfft(sum(crossover(impulse, w0=raw))[0, 0]).abs()
        assert float((20 * torch.log10(total)).abs().max()) < 0.1


def test_each_outlet_has_its_part_of_the_spectrum():
    crossover = Crossover()
    raw = crossover.raw_from_controls(w0=[300.0, 3000.0])
    for position, hertz in enumerate((50, 1000, 12000)):
        energies = [float(band.square().mean()) for band in crossover(sine(hertz).float(), **raw)]
        assert energies[position] > 0.95 * sum(energies)


@pytest.mark.parametrize(
    ("num_bands", "names"), [(2, ("low", "high")), (4, ("low", "low_mid", "high_mid", "high")), (5, None)]
)
def test_outlets_are_named_from_low_to_high(num_bands, names):
    assert Crossover(num_bands).outlets == (names or tuple(f"band_{k}" for k in range(1, 6)))


def test_each_band_is_compressed_as_a_compressor_would():
    multiband = MultibandCompressor()
    threshold = [[0.0], [-30.0], [0.0]]
    raw = multiband.raw_from_controls(w0=[100.0, 8000.0], log_threshold=threshold, log_ratio=4.0)
    alone = Compressor("ballistics")
    alone_raw = alone.raw_from_controls(log_threshold=-30.0, log_ratio=4.0)
    compressed = alone(sine(900, -10), **alone_raw)
    for hertz, expected in ((900, compressed), (10, sine(10, -10)), (19000, sine(19000, -10))):
        output = multiband(sine(hertz, -10), **raw)
        part = slice(5000, -5000)
        assert float((output - expected)[..., part].norm() / expected[..., part].norm()) < 0.01


def test_gain_behind_a_band_is_in_decibels():
    multiband = MultibandCompressor()
    controls = {"log_threshold": 0.0, "log_gain": [[0.0], [6.0], [0.0]], "w0": [100.0, 8000.0]}
    output = multiband(sine(900, -10), **multiband.raw_from_controls(**controls))[..., 5000:-5000]
    ratio = output.norm() / sine(900, -10)[..., 5000:-5000].norm()
    assert float(20 * torch.log10(ratio)) == pytest.approx(6, abs=0.1)


def test_neutral_is_the_signal_itself_also_in_its_phase():
    multiband = MultibandCompressor()
    signal = 0.1 * torch.randn(1, 2, 4000, dtype=torch.float64)
    torch.testing.assert_close(multiband(signal, **multiband.neutral()), signal, rtol=0, atol=2e-3)


@pytest.mark.parametrize("cls", [Crossover, MultibandCompressor])
@pytest.mark.parametrize(("arguments", "word"), [({"num_bands": 1}, "num_bands"), ({"phase": "linear"}, "linear")])
def test_impossible_arguments_are_named(cls, arguments, word):
    with pytest.raises(ProcessorError, match=word):
        cls(**arguments)


def test_labels_name_band_and_time():
    assert MultibandCompressor(2).specs["z_alpha_pre"].labels == (
        "Low attack", "Low release", "High attack", "High release",
    )  # fmt: skip
    assert Crossover(3).specs["w0"].labels == ("Low to mid", "Mid to high")
