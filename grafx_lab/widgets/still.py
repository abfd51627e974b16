"""Still output: what a panel leaves behind in a saved notebook, where no Python runs."""

import base64
import html
import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import soundfile
from matplotlib.figure import Figure
from PIL import Image

from grafx_lab.audio import Audio

_DOTS_PER_INCH = 144
_PIXELS_PER_INCH = 100
"""The picture has more dots than pixels, so that it is sharp on fine screens."""

_COLOURS = 128
"""Plots have few colours; a palette makes their files a third as large."""


def still_wanted() -> bool:
    """Whether notebooks are executed to be read, not to be played with: the environment has ``GRAFX_LAB_STATIC=1``."""
    return os.environ.get("GRAFX_LAB_STATIC", "") not in ("", "0")


@dataclass(frozen=True)
class Still:
    """A picture with words and sounds.

    Attributes:
        figure: the picture.
        words: the sentence under it, with ``**names**`` and `` `numbers` ``.
        sounds: recordings by what people call them.
    """

    figure: Figure
    words: str
    sounds: Mapping[str, Audio] = field(default_factory=dict)

    def mime_bundle(self) -> dict[str, str]:
        """HTML with everything, the picture as PNG and the words as text: what a notebook keeps of an output."""
        picture = base64.b64encode(_png(self.figure)).decode("ascii")
        width = self.figure.get_figwidth() * _PIXELS_PER_INCH
        words = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(self.words))
        words = re.sub(r"`(.+?)`", r"<code>\1</code>", words)
        plain = re.sub(r"\*\*|`", "", self.words)
        return {
            "text/html": '<figure style="margin:8px 0;max-width:960px">'
            f'<img alt="{html.escape(plain)}" style="width:{width:.0f}px;max-width:100%;border-radius:11px" '
            f'src="data:image/png;base64,{picture}">'
            f'<figcaption style="margin:6px 0;line-height:1.5">{words}</figcaption>{players(self.sounds)}</figure>',
            "image/png": picture,
            "text/plain": plain,
        }


def players(sounds: Mapping[str, Audio]) -> str:
    """HTML with a player for each recording; the sound itself is embedded.

    A recording above full scale is lowered until it fits, and its player says so: 16 bits would clip it.
    """
    each = ""
    for name, audio in sounds.items():
        excess = max(0.0, audio.peak_dbfs)
        label = html.escape(name) + (f", lowered by {excess:.1f} dB" if excess else "")
        fitting = replace(audio, data=audio.data * 10 ** (-excess / 20))
        each += (
            '<label style="display:inline-flex;flex-direction:column;gap:4px;font-size:13px;font-weight:600">'
            f'{label}<audio controls preload="none" style="height:34px;width:260px" src="{_wav(fitting)}"></audio>'
            "</label>"
        )
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 20px;margin:6px 0">{each}</div>' if each else ""


def _wav(audio: Audio) -> str:
    """A recording as a ``data:`` address of a 16-bit WAV file."""
    memory = io.BytesIO()
    soundfile.write(memory, audio.data.T.numpy(), audio.sample_rate, format="WAV", subtype="PCM_16")
    return f"data:audio/wav;base64,{base64.b64encode(memory.getvalue()).decode('ascii')}"


def _png(figure: Figure) -> bytes:
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, dpi=_DOTS_PER_INCH, format="png")
    Image.open(drawn).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return small.getvalue()
