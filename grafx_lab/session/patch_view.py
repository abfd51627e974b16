"""The slices ``catalog``, ``patch`` and ``live`` of ``frontend/PROTOCOL.md``, made from values."""

from collections.abc import Mapping
from typing import Any

import soundfile

from grafx_lab import losses, resources
from grafx_lab.graph import UTILITY_TYPES, GraphError
from grafx_lab.patch import Patch
from grafx_lab.patch.document import contents
from grafx_lab.patch.node_types import base_name, palette
from grafx_lab.processors.base import FAMILIES
from grafx_lab.processors.registration import registry
from grafx_lab.session.controls_view import control_states, readouts
from grafx_lab.session.downhill import Downhill
from grafx_lab.session.examples import EXAMPLES
from grafx_lab.session.fit_settings import STARTS
from grafx_lab.session.gallery import Gallery


def catalog() -> dict[str, Any]:
    """What there is to choose from."""
    processors = [
        {
            "type": name,
            "label": cls.label or name.replace("_", " ").capitalize(),
            "family": cls.family,
            "doc": (cls.__doc__ or "").strip().split("\n")[0],
            "inlets": list(cls.inlets),
            "outlets": list(cls.outlets),
        }
        for name, cls in ((name, registry[name]) for name in palette())
    ]
    mix = {
        "type": "mix", "label": "Mix", "family": "routing", "doc": "Sums what arrives.",
        "inlets": ["main"], "outlets": ["main"],
    }  # fmt: skip
    return {
        "families": [{"id": family, "label": label} for family, label in FAMILIES.items()],
        "processors": [*processors, mix],
        "losses": loss_choices(),
        "starts": start_choices(),
        "clips": [
            {"id": clip.name, "label": clip.title, "seconds": soundfile.info(clip.path).duration}
            for clip in resources.clips()
        ],
        "examples": [{"id": example.name, "label": example.label, "doc": example.doc} for example in EXAMPLES],
    }


def loss_choices() -> list[dict[str, str]]:
    """The losses to choose from; the first is the one that fits descend unless told otherwise."""
    menu = sorted(losses.loss_menu(), key=lambda loss: loss.name != "mr_stft")
    return [{"name": loss.name, "label": loss.label, "doc": f"Blind to {loss.blind_to}."} for loss in menu]


def start_choices() -> list[dict[str, str]]:
    """Where a fit may begin."""
    return [{"name": name, "label": label, "doc": doc} for name, (label, doc) in STARTS.items()]


def patch_slice(patch: Patch, gallery: Gallery, truth: Patch | None, revision: int) -> dict[str, Any]:
    """The patch as the editor and the inspector show it.

    Args:
        patch: what is shown.
        gallery: keeps what nodes look like.
        truth: the patch that made the target, where it is known.
        revision: counts the patches that a session has shown.
    """
    errors = problems(patch)
    calls = [] if errors else [[patch.graph.display(node) for node in step.node_ids] for step in patch.plan.steps]
    return {
        "revision": revision,
        "title": patch.title,
        "document": contents(patch),
        "nodes": [_node(patch, name, gallery, truth) for name in patch.names],
        "edges": [
            {"source": patch.graph.display(source), "target": patch.graph.display(target), **edge}
            for source, target, edge in patch.graph.edges(data=True)
        ],
        "errors": errors,
        "render_steps": len(calls),
        "render_order": calls,
    }


def problems(patch: Patch) -> list[dict[str, Any]]:
    """What keeps a patch from being rendered, in sentences."""
    try:
        patch.validate()
    except GraphError as error:
        return [{"message": error.message, "nodes": list(error.nodes)}]
    return []


def _node(patch: Patch, name: str, gallery: Gallery, truth: Patch | None) -> dict[str, Any]:
    node_type = patch.node_type(name)
    processor = patch.processor(name)
    ports = patch.graph.ports(patch.ids[name])
    position = patch.positions.get(name)
    return {
        "name": name,
        "type": base_name(processor) if processor else node_type,
        "label": (processor.label if processor else "") or node_type,
        "family": processor.family if processor else "routing",
        "utility": node_type if node_type in UTILITY_TYPES else None,
        "inlets": list(ports["inlets"]),
        "outlets": list(ports["outlets"]),
        "position": {"x": position[0], "y": position[1]} if position else None,
        "bypassed": name in patch.bypassed,
        "frozen": name in patch.frozen,
        **gallery.face(patch, name, truth),
    }


def live_slice(
    patch: Patch,
    revision: int,
    gallery: Gallery | None = None,
    downhill: Downhill | None = None,
    truth: Patch | None = None,
    wet: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """What moves while a patch is fitted.

    Args:
        patch: the step's patch.
        revision: of the ``patch`` slice that these values override.
        gallery: where portraits come from; without it the pictures stand still.
        downhill: where descent pushes from here.
        truth: the patch that made the target, where it is known.
        wet: how much of each processor is heard, 0 to 1, while pruning draws them to dry.
    """
    live: dict[str, Any] = {"revision": revision, "bypassed": sorted(patch.bypassed), "wet": dict(wet or {})}
    live |= {"controls": {}, "readouts": {}, "screens": {}, "plots": {}}
    for node in patch.raw:
        live["readouts"][node] = readouts(patch, node)
        live["controls"] |= control_states(patch, node)
        if gallery:
            live["screens"][node], live["plots"][node] = gallery.pictures(patch, node, truth)
    return live | (downhill.arrows() if downhill else {"gradients": None, "shares": None})
