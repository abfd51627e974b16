import pytest
import torch

from grafx_lab import GRAFX, FitError, Patch
from grafx_lab.fitting import Layout
from grafx_lab.processors import ConvolutionReverb, DryWet, ParametricEqualizer, StereoGain

PATCH = Patch.chain([ParametricEqualizer(num_filters=2), "compressor", "stereo_gain"], sample_rate=16000)
LAYOUT = Layout(PATCH)


def test_every_number_of_the_patch_has_its_place():
    assert [entry.path for entry in LAYOUT.entries][:3] == [
        "parametric_equalizer.w0",
        "parametric_equalizer.q_inv",
        "parametric_equalizer.log_gain",
    ]
    assert LAYOUT.size == 3 * 2 + 4 + 2
    assert LAYOUT.entries[-1].place == slice(10, 12)


def test_packing_and_unpacking_lead_back():
    vector = torch.randn(3, LAYOUT.size)
    assert torch.equal(LAYOUT.pack(LAYOUT.unpack(vector)), vector)
    assert LAYOUT.unpack(vector)["parametric_equalizer"]["w0"].shape == (3, 1, 2)


def test_what_is_no_parameter_is_unpacked_as_it_is_and_has_no_gradient():
    graph = GRAFX()
    graph.add_serial_chain(["in", "gain", "out"])
    raw = {"log_gain": torch.zeros(1, 2), "drywet_weight": torch.tensor([[0.7]])}
    layout = Layout(Patch(graph, {"gain": DryWet(StereoGain())}, {"stereo_gain": raw}))
    vector = torch.ones(3, 2)
    assert torch.equal(layout.unpack(vector)["stereo_gain"]["drywet_weight"], raw["drywet_weight"])
    assert layout.unpack_gradient(vector)["stereo_gain"].keys() == {"log_gain"}


def test_gradients_flow_through_unpacking():
    vector = torch.zeros(1, LAYOUT.size, requires_grad=True)
    (gradient,) = torch.autograd.grad(LAYOUT.unpack(vector)["stereo_gain"]["log_gain"].sum(), vector)
    assert gradient[0].tolist() == [0.0] * 10 + [1.0, 1.0]


def test_the_scale_is_the_way_from_one_end_of_the_slider_to_the_other():
    gain = LAYOUT.scale()[-1]
    assert float(gain) == pytest.approx(72 / 8.685889638)  # dB per unit of the natural logarithm


def test_taps_reach_as_far_as_those_around_them_are_loud_and_all_else_from_end_to_end():
    patch = Patch.chain({"room": ConvolutionReverb(ir_len=2000, sample_rate=16000)}, sample_rate=16000)
    layout = Layout(patch)
    reach = layout.reach(layout.pack(patch.raw)[0])
    level, taps = reach[layout.places(patch, "room.log_gain")], reach[layout.places(patch, "room.ir")]
    assert torch.equal(level, layout.scale()[layout.places(patch, "room.log_gain")])
    louder = layout.unpack(layout.pack(patch.raw))
    louder["room"]["ir"] = 2 * louder["room"]["ir"]
    torch.testing.assert_close(layout.reach(layout.pack(louder)[0])[layout.places(patch, "room.ir")], 2 * taps)
    silent = layout.unpack(0 * layout.pack(patch.raw))
    assert torch.equal(layout.reach(layout.pack(silent)[0]), layout.scale())


def test_positions_are_those_of_the_sliders():
    patch = PATCH.with_controls({"stereo_gain.log_gain": [-48.0, 24.0]})
    positions = LAYOUT.positions(LAYOUT.pack(patch.raw))
    assert positions[0, -2:].tolist() == pytest.approx([0.0, 1.0], abs=1e-6)


def test_the_slope_is_the_change_of_raw_by_position():
    vector = LAYOUT.pack(PATCH.raw)[0].double()
    slope = LAYOUT.position_slope(vector)
    step = 1e-6
    moved = LAYOUT.positions((vector + step * slope)[None]) - LAYOUT.positions(vector[None])
    torch.testing.assert_close(moved[0], torch.full_like(moved[0], step), rtol=1e-3, atol=0)


def test_frozen_entries_and_bypassed_nodes_are_not_movable():
    patch = PATCH.replace(
        frozen={"parametric_equalizer.w0[1]", "stereo_gain.log_gain"}, bypassed={"compressor"}
    )  # fmt: skip
    movable = LAYOUT.movable(patch)
    assert movable.tolist() == [True, False, *[True] * 4, *[False] * 4, False, False]


def test_a_path_leads_to_the_places_of_its_entries():
    assert LAYOUT.places(PATCH, "parametric_equalizer.log_gain[1]").tolist() == [5]
    assert LAYOUT.places(PATCH, "parametric_equalizer.log_gain").tolist() == [4, 5]


def test_a_patch_without_parameters_has_an_empty_layout():
    empty = Layout(Patch.chain([]))
    assert empty.size == 0
    assert empty.pack({}).shape == (1, 0)
    assert empty.unpack(torch.zeros(1, 0)) == {}


def test_frames_that_the_processor_was_not_built_with_are_refused_in_a_sentence():
    patch = Patch.from_expression("oscillator", sample_rate=8000)
    several = {name: value.repeat_interleave(3, dim=1) for name, value in patch.raw["oscillator"].items()}
    with pytest.raises(FitError, match=r"'oscillator\.\w+' has the raw shape \(3, .*num_frames=3"):
        Layout(patch).pack({"oscillator": several})
