"""Recordings that nobody should give: each command ends in a sentence, with a result or without."""

import json

import pytest

from grafx_lab.cli import main
from grafx_lab.patch import Patch
from tests.recordings_of_torture import RATE, TORTURES, deaf_patch, each_torture


@pytest.fixture
def ends_in_a_sentence(tmp_path, monkeypatch, capsys):
    """Runs a command; a defect of ours would come as an exception."""
    monkeypatch.chdir(tmp_path)

    def run(*words, status):
        assert main([str(word) for word in words]) == status
        said = capsys.readouterr()
        assert (said.err if status else said.out).strip().endswith(".")

    return run


@each_torture
def test_fit(torture, tmp_path, ends_in_a_sentence):
    files = torture.write(tmp_path)
    words = ["--chain", "compressor,stereo_gain", "--init", "auto", "--steps", "2"]
    ends_in_a_sentence("fit", *files, *words, status=0 if torture.comparable else 2)
    if torture.comparable:
        assert json.loads((tmp_path / "fitted" / "report.json").read_text())["best_loss"] is not None


@each_torture
def test_landscape(torture, tmp_path, ends_in_a_sentence):
    Patch.chain(["compressor", "stereo_gain"], sample_rate=RATE).save(tmp_path / "patch.json")
    files = torture.write(tmp_path)
    words = ["--axes", "compressor.log_threshold", "--resolution", "3", "--out", "curve.npz"]
    ends_in_a_sentence("landscape", "patch.json", *files, *words, status=0 if torture.comparable else 2)


def test_a_graph_whose_loss_is_constant(tmp_path, ends_in_a_sentence):
    deaf_patch().save(tmp_path / "patch.json")
    files = TORTURES["clipping target"].write(tmp_path)
    for init in ("patch", "neutral", "auto"):
        ends_in_a_sentence("fit", *files, "--patch", "patch.json", "--steps", "2", "--init", init, status=0)
    ends_in_a_sentence(
        "landscape", "patch.json", *files, "--axes", "stereo_gain.log_gain[0]", "--resolution", "3", status=0
    )
