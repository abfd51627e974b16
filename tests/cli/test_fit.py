import json
import os
import signal
import subprocess
import sys

import pytest

from grafx_lab.audio import Audio, read_audio, write_audio
from grafx_lab.cli import fit as command
from grafx_lab.cli import main
from grafx_lab.fitting import Objective
from grafx_lab.patch import Patch
from tests.cli.recordings import write_noise
from tests.waiting import PATIENCE, eventually


@pytest.fixture
def pair(tmp_path):
    """A source and the same 6 dB louder, as files."""
    return write_noise(tmp_path / "dry.wav"), write_noise(tmp_path / "wet.wav", gain=0.2)


def fit(pair, out, *words):
    return main(["fit", *map(str, pair), "--out", str(out), *words])


def test_a_fit_writes_a_patch_a_recording_and_a_report(pair, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    assert fit(pair, out, "--chain", "stereo_gain", "--steps", "12", "--learning-rate", "0.02") == 0
    assert sorted(path.name for path in out.iterdir()) == ["fitted.wav", "patch.json", "report.json"]
    report = json.loads((out / "report.json").read_text())
    assert (report["status"], report["loss"], report["steps"]) == ("done", "mr_stft", 12)
    assert len(report["history"]) == 13
    assert report["best_loss"] == min(report["history"]) == report["history"][report["best_step"]]
    assert report["best_loss"] < 0.8 * report["first_loss"]
    printed = capsys.readouterr()
    assert f"Loss {report['first_loss']:.4g} → {report['best_loss']:.4g}" in printed.out
    assert "12/12" in printed.err
    assert f"best {report['best_loss']:.4g}" in printed.err


def test_final_controls_stand_in_the_report_with_unit_number_and_text(pair, tmp_path):
    fit(pair, tmp_path / "out", "--chain", "stereo_gain", "--steps", "3")
    gain = json.loads((tmp_path / "out/report.json").read_text())["controls"]["stereo_gain"]["log_gain"]
    fitted = Patch.load(tmp_path / "out/patch.json").controls()["stereo_gain"]["log_gain"]
    assert gain["unit"] == "dB"
    assert gain["value"] == pytest.approx(fitted.tolist())
    assert gain["text"] == [f"{value:+.1f} dB" for value in fitted.tolist()]


@pytest.mark.parametrize("gain", [0.2, 3.0], ids=["below full scale", "above full scale"])
def test_rendering_the_saved_patch_gives_the_fitted_file_bit_for_bit(tmp_path, gain, capsys):
    source = write_noise(tmp_path / "dry.wav", gain=0.9, seconds=0.6)
    target = tmp_path / "wet.wav"
    write_audio(target, Audio(gain * read_audio(source).data[:, :20000], 44100))  # the shorter one
    start = tmp_path / "start.json"
    Patch.chain(["stereo_gain"]).with_controls({"stereo_gain.log_gain": 6.0 if gain > 1 else 0.0}).save(start)
    assert fit((source, target), tmp_path / "out", "--patch", str(start), "--steps", "2") == 0
    assert main(["render", str(tmp_path / "out/patch.json"), str(source), "--out", str(tmp_path / "again.wav")]) == 0
    assert (tmp_path / "again.wav").read_bytes() == (tmp_path / "out/fitted.wav").read_bytes()
    assert read_audio(tmp_path / "again.wav").samples == read_audio(source).samples  # the whole source
    said = "32-bit float because its peak would clip" if gain > 1 else "24-bit PCM"
    assert capsys.readouterr().out.count(said) == 2


def test_a_fit_starts_from_the_drawn_patch(pair, tmp_path):
    drawn = Patch.chain(["stereo_gain"]).with_controls({"stereo_gain.log_gain": 6.0})
    drawn.save(tmp_path / "drawn.json")
    fit(pair, tmp_path / "out", "--patch", str(tmp_path / "drawn.json"), "--steps", "1")
    history = json.loads((tmp_path / "out/report.json").read_text())["history"]
    assert history[0] < 0.05


def test_without_a_chain_it_is_found(pair, tmp_path, capsys):
    words = ("--steps", "2", "--interpretable", "--prune", "0.01", "--starts", "2")
    assert fit(pair, tmp_path / "out", *words) == 0
    assert list(Patch.load(tmp_path / "out/patch.json").raw) == ["gain"]
    report = json.loads((tmp_path / "out/report.json").read_text())
    assert report["best_loss"] < 0.01
    assert set(report["contributions"]) == {"gain"}
    assert report["identifiability"]["strength"].keys() == {"gain.log_gain[0]", "gain.log_gain[1]"}
    assert "'gain' contributes: without it the loss is" in capsys.readouterr().out


def test_a_time_budget_ends_a_fit(pair, tmp_path):
    assert fit(pair, tmp_path / "out", "--chain", "stereo_gain", "--seconds", "0.2") == 0
    assert json.loads((tmp_path / "out/report.json").read_text())["status"] == "time"


def test_a_chain_may_be_an_expression(pair, tmp_path):
    words = ("--chain", "(stereo_gain | dry) >> compressor(knee='hard', name='glue')", "--steps", "1")
    assert fit(pair, tmp_path / "out", *words) == 0
    assert Patch.load(tmp_path / "out/patch.json").names == ("in", "stereo_gain", "glue", "out")


def test_two_runs_give_the_same_patch(pair, tmp_path):
    words = ("--chain", "parametric_equalizer,stereo_gain", "--steps", "2")
    fit(pair, tmp_path / "one", *words)
    fit(pair, tmp_path / "two", *words)
    assert (tmp_path / "one/patch.json").read_bytes() == (tmp_path / "two/patch.json").read_bytes()


def test_a_pair_that_does_not_match_is_made_to_match_and_it_is_said(tmp_path, capsys):
    source = write_noise(tmp_path / "dry.wav", seconds=0.7, channels=2)
    target = write_noise(tmp_path / "wet.flac", seconds=0.5, sample_rate=48000)
    assert fit((source, target), tmp_path / "out", "--chain", "stereo_gain", "--steps", "1") == 0
    said = capsys.readouterr().err
    assert "The target was resampled from 48000 Hz to 44100 Hz." in said
    assert "The mono target was repeated on 2 channels." in said
    assert "The last 0.20 s of the source were left out: it is the longer one." in said


def test_silence_is_a_recording_too(tmp_path, capsys):
    silence = write_noise(tmp_path / "silence.wav", gain=0.0)
    assert fit((silence, silence), tmp_path / "out", "--chain", "stereo_gain", "--steps", "1") == 0
    printed = capsys.readouterr().out
    assert "Loss 0 → 0 (0 %)." in printed
    assert "Wrote fitted.wav as 24-bit PCM; it is silent." in printed
    assert json.loads((tmp_path / "out/report.json").read_text())["fitted"]["peak_dbfs"] is None


def test_ctrl_c_keeps_the_best_so_far_and_writes_everything(tmp_path):
    pair = [str(write_noise(tmp_path / f"{name}.wav", gain=gain)) for name, gain in (("dry", 0.1), ("wet", 0.2))]
    words = ["fit", *pair, "--chain", "stereo_gain", "--steps", "100000", "--out", str(tmp_path / "out")]
    script = f"import sys; from grafx_lab.cli import main; sys.exit(main({words!r}))"
    progress = tmp_path / "progress"
    with progress.open("w") as stream:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=stream, text=True)
        try:
            eventually(lambda: "3/100000" in progress.read_text(), "three steps have been made")
            os.kill(process.pid, signal.SIGINT)
            said, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Traceback" not in progress.read_text()
    assert said.startswith("Stopped; kept the best so far. Loss ")
    report = json.loads((tmp_path / "out/report.json").read_text())
    assert report["status"] == "stopped"
    assert 3 < len(report["history"]) < 100000
    Patch.load(tmp_path / "out/patch.json").render(read_audio(tmp_path / "dry.wav"))
    assert (tmp_path / "out/fitted.wav").exists()


@pytest.mark.parametrize("late", ["summarise", "render_to_file", "write_report"])
def test_ctrl_c_after_the_last_step_still_writes_everything(pair, tmp_path, monkeypatch, late):
    work = getattr(command, late)

    def interrupted(*words):
        signal.raise_signal(signal.SIGINT)
        return work(*words)

    monkeypatch.setattr(command, late, interrupted)
    assert fit(pair, tmp_path / "out", "--chain", "stereo_gain", "--steps", "2") == 0
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"patch.json", "fitted.wav", "report.json"}


@pytest.mark.parametrize("init", ["patch", "auto"])
def test_ctrl_c_twice_before_the_first_loss_leaves_nothing(pair, tmp_path, capsys, monkeypatch, init):
    def interrupted(*_):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Objective, "per_item", interrupted)
    monkeypatch.setattr(Objective, "compare", interrupted)
    assert fit(pair, tmp_path / "out", "--chain", "stereo_gain", "--steps", "2", "--init", init) == 130
    assert capsys.readouterr().err.endswith("Stopped.\n")
    assert not (tmp_path / "out").exists()
