"""Imports go down the staircase of the house, never up."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "grafx_lab"

FLOORS = (
    {"parameters", "transforms", "paths", "dsp", "atomic_file", "errors", "memory", "resources", "threads", "frontend"},
    {"audio", "losses"},
    {"processors"},
    {"graph"},
    {"patch"},
    {"fitting", "landscapes", "analysis"},
    {"plots"},
    {"export"},
    {"session"},
    {"widgets", "app"},
    {"cli"},
)
HEIGHT = {part: height for height, parts in enumerate(FLOORS) for part in parts}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts)


def part_of(path: Path) -> str:
    """The part of the house that a module belongs to; the package's own ``__init__`` belongs to none."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Dotted names that a module imports anywhere, also inside functions; relative ones made absolute."""
    package = path.relative_to(ROOT).parent.parts
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def parts_imported_by(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("grafx_lab.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_from_its_own_floor_and_below(path):
    here = part_of(path)
    if here == "__init__":
        return
    assert here in HEIGHT, f"{here} has no floor: give it one in FLOORS and in the house's description"
    assert "grafx_lab" not in imports_of(path), "import from the floor that has it, not from the whole house"
    above = {part for part in parts_imported_by(path) if HEIGHT.get(part, len(FLOORS)) > HEIGHT[here]}
    assert not above, f"{here} may not import {sorted(above)}: they stand above it"


@pytest.mark.parametrize(("one", "other"), [("widgets", "app"), ("app", "widgets")])
def test_widgets_and_app_do_not_know_each_other(one, other):
    assert not [path for path in MODULES if part_of(path) == one and other in parts_imported_by(path)]


def test_gradio_is_imported_by_the_app_alone():
    importers = {part_of(path) for path in MODULES if any(n.split(".")[0] == "gradio" for n in imports_of(path))}
    assert importers <= {"app"}


def test_the_package_does_not_import_its_peers():
    peers = {"grafx", "auraloss", "pedalboard", "matchering"}
    assert not [path for path in MODULES if peers & {name.split(".")[0] for name in imports_of(path)}]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import grafx_lab.app", {"grafx_lab.app"}),
        ("def f():\n    from grafx_lab import app", {"grafx_lab.app"}),
        ("from ..app import launch", {"grafx_lab.app.launch"}),
        ("from . import base", {"grafx_lab.dsp.base"}),
    ],
)
def test_every_way_of_importing_is_seen(tmp_path, monkeypatch, text, names):
    module = tmp_path / "grafx_lab" / "dsp" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text(text)
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert imports_of(module) == names
