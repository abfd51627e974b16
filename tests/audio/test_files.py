import math

import pytest
import soundfile
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grafx_lab.audio import Audio, AudioError, read_audio, write_audio
from tests.audio.signals import constant, sine


def random_audio(seed: int, channels: int = 2, sample_rate: int = 44100) -> Audio:
    generator = torch.Generator().manual_seed(seed)
    return Audio(2 * torch.rand(channels, 1000, generator=generator) - 1, sample_rate, "noise")


@given(seed=st.integers(0, 2**31), channels=st.integers(1, 8), rate=st.sampled_from([8000, 44100, 96000]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize(("name", "bits"), [("a.wav", 16), ("a.wav", 24), ("a.flac", 16), ("a.flac", 24)])
def test_a_file_comes_back_within_one_step_of_its_bits(tmp_path, name, bits, seed, channels, rate):
    audio = random_audio(seed, channels, rate)
    report = write_audio(tmp_path / name, audio, bits=bits)
    back = read_audio(tmp_path / name)
    assert (back.sample_rate, back.name, report.encoding) == (rate, "a", f"{bits}-bit PCM")
    torch.testing.assert_close(back.data, audio.data, rtol=0, atol=2 ** (1 - bits) * 1.001)


def test_a_float_file_comes_back_exactly(tmp_path):
    audio = Audio(4 * random_audio(0).data, 44100)
    write_audio(tmp_path / "loud.wav", audio, bits=32)
    assert torch.equal(read_audio(tmp_path / "loud.wav").data, audio.data)


@pytest.mark.parametrize(("name", "bits"), [("a.wav", 24), ("a.wav", 32), ("a.flac", 24)])
def test_equal_audio_gives_equal_bytes_at_any_time_of_day(tmp_path, monkeypatch, name, bits):
    write_audio(tmp_path / name, random_audio(0), bits=bits)
    first = (tmp_path / name).read_bytes()
    assert b"PEAK" not in first  # the chunk in which libsndfile notes the time
    write_audio(tmp_path / name, random_audio(0), bits=bits)
    assert (tmp_path / name).read_bytes() == first


def test_a_wav_above_full_scale_becomes_float_and_says_so(tmp_path):
    report = write_audio(tmp_path / "hot.wav", constant(2.0))
    assert report.encoding == "32-bit float"
    assert report.message == (
        "Wrote hot.wav as 32-bit float because its peak would clip in PCM; its peak is +6.02 dBFS."
    )
    assert soundfile.info(tmp_path / "hot.wav").subtype == "FLOAT"
    assert read_audio(tmp_path / "hot.wav").data.max() == 2.0


def test_a_float_file_that_was_asked_for_gives_no_excuse(tmp_path):
    report = write_audio(tmp_path / "a.wav", constant(0.5), bits=32)
    assert report.message == "Wrote a.wav as 32-bit float; its peak is −6.02 dBFS."


def test_full_scale_itself_fits_into_pcm(tmp_path):
    assert write_audio(tmp_path / "full.wav", constant(1.0)).encoding == "24-bit PCM"
    assert read_audio(tmp_path / "full.wav").data.min() > 0.999999


def test_peaks_between_samples_may_exceed_full_scale_and_nothing_clips(tmp_path):
    # A quarter of the sampling rate, 45° off the samples: samples at ±1, the wave between them at +3 dB.
    wave = sine(12000, seconds=0.1, phase=math.pi / 4, peak_dbfs=20 * math.log10(math.sqrt(2)) - 1e-4)
    assert write_audio(tmp_path / "between.wav", wave).encoding == "24-bit PCM"
    back = read_audio(tmp_path / "between.wav")
    torch.testing.assert_close(back.data, wave.data, rtol=0, atol=2**-22)
    twice = back.resample(96000)
    assert twice.peak_dbfs == pytest.approx(3.01, abs=0.2)
    assert write_audio(tmp_path / "twice.wav", twice).encoding == "32-bit float"


def test_flac_above_full_scale_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(AudioError, match=r"the peak is \+6.02 dBFS.*'\.wav'.*lower the level by 6.02 dB"):
        write_audio(tmp_path / "hot.flac", constant(2.0))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "audio", "bits", "sentence"),
    [
        ("a.mp3", constant(0), 24, r"'a.mp3' ends in '.mp3', expected '.wav' or '.flac'"),
        ("a", constant(0), 24, r"'a' has no ending, expected '.wav' or '.flac'"),
        (".", constant(0), 24, r" is a folder, expected a '.wav' or '.flac' file. Add its name"),
        ("a.flac", constant(0), 32, "bits is 32, expected 16 or 24 in FLAC"),
        ("a.wav", constant(0), 8, "bits is 8, expected 16, 24 or 32"),
        ("a.wav", constant(math.nan), 24, "holds 1000 samples that are NaN or infinite, first at 0.000 s"),
        ("no/a.wav", constant(0), 24, "The folder .* does not exist. Create it first"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, name, audio, bits, sentence):
    with pytest.raises(AudioError, match=sentence):
        write_audio(tmp_path / name, audio, bits=bits)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_write_leaves_the_old_file_alone(tmp_path):
    write_audio(tmp_path / "a.flac", constant(0.5))
    before = (tmp_path / "a.flac").read_bytes()
    with pytest.raises(AudioError, match="could not be written"):
        write_audio(tmp_path / "a.flac", constant(0.1, channels=9))  # FLAC has eight at most
    assert (tmp_path / "a.flac").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.flac"]


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(AudioError, match=r"There is no file '.*gone.wav'"):
        read_audio(tmp_path / "gone.wav")


def test_a_folder_is_no_recording(tmp_path):
    with pytest.raises(AudioError, match="is a folder, expected an audio file"):
        read_audio(tmp_path)


@pytest.mark.parametrize("name", ["notes.wav", "notes.txt", "notes.raw"])
def test_a_file_of_words_is_no_recording(tmp_path, name):
    (tmp_path / name).write_text("not a sound\n" * 100)
    with pytest.raises(AudioError, match=r"is not audio that can be read: .+\. Convert it"):
        read_audio(tmp_path / name)


def test_files_without_bytes_or_samples_are_empty(tmp_path):
    (tmp_path / "bytes.wav").touch()
    soundfile.write(tmp_path / "samples.wav", torch.zeros(0, 2).numpy(), 44100)
    with pytest.raises(AudioError, match="is empty: the file has 0 bytes"):
        read_audio(tmp_path / "bytes.wav")
    with pytest.raises(AudioError, match="is empty: its audio lasts 0 s"):
        read_audio(tmp_path / "samples.wav")


@pytest.mark.parametrize("told", [0, 2**36 - 1], ids=["no length", "the greatest length"])
def test_a_streamed_file_is_read_to_its_end_whatever_length_its_header_tells(tmp_path, told):
    """Who pipes FLAC cannot go back to write the length."""
    audio = random_audio(seed=1)
    write_audio(tmp_path / "stream.flac", audio)
    content = bytearray((tmp_path / "stream.flac").read_bytes())
    # The last 36 bits before the checksum of the first block: https://www.rfc-editor.org/rfc/rfc9639, section 8.2.
    length = int.from_bytes(content[21:26], "big")
    content[21:26] = (length >> 36 << 36 | told).to_bytes(5, "big")
    (tmp_path / "stream.flac").write_bytes(content)
    torch.testing.assert_close(read_audio(tmp_path / "stream.flac").data, audio.data, atol=2**-22, rtol=0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_samples_that_are_no_numbers_are_counted_and_located(tmp_path, value):
    samples = torch.zeros(44100)
    samples[22050] = value
    soundfile.write(tmp_path / "bad.wav", samples.numpy(), 44100, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"holds 1 sample that is NaN or infinite, first at 0.500 s"):
        read_audio(tmp_path / "bad.wav")


def test_more_than_eight_channels_are_refused(tmp_path):
    soundfile.write(tmp_path / "stems.wav", torch.zeros(10, 9).numpy(), 44100)
    with pytest.raises(AudioError, match="has 9 channels, expected at most 8"):
        read_audio(tmp_path / "stems.wav")


@pytest.mark.parametrize("format_and_suffix", ["OGG", "MP3", "AIFF", "FLAC", "AU"])
def test_the_formats_that_people_have_are_read(tmp_path, format_and_suffix):
    path = tmp_path / f"sound.{format_and_suffix.lower()}"
    soundfile.write(path, sine(440, seconds=0.5, peak_dbfs=-6).data[0].numpy(), 48000)
    assert read_audio(path).peak_dbfs == pytest.approx(-6, abs=0.5)
