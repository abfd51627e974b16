"""Patches are rendered in batches of nodes, and no one hears it."""

import pytest
import torch
from torch import Tensor

from grafx_lab import GRAFX, GraphError, Patch
from grafx_lab.patch.node_types import palette
from grafx_lab.processors import DryWet, Limiter, Processor, registry
from grafx_lab.processors.base import Output

RATE = 16000
OURS = [name for name in palette() if registry[name].__module__.startswith("grafx_lab.")]
EFFECTS = [name for name in OURS if registry[name].inlets == registry[name].outlets == ("main",)]
NOISE = 0.3 * torch.randn(2, 400, generator=torch.Generator().manual_seed(0))


def parallel(kinds: dict[str, object], count: int = 1) -> Patch:
    """Each kind ``count`` times between the input and the output, side by side."""
    graph = GRAFX()
    source, out = graph.add("in"), graph.add("out")
    for node_type in kinds:
        for _ in range(count):
            node = graph.add(node_type)
            graph.connect(source, node)
            graph.connect(node, out)
    return Patch(graph, kinds, sample_rate=RATE)


def moved(patch: Patch, seed: int) -> Patch:
    """The patch with other parameters."""
    generator = torch.Generator().manual_seed(seed)

    def other(tree):
        if isinstance(tree, Tensor):
            return tree + 0.3 * torch.randn(tree.shape, generator=generator)
        return {key: other(value) for key, value in tree.items()}

    return patch.with_raw({name: other(tree) for name, tree in patch.raw.items()})


@pytest.fixture
def calls(monkeypatch) -> list[tuple[str, int]]:
    """The class and the batch of every call of a processor."""
    made: list[tuple[str, int]] = []
    run = Processor.run

    def counting(self, *signals: Tensor, **raw) -> Output:
        made.append((self.registered_name, len(signals[0])))
        return run(self, *signals, **raw)

    monkeypatch.setattr(Processor, "run", counting)
    return made


@pytest.mark.parametrize("name", EFFECTS)
def test_two_nodes_of_one_call_sound_like_two_calls(name, calls):
    alone = [moved(Patch.chain([name], sample_rate=RATE), seed) for seed in (1, 2)]
    ((node, _),) = alone[0].raw.items()
    processor = alone[0].processor(node)
    graph = GRAFX(alone[0].graph.config)
    source, out = graph.add("in"), graph.add("out")
    for place in ("first", "second"):
        node_id = graph.add(alone[0].node_type(node), name=place)
        graph.connect(source, node_id)
        graph.connect(node_id, out, outlet=processor.outlets[0])
    raw = {place: patch.raw[node] for place, patch in zip(("first", "second"), alone, strict=True)}
    both = Patch(graph, alone[0].processors, raw, sample_rate=RATE)
    signal = NOISE[None, : (processor.channels_in or (2,))[-1]]
    together = both.render_signals({"in": signal}).signals
    assert calls == [(processor.registered_name, 2)]
    for place, patch in zip(("first", "second"), alone, strict=True):
        each = processor.run(torch.nn.functional.pad(signal, (0, processor.latency)), **patch.raw[node]).signals
        for own, other in zip(together[both.node_id(place)], each, strict=True):
            torch.testing.assert_close(own, other, rtol=1e-4, atol=1e-5)


def test_what_nodes_say_beside_their_signals_is_told_apart():
    gain = {"class": "stereo_gain", "arguments": {}}
    patch = parallel({"gain": {"class": "gain_staging_regularization", "arguments": {"processor": gain}}}, count=3)
    raw = {name: {"log_gain": torch.full((1, 2), float(place))} for place, name in enumerate(patch.raw)}
    aux = patch.render_signals({"in": NOISE[None]}, raw).aux
    said = [aux[f"{name}.gain_reg"] for name in patch.raw]
    assert [item.shape for item in said] == [(1,)] * 3
    assert said[0] < said[1] < said[2]


def test_points_along_the_batch_equal_one_point_after_the_other(calls):
    patch = parallel({"tone": "parametric_equalizer", "gain": "stereo_gain"}, count=3)
    points = [moved(patch, seed) for seed in range(4)]
    still = next(iter(patch.raw))  # one node keeps its parameters: a batch of one beside batches of four
    points = [point.with_raw({still: patch.raw[still]}) for point in points]
    raw = {
        name: patch.raw[name]
        if name == still
        else {key: torch.cat([point.raw[name][key] for point in points]) for key in tree}
        for name, tree in patch.raw.items()
    }
    output = patch.render_signals({"in": NOISE[None]}, raw).output
    assert len(calls) == 3
    each = [point.render_signals({"in": NOISE[None]}).output for point in points]
    torch.testing.assert_close(output, torch.cat(each), rtol=1e-4, atol=1e-5)


