import numpy as np
import pytest
import torch
from torch import Tensor

from grafx_lab.analysis import portrait
from grafx_lab.parameters import ParameterSpec, flatten, unflatten
from grafx_lab.processors import FAMILIES, Compressor, Processor, SidechainCompressor, StereoGain
from tests.processors.examples import NAMES, make

RATE = 16000
SCREENS = {
    "curve": {"kind", "y", "zero", "diagonal", "dot"},
    "decay": {"kind", "y"},
    "bars": {"kind", "y", "labels", "mark"},
}
PLOT = {
    "title", "x", "y", "target", "x_scale", "x_range", "y_range", "zero", "diagonal",
    "x_label", "x_ticks", "y_label", "y_ticks",
}  # fmt: skip


def check_picture(processor: Processor, raw: dict) -> None:
    """Both pictures have the fields of the protocol, and their curves lie within their frames."""
    picture = portrait(processor, raw)
    assert picture.screen.keys() == SCREENS[picture.screen["kind"]]
    assert picture.screen["y"].dtype == np.float32
    assert ((picture.screen["y"] >= 0) & (picture.screen["y"] <= 1)).all()
    plot = picture.plot
    assert plot.keys() == PLOT
    assert len(plot["x"]) == len(plot["y"]) > 1
    assert np.isfinite(plot["y"]).all()
    for axis in "xy":
        low, high = plot[f"{axis}_range"]
        assert low < high
        assert all(low <= place <= high and isinstance(text, str) for place, text in plot[f"{axis}_ticks"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [None, 0, 1], ids=["neutral", "random 0", "random 1"])
def test_every_processor_has_a_portrait(name, seed):
    processor = make(name)
    raw = processor.neutral()
    if seed is not None:
        generator = torch.Generator().manual_seed(seed)
        raw = unflatten({key: spec.random_raw(generator) for key, spec in flatten(processor.specs).items()})
    check_picture(processor, raw)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("inlets", "outlets"), [((), ("main",)), (("a", "b"), ("c", "d"))])
def test_a_processor_of_ones_own_has_a_portrait_whatever_its_family_and_ports(family, inlets, outlets):
    class Own(Processor, register=False):
        @property
        def specs(self) -> dict[str, ParameterSpec]:
            return {"gain": ParameterSpec(unit="", low=0, high=1, default=1)}

        def get_signal(self, *signals: Tensor, gain: Tensor, length: int = 0):
            signal = signals[0] if signals else torch.ones(1, 1, length)
            return tuple(gain[..., None] * signal for _ in self.outlets)

    Own.family, Own.inlets, Own.outlets = family, inlets, outlets
    own = Own(sample_rate=RATE)
    check_picture(own, own.neutral())


def test_the_dot_of_a_compressor_stands_at_its_threshold():
    compressor = Compressor(knee="hard", sample_rate=RATE)
    raw = compressor.raw_from_controls(log_threshold=-30.0, log_ratio=4.0, z_alpha_pre=1.0)
    assert portrait(compressor, raw).screen["dot"] == pytest.approx([0.5, 0.5], abs=0.03)
    assert portrait(compressor, compressor.neutral()).screen["dot"] is None


def test_the_curve_of_a_sidechain_compressor_bends_as_if_it_heard_itself():
    compressor = SidechainCompressor(knee="hard", sample_rate=RATE)
    raw = compressor.raw_from_controls(log_threshold=-30.0, log_ratio=4.0, z_alpha_pre=[1.0, 5.0])
    curve = portrait(compressor, raw).plot
    assert curve["y"][-1] == pytest.approx(-30 + 30 / 4, abs=0.5)
    assert curve["y"][0] == pytest.approx(-60, abs=0.1)


def test_the_bars_of_a_gain_have_their_mark_at_zero_decibels():
    gain = StereoGain(sample_rate=RATE)
    screen = portrait(gain, gain.raw_from_controls(log_gain=[0.0, -36.0])).screen
    assert screen["y"].tolist() == pytest.approx([screen["mark"], 0.0], abs=1e-4)
    assert screen["labels"] == ["L", "R"]
