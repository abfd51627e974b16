from functools import cache
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import same_color

import grafx_lab as gl
from grafx_lab.graph import (
    GRAFX,
    GraphError,
    NodeConfigs,
    mixing_console,
    multiband_split,
    random_graph,
    reorder_for_fast_render,
)
from grafx_lab.plots import DARK, LIGHT, draw_grafx
from grafx_lab.plots.node_cards import blended
from tests.graph.processors import PORTS

CONFIG = NodeConfigs(PORTS)
CONSOLE = mixing_console(
    8, ["parametric_equalizer", "compressor"], sends={"room": ["stft_masked_noise_reverb"]}, master=["limiter"]
)
LONG = GRAFX()
LONG.add_serial_chain(
    ["in", {"node_type": "eq", "name": "a very long name " * 20}, {"node_type": "eq", "name": "→ ü $x$"}]
)


def large_graph():
    graph = random_graph(120, 4, CONFIG, serial=0.8)
    nx.set_node_attributes(graph, reorder_for_fast_render(graph)[1], "rendering_order")
    return graph


PICTURES = {
    "console": lambda: draw_grafx(CONSOLE),
    "dark": lambda: draw_grafx(CONSOLE, palette=DARK),
    "vertical": lambda: draw_grafx(CONSOLE, vertical=True),
    "large": lambda: draw_grafx(large_graph()),
    "ports": lambda: draw_grafx(multiband_split({"low": ["compressor"], "mid": [], "high": []}), vertical=True),
    "long names": lambda: draw_grafx(LONG),
    "small axes": lambda: draw_grafx(CONSOLE, ax=plt.figure(figsize=(6, 4)).subplots()),
}


@cache
def drawn(picture):
    figure, ax = PICTURES[picture]()
    figure.draw_without_rendering()
    return figure, ax


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def marked(ax, gid):
    return [artist for artist in ax.get_children() if artist.get_gid() == gid]


def texts(ax):
    return [label.get_text() for label in marked(ax, "label")]


@pytest.mark.parametrize("picture", PICTURES)
def test_cards_never_overlap_and_labels_stay_inside_one(picture):
    _, ax = drawn(picture)
    cards = [card.get_window_extent() for card in marked(ax, "card")]
    assert not [pair for pair in combinations(cards, 2) if pair[0].overlaps(pair[1])]
    for label in marked(ax, "label"):
        box = label.get_window_extent()
        assert any(
            card.x0 <= box.x0 and box.x1 <= card.x1 and card.y0 - 1 <= box.y0 and box.y1 <= card.y1 + 1
            for card in cards
        ), label.get_text()


@pytest.mark.parametrize("picture", ["console", "ports", "long names"])
def test_labels_of_a_card_do_not_cover_each_other(picture):
    _, ax = drawn(picture)
    # Line boxes contain the room for accents and descenders, which may touch.
    boxes = [label.get_window_extent().shrunk(1.0, 0.7) for label in marked(ax, "label")]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("picture", ["console", "large", "vertical"])
def test_everything_lies_within_the_figure(picture):
    figure, ax = drawn(picture)
    for card in marked(ax, "card"):
        box = card.get_window_extent()
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1


def test_every_node_port_and_wire_is_drawn():
    graph = large_graph()
    _, ax = drawn("large")
    assert len(marked(ax, "card")) == len(graph)
    assert len(marked(ax, "wire")) == len(marked(ax, "arrow")) == graph.number_of_edges()
    ports = sum(len(graph.ports(node)[side]) for node in graph.nodes for side in ("inlets", "outlets"))
    assert len(marked(ax, "port")) == ports


@pytest.mark.parametrize("vertical", [False, True])
def test_wires_begin_at_an_outlet_and_their_arrows_end_at_an_inlet(vertical):
    _, ax = drawn("vertical" if vertical else "console")
    ports = np.array([port.center for port in marked(ax, "port")])
    along = 1 if vertical else 0
    for wire, arrow in zip(marked(ax, "wire"), marked(ax, "arrow"), strict=True):
        assert np.isclose(ports, wire.get_path().vertices[0]).all(1).any()
        tip = arrow.get_xy()[2].copy()
        tip[along] += 2.2
        assert np.isclose(ports, tip).all(1).any()