def test_only_what_hears_a_change_is_rendered_again(calls):
    graph = GRAFX()
    types = ["in", "parametric_equalizer", "stereo_gain", "compressor", "mix", "limiter", "out"]
    source, tone, gain, squash, mix, limit, out = (graph.add(kind) for kind in types)
    for wire in ((source, tone), (tone, gain), (tone, squash), (gain, mix), (squash, mix), (mix, limit), (limit, out)):
        graph.connect(*wire)
    patch = Patch(graph, sample_rate=RATE)
    earlier = patch.render_signals({"in": NOISE[None]})
    louder = patch.with_controls({"stereo_gain.log_gain": 6.0})
    calls.clear()
    partly = louder.render_signals({"in": NOISE[None]}, known=earlier.signals, changed=["stereo_gain"])
    assert [name for name, _ in calls] == ["stereo_gain", "limiter"]
    torch.testing.assert_close(partly.output, louder.render_signals({"in": NOISE[None]}).output, rtol=0, atol=0)
    assert not torch.equal(partly.output, earlier.output)
    calls.clear()
    same = patch.render_signals({"in": NOISE[None]}, known=earlier.signals)
    assert calls == []
    assert torch.equal(same.output, earlier.output)


def test_moving_a_slider_does_not_plan_anew():
    patch = Patch.chain(["stereo_gain", "limiter"], sample_rate=RATE)
    steps = patch.plan.steps
    assert patch.with_controls({"stereo_gain.log_gain": 3.0}).plan.steps is steps
    other = patch.replace(sample_rate=2 * RATE)
    assert (patch.plan.latency, other.plan.latency) == (80, 160)


@pytest.mark.parametrize("bypassed", [set(), {"limiter"}])
def test_parallel_paths_of_a_patch_are_aligned_and_the_output_is_on_time(bypassed):
    graph = GRAFX()
    source, limit, out = graph.add("in"), graph.add("limiter"), graph.add("out")
    for wire in ((source, limit), (source, out), (limit, out)):
        graph.connect(*wire)
    patch = Patch(graph, {"limiter": Limiter(look_ahead=2.0)}, sample_rate=RATE, bypassed=bypassed)
    assert patch.plan.latency == 32
    quiet = 0.1 * NOISE
    torch.testing.assert_close(patch.render(quiet), 2 * quiet, rtol=1e-4, atol=1e-6)


def test_a_container_that_compensates_inside_is_not_compensated_twice():
    patch = Patch.chain([DryWet(Limiter(), external_param=False)], sample_rate=RATE)
    assert patch.plan.latency == 80
    quiet = 0.1 * NOISE
    torch.testing.assert_close(patch.render(quiet), quiet, rtol=1e-4, atol=1e-6)


def test_of_nodes_rendered_together_the_one_that_fails_is_named(monkeypatch):
    patch = parallel({"gain": "stereo_gain"}, count=3)
    guilty = list(patch.raw)[1]
    run = Processor.run

    def failing(self, *signals: Tensor, log_gain: Tensor, **options) -> Output:
        if (log_gain == 1).any():
            raise RuntimeError("too loud")
        return run(self, *signals, log_gain=log_gain, **options)

    monkeypatch.setattr(Processor, "run", failing)
    patch = patch.with_raw({guilty: {"log_gain": torch.ones(1, 2)}})
    with pytest.raises(GraphError, match=f"^'{guilty}' cannot be rendered: StereoGain failed") as caught:
        patch.render(NOISE)
    assert caught.value.nodes == (guilty,)


def test_checkpoints_save_memory_and_give_the_same_gradients():
    patch = Patch.chain(["parametric_equalizer", "compressor", "stereo_gain"] * 3, sample_rate=RATE)
    results = {}
    for checkpoint in (False, True):
        raw = {name: {k: v.clone().requires_grad_() for k, v in tree.items()} for name, tree in patch.raw.items()}
        saved = 0

        def count(tensor: Tensor) -> Tensor:
            nonlocal saved
            saved += tensor.nbytes
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
            output = patch.render_signals({"in": NOISE[None]}, raw, checkpoint=checkpoint).output
        leaves = [leaf for tree in raw.values() for leaf in tree.values()]
        results[checkpoint] = saved, [output, *torch.autograd.grad(output.square().sum(), leaves)]
    torch.testing.assert_close(results[True][1], results[False][1])
    assert results[True][0] < 0.25 * results[False][0]
