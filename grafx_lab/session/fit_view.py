"""A fit in words and curves, computed from its numbers."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from grafx_lab.fitting import History
from grafx_lab.patch import Patch
from grafx_lab.session.controls_view import control_label, control_paths, control_state, in_sentence

HARDLY_MOVED = 0.01
_CURVES = 4


def loss_text(loss: float) -> str:
    """A loss for people: three significant digits, zeros included."""
    if loss == 0 or abs(loss) >= 1000:
        return f"{loss:.0f}"
    return f"{loss:#.3g}".rstrip(".")


def fall(history: History) -> str:
    """How far the loss of a fit fell, and how far an automatic start alone brought it."""
    first, best = loss_text(history.first_loss), loss_text(history.losses[history.best])
    if first == best:
        return f"the loss stayed at `{best}`"
    start = f"; the automatic start alone came to `{loss_text(history.losses[0])}`" if history.searched else ""
    return f"the loss fell from `{first}` to `{best}`{start}"


def duration(seconds: float) -> str:
    """A span of time for people: ``"8.2 s"``, ``"41 s"``, ``"3 min 05 s"``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def curves(patch: Patch, positions: Mapping[str, np.ndarray], wanted: Collection[str] = ()) -> list[dict[str, Any]]:
    """At most four controls: path, label, family and a position for each step.

    Args:
        patch: what is fitted.
        positions: of every control, one a step.
        wanted: controls that come before others, wherever they went; then those that have moved farthest.
    """
    moved = {text: float(np.ptp(values)) for text, values in positions.items() if len(values)}
    chosen = sorted(moved, key=lambda text: (text not in wanted, -moved[text]))[:_CURVES]
    labels = [control_label(patch, text) for text in positions]
    return [
        {
            "path": text,
            "label": _unique(control_label(patch, text), text.split(".")[0], labels),
            "family": _family(patch, text.split(".")[0]),
            "positions": positions[text],
        }
        for text in chosen
        if text in wanted or moved[text] >= HARDLY_MOVED
    ]


def with_targets(view: dict[str, Any], truth: Patch | None) -> dict[str, Any]:
    """The slice ``fit``, its curves with the positions that the target's controls have, where those are known."""
    if truth is None:
        return view
    curves = [curve | {"target_position": _position(truth, curve["path"])} for curve in view["curves"]]
    return view | {"curves": curves}


def _position(truth: Patch, path: str) -> float | None:
    if path.split(".")[0] not in truth.raw:
        return None
    parsed, spec = truth.spec(path)
    return spec.to_position(spec.full(truth.control(path)))[parsed.index].mean().item()


def _unique(label: str, node: str, labels: list[str]) -> str:
    """The node's name is only in the way where the label says enough."""
    return label if labels.count(label) == 1 else f"{node} {in_sentence(label)}"


def changed_sentences(start: Patch, found: Patch) -> list[dict[str, Any]]:
    """For each node what has changed most, those first that have moved farthest along their sliders."""
    ranked = sorted((_change(start, found, node) for node in start.raw), key=lambda change: -change[0])
    return [{"node": node, "family": _family(start, node), "text": text} for _, node, text in ranked]


def _change(start: Patch, found: Patch, node: str) -> tuple[float, str, str]:
    if node not in found.raw:
        return 1.0, node, f"**{node}** was taken out."
    best = (0.0, "", "", "")
    for text, path, _ in control_paths(start, node):
        before, after = control_state(start, path), control_state(found, path)
        distance = after["position"] - before["position"]
        if abs(distance) > abs(best[0]):
            best = (distance, control_label(start, text), before["text"], after["text"])
    distance, label, before_text, after_text = best
    if abs(distance) < HARDLY_MOVED:
        return abs(distance), node, f"**{node}** has hardly moved."
    verb = "rose" if distance > 0 else "fell"
    return abs(distance), node, f"**{node}** {in_sentence(label)} {verb} from `{before_text}` to `{after_text}`."


def _family(patch: Patch, node: str) -> str:
    processor = patch.processor(node)
    return processor.family if processor else "routing"
