"""SoX 14.4.2's overdrive of noise at 44.1 kHz, with two settings of gain and colour."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from grafx_lab.processors import Overdrive
from tests.goldens.comparison import distance

ARRAYS = np.load(Path(__file__).parent / "overdrive.npz")

RATE = 44100

POLE = 0.995
"""Of SoX's filter against the offset, which has a gain of one where ours has that of its pole."""

CLEAN, SHAPED = 0.5, 0.75

SETTLED = 3500
"""Samples after which the offset with which SoX begins is gone."""


@pytest.mark.parametrize(("program", "gain", "colour", "first"), [("plain", 14, 0, 0), ("coloured", 8, 30, SETTLED)])
def test_it_sounds_as_sox(program, gain, colour, first):
    shaped = SHAPED / POLE * 10 ** (gain / 20)
    overdrive = Overdrive(block_dc=True, sample_rate=RATE)
    raw = overdrive.raw_from_controls(
        log_pre_gain=gain,
        bias=colour / 200,
        clean=100 * CLEAN / (CLEAN + shaped),
        log_dc_cutoff=-math.log(POLE) * RATE / (2 * math.pi),
    )
    output = (CLEAN + shaped) * overdrive(torch.from_numpy(ARRAYS["input"])[None], **raw)[0]
    assert distance(output[..., first:], ARRAYS[program][..., first:]) < 1e-4
