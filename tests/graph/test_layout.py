from itertools import combinations, pairwise

import pytest

from grafx_lab.graph import (
    GRAFX,
    GraphError,
    NodeConfigs,
    NodeShape,
    feed_forward_matrix,
    layout_graph,
    layout_json,
    mixing_console,
    random_graph,
)
from grafx_lab.graph.crossings import count_crossings, untangle
from grafx_lab.graph.layers import Layered, Segment
from tests.graph.processors import PORTS

CONFIG = NodeConfigs(PORTS)
GRAPHS = [random_graph(size, seed, CONFIG) for seed in range(12) for size in (1, 8, 40)] + [
    random_graph(120, 3, CONFIG, serial=serial) for serial in (0.1, 0.9)
]


def overlap(a, b):
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def layered_from(wires, sizes):
    parts = Layered([[] for _ in sizes])
    columns = [[parts.add_vertex(column, 10.0) for _ in range(size)] for column, size in enumerate(sizes)]
    parts.segments = [[Segment(columns[i][a], columns[i + 1][b]) for a, b in pairs] for i, pairs in enumerate(wires)]
    return parts


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: f"{len(graph)} nodes")
def test_boxes_never_overlap_and_stay_inside(graph):
    layout = layout_graph(graph)
    assert layout.boxes.keys() == set(graph.nodes)
    assert not [pair for pair in combinations(layout.boxes.values(), 2) if overlap(*pair)]
    for box in layout.boxes.values():
        assert box.x >= 0
        assert box.x + box.width <= layout.width + 1e-6
        assert box.y >= -1e-6
        assert box.y + box.height <= layout.height + 1e-6


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: f"{len(graph)} nodes")
def test_every_wire_runs_forwards_and_through_no_box(graph):
    layout = layout_graph(graph)
    assert len(layout.routes) == graph.number_of_edges()
    for route in layout.routes:
        xs = [x for x, _ in route.points]
        assert all(before < after + 1e-6 for before, after in pairwise(xs))
        for (x0, y0), (x1, y1) in zip(route.points[::2], route.points[1::2], strict=True):
            assert y0 == y1
            others = (box for node, box in layout.boxes.items() if node not in (route.source, route.dest))
            assert not any(b.x < x1 and x0 < b.x + b.width and b.y < y0 < b.y + b.height for b in others)


def test_the_same_graph_is_laid_out_the_same():
    first, second = (layout_graph(random_graph(40, 1, CONFIG)) for _ in range(2))
    assert first == second


def test_a_chain_is_a_straight_line():
    graph = GRAFX(NodeConfigs(["eq"]))
    graph.add_serial_chain(["in", "eq", "eq", "mix", "out"])
    layout = layout_graph(graph)
    assert len({y for route in layout.routes for _, y in route.points}) == 1
    lefts = [layout.boxes[node].x for node in range(5)]
    assert lefts == sorted(lefts)


def test_the_tracks_of_a_console_do_not_cross():
    layout = layout_graph(mixing_console(8, ["eq", "gain"]))
    tracks = [[layout.boxes[3 * track + step] for step in range(3)] for track in range(8)]
    for track in tracks:
        assert max(box.y + box.height / 2 for box in track) - min(box.y + box.height / 2 for box in track) < 1.0
    tops = [track[0].y for track in tracks]
    assert tops in (sorted(tops), sorted(tops, reverse=True))


def test_a_wire_that_passes_columns_keeps_its_height_between_them():
    graph = GRAFX(NodeConfigs(["eq"]))
    first, last = graph.add_serial_chain(["in", *["eq"] * 6, "out"])
    graph.connect(first, last)
    (long,) = (route for route in layout_graph(graph).routes if (route.source, route.dest) == (first, last))
    assert len({round(y, 3) for _, y in long.points[2:-2]}) == 1


def test_outputs_stand_on_the_right_and_generators_beside_what_they_feed():
    graph = GRAFX(CONFIG)
    first, last = graph.add_serial_chain(["in", "scale", "scale", "ring", "out"])
    graph.connect(tone := graph.add("constant"), 3, inlet="key")
    graph.connect(1, early := graph.add("out"))
    boxes = layout_graph(graph).boxes
    middle = {node: box.x + box.width / 2 for node, box in boxes.items()}
    assert middle[early] == middle[last]
    assert middle[tone] == middle[2] > middle[first]


def test_columns_that_can_be_untangled_are():
    parts = layered_from([[(0, 1), (1, 0), (2, 2)], [(0, 2), (1, 1), (2, 0)]], [3, 3, 3])
    assert count_crossings(parts) == 4
    untangle(parts)
    assert count_crossings(parts) == 0


def test_a_complete_pair_of_columns_keeps_the_crossings_that_it_must_have():
    parts = layered_from([[(a, b) for a in range(3) for b in range(3)]], [3, 3])
    untangle(parts)
    assert count_crossings(parts) == 9


def test_shapes_decide_the_room():
    graph = GRAFX(NodeConfigs(["eq"]))
    graph.add_serial_chain(["in", "eq"])
    layout = layout_graph(
        graph,
        {0: NodeShape(10, 20, {}, {"main": 5}), 1: NodeShape(30, 8, {"main": 4}, {"main": 4})},
        layer_gap=50,
    )
    assert (layout.width, layout.height) == (90, 20)
    assert layout.routes[0].points[0] == (10, layout.boxes[0].y + 5)


def test_the_editor_gets_whole_pixels_by_name():
    graph = feed_forward_matrix(1, 1)
    graph.nodes[1]["name"] = None
    places = layout_json(graph)
    assert list(places) == ["in_1", "1", "out_1"]
    assert all(isinstance(number, int) for place in places.values() for number in place.values())
    assert [places[name]["x"] for name in places] == [0, 52 + 44, 52 + 44 + 148 + 44]


def test_an_empty_graph_takes_no_room():
    layout = layout_graph(GRAFX())
    assert (layout.width, layout.height, dict(layout.boxes), layout.routes) == (0, 0, {}, ())


def test_a_graph_with_a_cycle_is_refused():
    graph = GRAFX()
    graph.add_serial_chain(["eq", "eq"])
    graph.connect(1, 0)
    with pytest.raises(GraphError, match="has a cycle"):
        layout_graph(graph)
