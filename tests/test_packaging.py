"""What a wheel carries. That it also runs outside the checkout is tried before a release."""

import importlib.metadata
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from grafx_lab import resources

ROOT = Path(__file__).parent.parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    assert built.name == f"grafx_lab-{VERSION}-py3-none-any.whl"
    zipfile.ZipFile(built).extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_every_module(wheel):
    def modules(folder: Path) -> set[str]:
        files = folder.glob("grafx_lab/**/*.py")
        return {path.relative_to(folder).as_posix() for path in files if not {"node_modules", "_data"} & {*path.parts}}

    assert modules(wheel) == modules(ROOT)


def test_the_wheel_finds_its_clips_with_attribution(wheel):
    clips = resources.clips(wheel / "grafx_lab")
    assert [clip.name for clip in clips] == [clip.name for clip in resources.clips()]
    assert all(wheel in clip.path.parents for clip in clips)
    assert "CC0" in resources.attribution(wheel / "grafx_lab")
    assert not resources.in_checkout(wheel / "grafx_lab")


def test_the_wheel_finds_its_notebooks(wheel):
    carried = resources.notebooks_folder(wheel / "grafx_lab").glob("*.ipynb")
    assert {path.name for path in carried} == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_the_wheel_finds_its_benchmarks(wheel):
    carried = resources.benchmarks_folder(wheel / "grafx_lab").glob("*.py")
    assert {path.name for path in carried} == {path.name for path in (ROOT / "benchmarks").glob("*.py")}


def test_the_wheel_carries_the_bundles_and_nothing_else_of_the_front_end(wheel):
    def below(folder: Path) -> set[str]:
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    frontend = wheel / "grafx_lab" / "frontend"
    bundles = {name for name in below(frontend) if not name.endswith(".py")}
    assert bundles == {f"dist/{name}" for name in below(ROOT / "grafx_lab" / "frontend" / "dist")}


def test_the_wheel_holds_nothing_from_beside_the_package(wheel):
    assert {path.name for path in wheel.iterdir()} == {"grafx_lab", f"grafx_lab-{VERSION}.dist-info"}


def test_the_wheel_carries_the_licences_of_what_it_carries(wheel):
    licences = wheel / f"grafx_lab-{VERSION}.dist-info" / "licenses"
    assert {path.name for path in licences.rglob("*") if path.is_file()} == {"LICENSE", "ATTRIBUTION.md", "OFL.txt"}


def test_the_version_is_the_installed_one():
    assert importlib.metadata.version("grafx-lab") == VERSION


def test_constraints_pin_exact_versions_of_other_peoples_packages():
    lines = (ROOT / "constraints.txt").read_text().splitlines()[1:]
    assert "torch==2.13.0" in lines
    assert all(line.count("==") == 1 and "@" not in line and "+" not in line for line in lines)
    assert not any(line.startswith("grafx-lab") for line in lines)
