"""What the README shows works, and what it lists is what there is."""

import re
from pathlib import Path

import pytest
import torch

import grafx_lab as gl
from grafx_lab import transforms
from grafx_lab.cli.processors import markdown_table
from grafx_lab.processors import registry

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def python_block(heading: str) -> str:
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]


def test_the_ten_lines_fit_a_pair_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    noise = 0.1 * torch.randn(2, 4000, generator=torch.Generator().manual_seed(0))
    gl.write_audio("dry.flac", gl.Audio(noise, 16000))
    gl.write_audio("wet.wav", gl.Audio(0.5 * noise, 16000))
    names: dict = {}
    exec(python_block("Ten lines of Python").replace("steps=300", "steps=3"), names)
    assert len(names["result"].history) == 4
    assert gl.read_audio("fitted.wav").samples == 4000
    assert gl.Patch.load("fitted.json").names == names["patch"].names


def test_the_processor_of_the_readme_can_be_fitted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(registry, "tremble", raising=False)
    names = {"gl": gl, "torch": torch, "logistic": transforms.logistic, "exponential": transforms.exponential}
    exec(python_block("Your own processor"), names)
    try:
        patch = gl.Patch.chain(["tremble"], sample_rate=8000)
        source = gl.Audio(torch.ones(1, 4000), 8000)
        target = patch.with_controls({"tremble.depth": 60.0}).render(source)
        result = gl.fit(patch, source, target, loss="waveform_l1", steps=80)
        assert result.loss < 0.1 * result.history.losses[0]
    finally:
        del registry["tremble"]


def test_the_console_of_the_readme_is_rendered_and_drawn():
    names = {"gl": gl, "tracks": torch.randn(8, 2, 4000, generator=torch.Generator().manual_seed(0))}
    exec(python_block("Graphs"), names)
    assert names["mix"].shape == (1, 2, 4000)
    names["mix"].square().mean().backward()
    assert all(tensor.grad is not None for tensor in names["parameters"].parameters())


def test_the_table_of_processors_is_the_generated_one():
    shown = re.search(r"<!-- processors: .*? -->\n(.*?)<!-- /processors -->", README, re.DOTALL)[1]
    assert shown.strip() == markdown_table(), "run `grafx-lab processors --markdown` and put its table into the README"


def test_the_pictures_of_the_readme_exist():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert [path for path in pictures if not (ROOT / path).is_file()] == []
