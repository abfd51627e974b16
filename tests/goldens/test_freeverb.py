"""pedalboard 0.9.26 (JUCE's reverb) and SoX 14.4.2, each of an impulse on the left side, all of it wet."""

from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab.processors import Freeverb
from tests.goldens.comparison import distance

ARRAYS = np.load(Path(__file__).parent / "freeverb.npz")


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize(
    ("program", "controls"),
    [
        # Reverb(room_size=0.5, damping=0.3, wet_level=1, dry_level=0, width=0.4)
        ("pedalboard", {"feedback": 84.0, "damping": 12.0, "width": 40.0}),
        # reverb -w 50 30 60: what each comb loses falls evenly in ratios from 70 % to 2 %, as the reverberance rises.
        (
            "sox",
            {
                "size": 64.0,
                "feedback": 100 - 70 * (2 / 70) ** 0.5,
                "damping": 29.0,
                "spread": (12 / 44.1, -12 / 44.1),
                "truncation": 0.0,
            },
        ),
    ],
)
def test_it_sounds_as_where_it_is_at_home(program, controls, rate):
    reverb, stored = Freeverb(sample_rate=rate), ARRAYS[program if rate == 44100 else f"{program}_{rate}"]
    impulse = torch.zeros(1, 2, stored.shape[-1])
    impulse[0, 0, 0] = 1
    output = reverb(impulse, **reverb.raw_from_controls(**controls))[0]
    stored = stored * float(np.linalg.norm(output) / np.linalg.norm(stored))
    assert distance(output, stored) < 1e-4
