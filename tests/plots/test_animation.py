import base64
import io
import re
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

from grafx_lab.landscapes import Trajectory
from grafx_lab.plots import Animation, AnimationError, animate_fit, animate_sweep
from tests.plots.test_landscape import relief, wells
from tests.waiting import be_patient


@pytest.fixture(scope="module")
def walk():
    values = torch.stack([torch.linspace(-5, 0, 12), torch.linspace(200, 4000, 12)], dim=1).double()
    return animate_fit(
        relief(), Trajectory(values, torch.zeros(12).double()), [1 / (1 + i) for i in range(12)], frames=5
    )


def test_a_fit_walks_from_its_first_step_to_its_last(walk):
    assert len(walk.frames) == 5
    assert len({frame.tobytes() for frame in walk.frames}) == 5
    assert len({frame.size for frame in walk.frames}) == 1


def test_a_fit_over_one_axis_moves_along_its_losses():
    way = Trajectory(torch.linspace(-5, 3, 4)[:, None].double(), torch.zeros(4).double())
    assert len(animate_fit(wells(), way, [3.0, 2.0, 1.0, 0.0]).frames) == 4


def test_a_sweep_has_a_frame_for_each_grid():
    assert len(animate_sweep([relief(3), relief(5)]).frames) == 2


def test_a_gif_has_all_frames_and_repeats(walk, tmp_path):
    with Image.open(walk.save(tmp_path / "walk.gif")) as picture:
        assert picture.n_frames == 5
        assert picture.info["loop"] == 0
        assert picture.info["duration"] == 80


def test_a_page_holds_every_frame_and_asks_nobody_for_anything(walk, tmp_path):
    page = walk.save(tmp_path / "walk.html").read_text()
    pictures = re.findall(r"data:image/webp;base64,([A-Za-z0-9+/=]+)", page)
    assert len(pictures) == 5
    with Image.open(io.BytesIO(base64.b64decode(pictures[-1]))) as last:
        assert last.size == walk.frames[-1].size
    assert not re.findall(r"https?:|//\w+\.|<link|<script src|@import", page)


@pytest.mark.browser
def test_a_page_plays_and_can_be_stopped_and_moved(walk, tmp_path, browser):
    page = browser.new_page(reduced_motion="no-preference")
    be_patient(page)
    page.goto(walk.save(tmp_path / "walk.html").as_uri())
    first = page.locator("img").get_attribute("src")
    page.wait_for_function("first => document.querySelector('img').src !== first", arg=first)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider").fill("3")
    expect(page.locator("output")).to_have_text("4 / 5")
    page.close()


def test_without_ffmpeg_a_film_is_refused_in_a_sentence(walk, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(AnimationError, match=r"needs the program ffmpeg.*write a .gif or .html"):
        walk.save(tmp_path / "walk.mp4")
    assert list(tmp_path.iterdir()) == []


def test_ffmpeg_gets_every_pixel_of_even_frames(tmp_path, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\ncat > "$last"\n')
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    frames = tuple(Image.new("RGB", (5, 3), color) for color in ("red", "blue"))
    film = Animation(frames).save(tmp_path / "film.mp4")
    assert film.read_bytes() == (b"\xff\x00\x00" * 8) + (b"\x00\x00\xff" * 8)


def test_ffmpeg_that_fails_is_quoted(walk, tmp_path, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho no such encoder >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    with pytest.raises(AnimationError, match="no such encoder"):
        walk.save(tmp_path / "walk.mp4")
    assert not (tmp_path / "walk.mp4").exists()


def test_another_suffix_is_refused(walk, tmp_path):
    with pytest.raises(AnimationError, match=r"expected a name that ends in \.mp4, \.gif, \.html"):
        walk.save(tmp_path / "walk.avi")


def test_a_fit_over_one_axis_is_seen_on_its_landscape():
    way = Trajectory(torch.linspace(-5, 3, 4)[:, None].double(), torch.zeros(4).double())
    frames = [np.asarray(frame) for frame in animate_fit(wells(), way, [1.0, 1.0, 1.0, 1.0]).frames]
    landscape = slice(0, frames[0].shape[1] // 2)
    assert len({frame[:, landscape].tobytes() for frame in frames}) == 4


@pytest.mark.parametrize("losses", [[3.0, 2.0], []])
def test_a_way_needs_a_loss_for_each_of_its_steps(losses):
    way = Trajectory(torch.linspace(-5, 3, 4)[: 2 * len(losses), None].double(), torch.zeros(2 * len(losses)))
    with pytest.raises(AnimationError, match="give one loss for each step"):
        animate_fit(wells(), way, losses)


def test_an_animation_without_frames_is_refused(tmp_path):
    with pytest.raises(AnimationError, match=r"'none\.gif' cannot be written: the animation has no frames"):
        animate_sweep([]).save(tmp_path / "none.gif")
