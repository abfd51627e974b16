"""A checkout; what a wheel carries is asked in test_packaging.py."""

import pytest

from grafx_lab import resources
from grafx_lab.audio import read_audio


def test_eight_clips_are_shipped_with_their_makers():
    clips = resources.clips()
    assert len(clips) == 8
    assert all(clip.maker and clip.url.startswith("http") for clip in clips)
    assert {clip.path for clip in clips} == set(resources.audio_folder().glob("*.flac"))


def test_clips_are_recordings_of_some_seconds():
    assert all(2 < read_audio(clip.path).seconds < 12 for clip in resources.clips())


def test_a_clip_is_found_by_its_name_and_has_a_title():
    assert resources.clip("loop_mika").title == "Loop mika"


def test_an_unknown_clip_is_answered_with_those_there_are():
    with pytest.raises(resources.ResourceError, match=r"no clip 'bagpipe'.*drum_roll"):
        resources.clip("bagpipe")


def test_notebooks_lie_in_the_repository():
    assert resources.in_checkout()
    assert resources.notebooks_folder() == resources.PACKAGE.parent / "notebooks"


def test_missing_bundles_say_how_to_build_them(tmp_path):
    with pytest.raises(resources.ResourceError, match="make frontend"):
        resources.bundles_folder(tmp_path / "grafx_lab")


def test_a_broken_installation_says_which_folder_is_missing(tmp_path):
    with pytest.raises(resources.ResourceError, match=r"_data/audio is missing .* Install grafx-lab again"):
        resources.clips(tmp_path / "grafx_lab")
