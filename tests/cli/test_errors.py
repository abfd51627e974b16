"""What a person gets wrong ends in one sentence on stderr and exit status 2."""

import json
import math

import pytest
import soundfile
import torch

from grafx_lab.cli import fit, landscape, main, outputs
from grafx_lab.patch import Patch
from tests.cli.recordings import write_noise


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Recordings and patches, sound and unsound."""
    monkeypatch.chdir(tmp_path)
    write_noise(tmp_path / "good.wav")
    write_noise(tmp_path / "stereo.wav", channels=2)
    write_noise(tmp_path / "surround.wav", channels=6)
    (tmp_path / "words.wav").write_text("these are words")
    (tmp_path / "empty.wav").touch()
    soundfile.write("nan.wav", torch.tensor([0.0, math.nan]).numpy(), 44100, subtype="FLOAT")
    patch = Patch.chain(["tanh_distortion", "stereo_gain"])
    patch.save("patch.json")
    document = json.loads(patch.to_json())
    loop = {"source": "stereo_gain", "target": "tanh_distortion"}
    variants = {
        "cycle.json": document | {"edges": [*document["edges"], loop]},
        "unwired.json": document | {"edges": document["edges"][1:]},
        "newer.json": document | {"schema_version": 99},
        "shape.json": json.loads(json.dumps(document).replace("log_gain", "log_gian")),
        "class.json": json.loads(json.dumps(document).replace('"stereo_gain"', '"stereo_gian"')),
        "loud.json": json.loads(Patch.chain(["stereo_gain"]).to_json().replace("0.0", "200.0")),
        "other.json": {"hello": "world"},
    }
    for name, variant in variants.items():
        (tmp_path / name).write_text(json.dumps(variant))
    (tmp_path / "broken.json").write_text('{"nodes": [')
    return tmp_path


CHAIN = ("--chain", "stereo_gain")

FITS = {
    "missing": (("gone.wav", "good.wav", *CHAIN), "There is no file 'gone.wav'"),
    "target missing": (("good.wav", "gone.wav", *CHAIN), "There is no file 'gone.wav'"),
    "not audio": (("words.wav", "good.wav", *CHAIN), "'words.wav' is not audio that can be read"),
    "empty": (("good.wav", "empty.wav", *CHAIN), "'empty.wav' is empty"),
    "nan": (("nan.wav", "good.wav", *CHAIN), "holds 1 sample that is NaN or infinite"),
    "channels": (("stereo.wav", "surround.wav", *CHAIN), "has 2 channels and the target 'surround' has 6"),
    "unknown processor": (
        ("good.wav", "good.wav", "--chain", "parametric_equaliser"),
        "There is no processor 'parametric_equaliser'. Did you mean 'parametric_equalizer'",
    ),
    "empty chain": (("good.wav", "good.wav", "--chain", " , "), "--chain names no processor"),
    "unknown loss": (("good.wav", "good.wav", *CHAIN, "--loss", "mr_sftf"), "There is no loss 'mr_sftf'. Did you mean"),
    "overflow": (
        ("good.wav", "good.wav", "--patch", "loud.json", "--out", "new/folder"),
        "The signal of 'stereo_gain' is not finite",
    ),
    "seed": (("good.wav", "good.wav", *CHAIN, "--seed", str(2**64)), "seed is 18446744073709551616, expected a whole"),
    "out is a file": (("good.wav", "good.wav", *CHAIN, "--out", "good.wav"), "is a file, expected a folder"),
}

PATCHES = {
    "missing": ("gone.json", "'gone.json' cannot be read"),
    "not json": ("broken.json", "is not JSON"),
    "not text": ("good.wav", "cannot be read"),
    "not a patch": ("other.json", "not a patch"),
    "newer": ("newer.json", "schema_version 99"),
    "cycle": ("cycle.json", "has a cycle: "),
    "unwired": ("unwired.json", "'tanh_distortion'"),
    "parameter": ("shape.json", "'stereo_gain': StereoGain: raw parameter 'log_gain' is missing"),
    "class": ("class.json", "There is no processor 'stereo_gian'. Did you mean 'stereo_gain'"),
}


def check_sentence(words, sentence, capsys):
    assert main([*words]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"grafx-lab {words[0]}: ")
    assert sentence in said
    assert said[-1] in ".?"


@pytest.mark.parametrize(("words", "sentence"), FITS.values(), ids=FITS)
def test_a_fit_that_cannot_begin_says_why(folder, capsys, words, sentence):
    before = sorted(folder.iterdir())
    check_sentence(("fit", *words), sentence, capsys)
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("command", ["fit", "render"])
@pytest.mark.parametrize(("patch", "sentence"), PATCHES.values(), ids=PATCHES)
def test_a_patch_file_that_is_no_patch_says_why(folder, capsys, command, patch, sentence):
    words = ("fit", "good.wav", "good.wav", "--patch", patch) if command == "fit" else ("render", patch, "good.wav")
    check_sentence(words, sentence, capsys)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("patch.json", "gone.wav"), "There is no file 'gone.wav'"),
        (("patch.json", "surround.wav"), "6 channels"),
        (("patch.json", "good.wav", "--out", "good.mp3"), "expected '.wav' or '.flac'"),
        (("patch.json", "good.wav", "--out", "."), "'.' is a folder, expected a '.wav' or '.flac' file. Add its name."),
        (("patch.json", "good.wav", "--out", "gone/good.wav"), "The folder 'gone' for 'good.wav' does not exist"),
    ],
)
def test_a_render_that_cannot_be_done_says_why(folder, capsys, words, sentence):
    check_sentence(("render", *words), sentence, capsys)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("good.wav", "good.wav", *CHAIN, "--seconds", "0"), "'0' is not a number above zero"),
        (("good.wav", "good.wav", *CHAIN, "--init", "magic"), "invalid choice: 'magic'"),
        (("good.wav", "good.wav", *CHAIN, "--steps", "0"), "'0' is not a count"),
        (("good.wav", "good.wav", *CHAIN, "--steps", "many"), "'many' is not a count"),
        (("good.wav", "good.wav", *CHAIN, "--starts", "0"), "'0' is not a count"),
        (("good.wav", "good.wav", *CHAIN, "--learning-rate", "nan"), "'nan' is not a share of a slider"),
    ],
)
def test_words_that_cannot_be_parsed_are_answered_by_argparse(folder, capsys, words, sentence):
    with pytest.raises(SystemExit, match="2"):
        main(["fit", *words])
    assert sentence in capsys.readouterr().err


def full_disk(**_):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("taken", ["patch.json", "fitted.wav", "report.json"])
def test_a_fit_that_could_not_be_written_does_not_begin(folder, capsys, monkeypatch, taken):
    (folder / "out" / taken).mkdir(parents=True)
    monkeypatch.setattr(fit, "_fit", lambda *_: pytest.fail("the fit has begun"))
    words = ("fit", "good.wav", "good.wav", *CHAIN)
    check_sentence((*words, "--out", "out"), f"{taken}' is a folder, expected a file or nothing", capsys)
    monkeypatch.setattr(outputs.tempfile, "TemporaryFile", full_disk)
    check_sentence((*words, "--out", "new"), "'new' takes no files: No space left on device.", capsys)
    assert not (folder / "new").exists()


def test_a_landscape_that_could_not_be_written_is_not_measured(folder, capsys, monkeypatch):
    (folder / "taken.png").mkdir()
    monkeypatch.setattr(landscape, "_measure", lambda *_: pytest.fail("it is being measured"))
    words = ("landscape", "patch.json", "good.wav", "good.wav", "--axes", "stereo_gain.log_gain[0]")
    check_sentence((*words, "--out", "taken.png"), "'taken.png' is a folder, expected a file or nothing", capsys)
    monkeypatch.setattr(outputs.tempfile, "TemporaryFile", full_disk)
    check_sentence(words, "'.' takes no files: No space left on device.", capsys)
