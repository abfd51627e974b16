"""One kind of error for everything that whoever calls can mend."""

import pytest

import grafx_lab as gl
from grafx_lab.cli.errors import UsageError
from grafx_lab.landscapes import LandscapeError
from grafx_lab.plots import AnimationError
from grafx_lab.session import SessionError

PUBLIC = [getattr(gl, name) for name in gl.__all__ if name.endswith("Error")]


@pytest.mark.parametrize("error", [*PUBLIC, AnimationError, LandscapeError, SessionError, UsageError])
def test_errors_are_of_one_kind(error):
    assert issubclass(error, gl.LabError)


def test_who_catches_the_one_kind_catches_what_a_patch_refuses():
    for mistake in (lambda: gl.Patch.chain(["no_such_effect"]), lambda: gl.Patch.from_json("{}")):
        with pytest.raises(gl.LabError):
            mistake()
