import pytest
import torch
from torch import Tensor

from grafx_lab.graph import GRAFX, NodeConfigs, latencies_of, prepare_render, render_grafx
from grafx_lab.processors import Processor
from tests.graph.processors import PROCESSORS, Ring

TIME = 40
SIGNAL = torch.randn(1, 2, TIME, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


class Late(Processor, register=False):
    """What comes, ``samples`` later."""

    def __init__(self, samples: int) -> None:
        super().__init__()
        self.samples = samples

    @property
    def latency(self) -> int:
        return self.samples

    def get_signal(self, signal: Tensor) -> Tensor:
        return torch.nn.functional.pad(signal, (self.samples, 0))[..., : signal.shape[-1]]


MODULES = {"late": Late(7), "later": Late(12), "ring": Ring(), "constant": PROCESSORS["constant"]}
CONFIG = NodeConfigs({name: {"inlets": [*item.inlets], "outlets": [*item.outlets]} for name, item in MODULES.items()})


def graph_of(types: list[str], wires: list[tuple]) -> GRAFX:
    graph = GRAFX(CONFIG)
    for node_type in types:
        graph.add(node_type)
    for source, dest, *inlet in wires:
        graph.connect(source, dest, inlet=inlet[0] if inlet else "main")
    return graph


def rendered(graph: GRAFX, compensate: bool, raw: dict | None = None):
    plan = prepare_render(graph, latencies=latencies_of(MODULES) if compensate else None)
    return render_grafx(MODULES, SIGNAL, raw or {}, plan), plan


def delayed(samples: int) -> Tensor:
    return torch.nn.functional.pad(SIGNAL, (samples, 0))[..., :TIME]


FOUR_PATHS = graph_of(
    ["in", "late", "later", "late", "mix", "out"], [(0, 1), (0, 2), (2, 3), (0, 4), (1, 4), (2, 4), (3, 4), (4, 5)]
)


def test_parallel_paths_arrive_together_and_the_output_on_time_and_whole():
    (output, _, signals), plan = rendered(FOUR_PATHS, compensate=True)
    assert plan.latency == 19
    assert "19 samples of latency" in str(plan)
    torch.testing.assert_close(output, 4 * SIGNAL)
    torch.testing.assert_close(signals[5][..., 19:], 4 * SIGNAL[0])


def test_without_being_asked_nothing_is_delayed_as_in_grafx():
    (output, _, _), plan = rendered(FOUR_PATHS, compensate=False)
    assert plan.latency == 0
    torch.testing.assert_close(output, SIGNAL + delayed(7) + delayed(12) + delayed(19))


def test_the_inlets_of_a_node_are_aligned_with_each_other():
    graph = graph_of(["in", "late", "ring", "out"], [(0, 1), (1, 2), (0, 2, "key"), (2, 3)])
    raw = {"ring": {"gain": torch.full((1, 1), 0.5)}}
    (output, _, _), _ = rendered(graph, compensate=True, raw=raw)
    torch.testing.assert_close(output, SIGNAL + 0.5 * SIGNAL.square())


def test_several_outputs_are_aligned_with_each_other():
    graph = graph_of(["in", "late", "out", "out"], [(0, 1), (1, 2), (0, 3)])
    (output, _, _), plan = rendered(graph, compensate=True)
    assert plan.latency == 7
    torch.testing.assert_close(output, SIGNAL.expand(2, -1, -1))


def test_a_generator_sounds_as_long_as_the_rest():
    graph = graph_of(["in", "late", "constant", "out"], [(0, 1), (1, 3), (2, 3)])
    raw = {"constant": {"gain": torch.full((1, 1), 0.5, dtype=torch.float64)}}
    (output, _, _), _ = rendered(graph, compensate=True, raw=raw)
    torch.testing.assert_close(output[..., :-7], SIGNAL[..., :-7] + 0.5)
    assert output.shape == SIGNAL.shape


@pytest.mark.parametrize("method", ["one-by-one", "greedy", "beam"])
def test_wires_of_a_graph_without_latency_have_no_delay(method):
    graph = graph_of(["in", "ring", "ring", "out"], [(0, 1), (0, 2), (1, 3), (2, 3)])
    plan = prepare_render(graph, method, latencies=latencies_of(MODULES))
    assert not any(wire.delay for step in plan.steps for node in step.sources for inlet in node for wire in inlet)
    assert latencies_of(MODULES) == {"late": 7, "later": 12, "ring": 0, "constant": 0}
