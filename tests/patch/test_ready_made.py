import pytest
import torch

import grafx_lab as gl

RATE = 16000
GENERATOR = torch.Generator().manual_seed(0)
TRACKS = {f"track_{number}": 0.1 * torch.randn(2, 800, generator=GENERATOR) for number in (1, 2, 3)}


def test_a_new_console_sums_its_tracks():
    patch = gl.console_patch(3, ["stereo_gain"], sample_rate=RATE)
    assert patch.in_names == list(TRACKS)
    torch.testing.assert_close(patch.render(TRACKS), sum(TRACKS.values()))


def test_a_console_mixes_by_its_controls():
    patch = gl.console_patch(3, ["stereo_gain"], sends={"bus": []}, parallel=["stereo_gain"], sample_rate=RATE)
    patch = patch.with_controls({"track_1_stereo_gain.log_gain": 20.0, "track_1_to_bus.log_gain": -20.0})
    dry = 10 * TRACKS["track_1"] + TRACKS["track_2"] + TRACKS["track_3"]
    sent = TRACKS["track_1"] + TRACKS["track_2"] + TRACKS["track_3"]
    torch.testing.assert_close(patch.render(TRACKS), 2 * dry + sent, rtol=1e-4, atol=1e-5)


def test_a_full_console_is_saved_and_loaded():
    patch = gl.console_patch(
        2, sends={"room": ["stft_masked_noise_reverb"]}, parallel=["compressor"], master=["limiter"], sample_rate=RATE
    )
    assert {"room_stft_masked_noise_reverb", "parallel_compressor", "master_limiter"} <= set(patch.names)
    assert gl.Patch.from_json(patch.to_json()).to_json() == patch.to_json()
    patch.validate()


@pytest.mark.parametrize("count", [2, 3, 5])
def test_new_bands_sum_to_the_signal(count):
    patch = gl.multiband_patch([["stereo_gain"], *[[]] * (count - 1)], sample_rate=RATE)
    torch.testing.assert_close(patch.render(TRACKS["track_1"]), TRACKS["track_1"], rtol=0, atol=1e-6)


def test_a_band_alone_is_no_split():
    with pytest.raises(gl.ProcessorError, match="num_bands is 1, expected a whole number from 2"):
        gl.multiband_patch([["stereo_gain"]])
