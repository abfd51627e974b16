"""What the server answers to a browser, honest or not."""

import base64
import math

import numpy as np
import pytest

from grafx_lab.app.bridge import answer, sessions
from grafx_lab.app.encoding import pack
from grafx_lab.app.served import received, served_folder
from grafx_lab.session import SessionError

pytestmark = pytest.mark.usefixtures("brief_examples")


@pytest.fixture(scope="module")
def token(brief_examples):
    opened = answer({})
    yield opened["token"]
    sessions().close(opened["token"])


def test_a_first_exchange_opens_a_session_and_brings_every_slice():
    first, second = answer({}), answer({})
    assert {"catalog", "patch", "audio", "fit"} <= first["slices"].keys() | {"audio"}
    assert first["token"] != second["token"]
    assert len(first["token"]) >= 32
    for opened in (first, second):
        sessions().close(opened["token"])


def test_a_poll_brings_only_what_is_new(token):
    sessions().get(token).wait()
    everything = answer({"token": token})
    again = answer({"token": token, "seen": everything["versions"]})
    assert again["slices"] == {}


def test_a_call_brings_its_result_with_the_slices_that_it_changed(token):
    seen = answer({"token": token})["versions"]
    ops = [{"op": "title", "title": "Mine"}]
    edited = answer({"token": token, "seen": seen, "call": "edit", "args": {"ops": ops, "gesture": None}})
    assert edited["result"] == {"names": []}
    assert edited["slices"]["patch"]["title"] == "Mine"


def test_a_refused_call_is_a_sentence_and_changes_nothing(token):
    before = sessions().get(token).patch
    edge = {"source": "trim", "outlet": "main", "target": "tone", "inlet": "main"}
    ops = [{"op": "connect", "edge": edge}]
    refused = answer({"token": token, "call": "edit", "args": {"ops": ops, "gesture": None}})
    assert "cycle" in refused["error"]["message"]
    assert "tone" in refused["error"]["nodes"]
    assert sessions().get(token).patch is before


def test_a_session_that_does_not_exist_is_gone():
    assert answer({"token": "guessed", "call": "undo"}) == {"gone": True}


@pytest.mark.parametrize("message", [None, [], "x", {"call": 3}, {"tokens": "x"}, {"seen": {"patch": "new"}}])
def test_nonsense_is_refused_with_a_sentence(message):
    assert answer(message)["error"]["message"].endswith("Reload the page.")


@pytest.mark.parametrize("args", [{"nonsense": 1}, {"ops": 7}, {}])
def test_arguments_that_a_call_does_not_take_are_refused(token, args):
    assert answer({"token": token, "call": "edit", "args": args})["error"]["message"]
    assert answer({"token": token})["slices"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", "", "/nowhere/at/all.wav"])
def test_only_uploaded_files_are_read(token, path):
    args = {"role": "source", "name": "passwd"}
    refused = answer({"token": token, "call": "upload", "args": args, "files": [path]})
    assert "not an uploaded file" in refused["error"]["message"]


def test_a_link_out_of_the_upload_folder_is_not_followed(tmp_path):
    outside = tmp_path / "secret.wav"
    outside.write_bytes(b"secret")
    link = served_folder() / "link.wav"
    link.symlink_to(outside)
    with pytest.raises(SessionError, match="not an uploaded file"):
        received(str(link))


def test_packed_arrays_are_little_endian_float32():
    packed = pack({"losses": np.array([1.0, 0.25]), "nested": [np.float32([3])]})
    assert np.frombuffer(base64.b64decode(packed["losses"]["$f32"]), "<f4").tolist() == [1.0, 0.25]
    assert np.frombuffer(base64.b64decode(packed["nested"][0]["$f32"]), "<f4").tolist() == [3.0]


def test_numbers_that_json_lacks_become_null():
    assert pack([math.nan, math.inf, 1.5, None, "x", 2]) == [None, None, 1.5, None, "x", 2]


def test_the_address_of_a_file_is_quoted_and_changes_with_the_file(tmp_path):
    file = tmp_path / "a sound #1.wav"
    file.write_bytes(b"1")
    address = pack(file)["$file"]
    assert "a%20sound%20%231.wav?v=" in address
    import os

    os.utime(file, (1, 1))
    assert pack(file)["$file"] != address
