import base64
import io
import re

import numpy as np
import pytest
import soundfile
import torch

from grafx_lab.audio import Audio
from grafx_lab.widgets import listen
from grafx_lab.widgets.encoding import pack
from grafx_lab.widgets.still import still_wanted


def heard(html: str) -> np.ndarray:
    """The samples of the first player."""
    wav = base64.b64decode(re.search(r"data:audio/wav;base64,([\w+/=]+)", html)[1])
    assert soundfile.info(io.BytesIO(wav)).subtype == "PCM_16"
    return soundfile.read(io.BytesIO(wav), always_2d=True)[0].T


def test_a_player_holds_the_samples_at_their_level():
    samples = torch.tensor([[0.0, 0.25, -0.5]])
    html = listen(dry_take=Audio(samples, 8000))._repr_html_()
    np.testing.assert_allclose(heard(html), samples.numpy(), atol=1 / 32768)
    assert "dry take" in html
    assert "autoplay" not in html


def test_what_would_clip_is_lowered_and_says_so():
    html = listen(hot=Audio(torch.tensor([[2.0, -1.0]]), 8000))._repr_html_()
    assert "hot, lowered by 6.0 dB" in html
    np.testing.assert_allclose(heard(html), [[1.0, -0.5]], atol=1e-4)


def test_names_are_text_and_never_markup():
    html = listen(**{"<script>": Audio(torch.zeros(1, 4), 8000)})._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("0", False), ("", False)])
def test_the_environment_decides_about_stills(monkeypatch, value, wanted):
    monkeypatch.setenv("GRAFX_LAB_STATIC", value)
    assert still_wanted() is wanted


def test_packing_makes_float32_bytes_of_arrays_however_deep():
    packed = pack({"a": [{"b": np.array([1.0, 2.0])}], "c": torch.tensor([3.0]), "nan": float("nan"), "n": 1})
    assert packed == {
        "a": [{"b": np.array([1, 2], "<f4").tobytes()}],
        "c": np.array([3], "<f4").tobytes(),
        "nan": None,
        "n": 1,
    }
