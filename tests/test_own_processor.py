"""The proof that the floors carry what comes later: a processor that somebody defines a minute ago does everything.

It has two inlets and two outlets, stands in a container, and is placed, wired, saved, loaded, rendered, fitted and
drawn by code that has never heard of it.
"""

import numpy as np
import pytest
import torch
from torch import Tensor

import grafx_lab as gl
from grafx_lab.parameters import ParameterSpec
from grafx_lab.patch.edit import apply
from grafx_lab.processors import DryWet, registry
from grafx_lab.session.gallery import Gallery
from grafx_lab.session.patch_view import catalog, live_slice, patch_slice
from grafx_lab.transforms import logarithmic_gain

RATE = 16000
NOISE = 0.2 * torch.randn(2, RATE // 4, generator=torch.Generator().manual_seed(0))
WET = {"drywet_weight": 80.0, "cross_gain": -6.0}


@pytest.fixture
def cross_feed():
    """Registers the class as a notebook cell would, and forgets it afterwards."""
    before = dict(registry)

    class CrossFeed(gl.Processor):
        """Each side with a share of the other one."""

        inlets, outlets = ("near", "far"), ("one", "two")
        family, label = "stereo", "Cross feed"
        wet_only = True

        @property
        def specs(self) -> dict[str, ParameterSpec]:
            return {
                "cross_gain": ParameterSpec(
                    unit="dB", low=-40, high=6, default=-20, transform=logarithmic_gain(),
                    label="Cross", doc="level of the other side",
                )
            }  # fmt: skip

        def get_signal(self, near: Tensor, far: Tensor, cross_gain: Tensor):
            share = 10 ** (cross_gain / 20)[..., None]
            return near + share * far, far + share * near, {"share": share[:, 0, 0]}

    yield CrossFeed
    registry.clear()
    registry.update(before)


@pytest.fixture
def patch(cross_feed) -> gl.Patch:
    """Drawn with the editor's operations: the source, and a lower copy of it, cross-fed and summed."""

    def wire(source: str, target: str, outlet: str = "main", inlet: str = "main") -> dict:
        edge = {"source": source, "target": target, "outlet": outlet, "inlet": inlet}
        return {"op": "connect", "edge": edge}

    drawn, added = apply(
        gl.Patch.chain([], sample_rate=RATE, title="Own"),
        [
            {"op": "disconnect", "edge": {"source": "in", "target": "out"}},
            *({"op": "add", "type": name} for name in ("cross_feed", "stereo_gain", "mix")),
            {"op": "control", "path": "stereo_gain.log_gain", "text": "−6.0206 dB"},
            wire("in", "cross_feed", inlet="near"),
            wire("in", "stereo_gain"),
            wire("stereo_gain", "cross_feed", inlet="far"),
            wire("cross_feed", "mix", outlet="one"),
            wire("cross_feed", "mix", outlet="two"),
            wire("mix", "out"),
        ],
    )
    assert added == ["cross_feed", "stereo_gain", "mix"]
    return drawn.with_controls({f"cross_feed.{name}": value for name, value in WET.items()})


def by_hand(source: Tensor) -> Tensor:
    """The sum of both outlets: (1 − w)(near + far) + w (1 + g)(near + far), far half as loud as near."""
    weight, gain = WET["drywet_weight"] / 100, 10 ** (WET["cross_gain"] / 20)
    return (1 - weight + weight * (1 + gain)) * 1.5 * source


def test_it_stands_in_a_container_and_in_the_palette(patch, cross_feed):
    processor = patch.processor("cross_feed")
    assert isinstance(processor, DryWet)
    assert isinstance(processor.processor, cross_feed)
    assert processor.processor.sample_rate == RATE
    assert "Cross feed" in [entry["label"] for entry in catalog()["processors"]]


def test_it_renders_what_can_be_computed_by_hand(patch):
    torch.testing.assert_close(patch.render(NOISE), by_hand(NOISE), rtol=1e-4, atol=1e-6)
    rendering = patch.render_signals({"in": NOISE[None]})
    assert rendering.aux["cross_feed.share"].item() == pytest.approx(10**-0.3, rel=1e-4)


def test_a_wire_to_a_port_that_it_does_not_have_is_refused(patch):
    wire = {"source": "in", "target": "cross_feed", "inlet": "middle"}
    with pytest.raises(gl.GraphError, match=r"'cross_feed' has no inlet 'middle'\. Its inlets are: near, far"):
        apply(patch, [{"op": "connect", "edge": wire}])


def test_an_open_inlet_of_it_is_named(patch):
    cut = {"op": "disconnect", "edge": {"source": "stereo_gain", "target": "cross_feed", "inlet": "far"}}
    open_patch, _ = apply(patch, [cut])
    with pytest.raises(gl.GraphError, match="The inlet 'far' of 'cross_feed' is open"):
        open_patch.render(NOISE)


def test_it_is_saved_and_loaded_and_sounds_the_same(patch, tmp_path):
    patch.save(tmp_path / "own.json")
    again = gl.Patch.load(tmp_path / "own.json")
    assert again.to_json() == patch.to_json()
    assert torch.equal(again.render(NOISE), patch.render(NOISE))


def test_its_script_rebuilds_it(patch):
    scope = {"__name__": "script"}
    exec(patch.to_python(), scope)
    assert torch.equal(scope["patch"].render(NOISE), patch.render(NOISE))


def test_where_it_is_not_registered_its_file_is_refused_by_name(patch):
    text = patch.to_json()
    del registry["cross_feed"]
    with pytest.raises(gl.UnknownProcessorError, match="There is no processor 'cross_feed'"):
        gl.Patch.from_json(text)


def test_its_parameters_are_fitted(patch):
    target = patch.render(NOISE)
    start = patch.with_controls({"cross_feed.cross_gain": -20.0}).replace(
        frozen={"stereo_gain", "cross_feed.drywet_weight"}
    )
    result = gl.fit(start, NOISE, target, steps=100)
    assert result.loss < 0.05 * result.history.losses[0]
    assert result.patch.control("cross_feed.cross_gain") == pytest.approx(WET["cross_gain"], abs=0.3)


def test_it_is_drawn(patch):
    shown = patch_slice(patch, Gallery(), truth=None, revision=1)
    assert shown["errors"] == []
    node = next(node for node in shown["nodes"] if node["name"] == "cross_feed")
    assert (node["type"], node["label"], node["family"]) == ("cross_feed", "Cross feed", "stereo")
    assert (node["inlets"], node["outlets"]) == (["near", "far"], ["one", "two"])
    assert node["readouts"] == ["−6.0 dB", "80 %"]
    assert {control["label"] for group in node["groups"] for control in group["controls"]} == {"Cross", "Mix"}
    assert node["screen"]["kind"] == "bars"
    assert np.isfinite(node["plot"]["y"]).all()
    assert live_slice(patch, 1)["controls"]["cross_feed.cross_gain"]["text"] == "−6.0 dB"