def test_name_type_id_and_order_of_rendering_are_written():
    _, ax = draw_grafx(reorder_for_fast_render(mixing_console(1, ["compressor"])))
    assert {"track_1_compressor", "compressor", "#1 · step 1", "in · #0 · step 0"} <= set(texts(ax))


def test_ports_are_named_where_there_are_several():
    _, ax = draw_grafx(multiband_split({"low": ["compressor"], "high": []}))
    assert texts(ax).count("low") == texts(ax).count("high") == texts(ax).count("main") == 1


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_types_have_the_colour_of_their_family_and_the_legend_says_so(palette):
    patch = gl.Patch.chain(["compressor", "stft_masked_noise_reverb"])
    figure, ax = draw_grafx(patch, palette=palette)
    faces = [card.get_facecolor() for card in marked(ax, "card")]
    expected = [
        palette.surface,
        *(blended(c, palette.surface, 0.11) for c in (palette.fam_dynamics, palette.fam_reverb)),
    ]
    assert all(same_color(face, color) for face, color in zip(faces, expected, strict=False))
    assert [text.get_text() for text in ax.texts if text.get_gid() is None] == ["Dynamics", "Reverb"]
    assert same_color(figure.get_facecolor(), palette.page)
    assert "stft_masked_noise_reverb" in texts(ax)


def test_types_that_nobody_has_registered_are_told_apart():
    _, ax = draw_grafx(mixing_console(1, ["tone", "room"]))
    faces = {card.get_facecolor() for card in marked(ax, "card")}
    assert len(faces) == 3
    assert not [text for text in ax.texts if text.get_gid() is None]


@pytest.mark.parametrize("colors", [{"tone": "#ff0000"}, ["#ff0000"]])
def test_colours_can_be_given_by_type_or_in_order(colors):
    _, ax = draw_grafx(mixing_console(1, ["tone"]), colors=colors)
    assert same_color(marked(ax, "card")[1].get_facecolor(), blended("#ff0000", LIGHT.surface, 0.11))


def test_labels_are_chosen():
    graph = mixing_console(1, ["compressor"])
    graph.nodes[1]["loudness"] = -20
    _, ax = draw_grafx(graph, labels=["node_type", "loudness"])
    assert texts(ax) == ["in", "compressor", "loudness -20", "mix", "out"]


def test_arguments_of_grafx_are_taken():
    graph = mixing_console(1, ["compressor"])
    _, ax = draw_grafx(
        graph, True, node_inside="node_id", node_above="node_type", node_size=(1.0, 1.0), node_linewidth=2.0,
        edge_linewidth=3.0, position_node_spacing=(1.6, 0.8), node_inside_fontsize=12, node_above_fontsize=9,
    )  # fmt: skip
    assert {"1", "compressor"} <= set(texts(ax))
    assert marked(ax, "card")[0].get_linewidth() == pytest.approx(2.0)
    assert marked(ax, "wire")[0].get_linewidth() == pytest.approx(3.0)
    assert max(label.get_fontsize() for label in marked(ax, "label")) == pytest.approx(12.0)
    small, _ = draw_grafx(graph, True, node_inside="node_id", node_above="node_type")
    assert ax.figure.get_size_inches()[1] > small.get_size_inches()[1]


def test_the_whole_house_has_it():
    assert gl.draw_grafx is draw_grafx


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"node_insid": "name"}, "has no option 'node_insid'. Did you mean 'node_inside'"),
        ({"backend": "svg"}, "has no option 'backend'. It takes edge_linewidth"),
        ({"labels": ["nme"]}, "no attribute 'nme' to show. Did you mean 'name'"),
    ],
)
def test_an_option_that_does_not_exist_is_named(options, message):
    with pytest.raises(GraphError, match=message):
        draw_grafx(CONSOLE, **options)


def test_an_empty_graph_is_a_small_empty_picture():
    figure, ax = draw_grafx(GRAFX())
    assert not marked(ax, "card")
    assert 1 < max(figure.get_size_inches()) < 2
