import signal

import numpy as np
import pytest
from PIL import Image

from grafx_lab.audio import read_audio, write_audio
from grafx_lab.cli import landscape as command
from grafx_lab.cli import main
from grafx_lab.landscapes import basins, sweep
from grafx_lab.patch import Patch
from tests.cli.recordings import write_noise

LEFT, RIGHT = "stereo_gain.log_gain[0]", "stereo_gain.log_gain[1]"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A stereo gain, a source, and a target that is 6 dB and 3 dB louder."""
    monkeypatch.chdir(tmp_path)
    write_noise(tmp_path / "dry.wav", seconds=0.2, channels=2, gain=0.2)
    patch = Patch.chain(["stereo_gain"])
    patch.save("patch.json")
    write_audio("wet.wav", patch.with_controls({LEFT: 6.0, RIGHT: 3.0}).render(read_audio("dry.wav")))
    return tmp_path


def measure(*words):
    return main(["landscape", "patch.json", "dry.wav", "wet.wav", *words])


def test_a_picture_and_the_lowest_place_in_words(folder, capsys):
    assert measure("--axes", f"{LEFT},{RIGHT}", "--resolution", "9") == 0
    said = capsys.readouterr()
    assert said.out.startswith("9 × 9 points: the lowest Multi-resolution STFT is ")
    assert f"at {LEFT} +6.0 dB, {RIGHT} +3.0 dB." in said.out
    assert "100 % of starts lead to the only minimum." in said.out
    assert "81/81" in said.err
    with Image.open("landscape.png") as picture:
        assert picture.width > 800


def test_a_loss_that_stays_the_same_has_no_lowest_place(folder, capsys):
    Patch.load("patch.json").replace(bypassed={"stereo_gain"}).save("patch.json")
    assert measure("--axes", LEFT, "--resolution", "5") == 0
    said = capsys.readouterr().out
    assert said.startswith("5 points: Multi-resolution STFT stays at 0.")
    assert "nothing here moves it." in said
    assert "edge" not in said


def test_numbers_for_other_programs(folder):
    assert measure("--axes", LEFT, "--resolution", "7", "--out", "curve.npz") == 0
    with np.load("curve.npz") as numbers:
        assert numbers["losses"].shape == numbers["values_0"].shape == (7,)
        assert numbers["paths"].tolist() == [LEFT]
        assert numbers["point"].tolist() == [0.0]


def test_a_page_that_plays(folder):
    assert measure("--axes", LEFT, "--resolution", "21", "--out", "page.html") == 0
    assert (folder / "page.html").read_text().count("data:image/webp") == 2


def test_ctrl_c_keeps_the_finest_grid_so_far(folder, capsys, monkeypatch):
    def interrupted(*arguments):
        for grid in sweep(*arguments):
            signal.raise_signal(signal.SIGINT)
            yield grid

    monkeypatch.setattr(command, "sweep", interrupted)
    assert measure("--axes", LEFT, "--resolution", "41") == 130
    assert "Stopped; kept the finest grid so far. 11 points" in capsys.readouterr().out
    assert (folder / "landscape.png").exists()


def test_ctrl_c_after_the_last_point_still_draws(folder, monkeypatch):
    def interrupted(*words):
        signal.raise_signal(signal.SIGINT)
        return basins(*words)

    monkeypatch.setattr(command, "basins", interrupted)
    assert measure("--axes", LEFT, "--resolution", "5") == 0
    assert (folder / "landscape.png").exists()


def test_a_picture_that_breaks_off_leaves_the_previous_one(folder, monkeypatch):
    def broken(path, *_):
        path.write_text("half")
        raise OSError(28, "No space left on device", str(path))

    (folder / "landscape.png").write_text("previous")
    monkeypatch.setitem(command._WRITERS, ".png", broken)
    assert measure("--axes", LEFT, "--resolution", "5") == 2
    assert (folder / "landscape.png").read_text() == "previous"
    assert not list(folder.glob(".landscape*"))


def test_a_grid_that_finds_no_memory_is_not_begun(folder, capsys):
    with pytest.raises(SystemExit, match="2"):
        measure("--axes", f"{LEFT},{RIGHT}", "--resolution", "1000000000")
    assert "write a whole number from 2 to 10000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--axes", "stereo_gain.log_gian"), "Did you mean 'log_gain'"),
        (("--axes", "stereo_gain.log_gain"), "name an entry, such as 'stereo_gain.log_gain[0]'"),
        (("--axes", f"{LEFT},{LEFT}"), "choose two different controls"),
        (("--axes", f"{LEFT},{RIGHT},{LEFT}"), "one or two axes, not 3"),
        (("--axes", LEFT, "--loss", "mr_sftf"), "There is no loss 'mr_sftf'"),
        (("--axes", LEFT, "--out", "landscape.jpg"), "expected one of .png, .npz, .html"),
        (("--axes", LEFT, "--out", "gone/landscape.png"), "The folder 'gone' for 'landscape.png' does not exist"),
    ],
)
def test_a_landscape_that_cannot_be_measured_says_why(folder, capsys, words, sentence):
    assert measure(*words) == 2
    assert sentence in capsys.readouterr().err.strip().splitlines()[-1]
    assert not (folder / "landscape.png").exists()


def test_commas_of_an_index_do_not_part_axes():
    assert command.BETWEEN_AXES.split("eq.w0[0,2],eq.log_gain[0,3]") == ["eq.w0[0,2]", "eq.log_gain[0,3]"]
