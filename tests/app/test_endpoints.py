"""The whole job through gradio_client, by nothing but names of endpoints."""

import json
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from grafx_lab.audio import read_audio, write_audio
from grafx_lab.patch import Patch
from grafx_lab.resources import clip


@pytest.fixture(scope="module")
def client(app_url) -> Client:
    return Client(app_url, verbose=False)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A second of a recording, and the same made darker and quieter by a known patch."""
    folder = tmp_path_factory.mktemp("pair")
    audio = read_audio(clip("loop_tabla").path)
    source = audio.crop(audio.sample_rate)
    truth = Patch.chain(["parametric_equalizer", "stereo_gain"], audio.sample_rate).with_controls(
        {"parametric_equalizer.log_gain[9]": -6.0, "stereo_gain.log_gain": -9.0}
    )
    write_audio(folder / "source.wav", source)
    write_audio(folder / "target.wav", truth.render(source))
    return handle_file(folder / "source.wav"), handle_file(folder / "target.wav"), source


def test_the_whole_job(client, pair):
    source, target, dry = pair
    names = [processor["name"] for processor in client.predict(api_name="/processors")]
    assert {"parametric_equalizer", "stereo_gain"} <= set(names)
    job = client.submit(source, target, "parametric_equalizer,stereo_gain", "", 30, "mr_stft", api_name="/fit")
    progress, patch_file, audio_file, report = job.result()
    *running, _ = job.outputs()
    assert running
    assert all(files == [None, None, None] for _, *files in map(list, running))
    progress, patch_file, audio_file, report = job.outputs()[-1]
    assert progress["step"] == progress["steps"] == 30
    assert len(report["history"]) == 31
    assert report["best_loss"] < 2 / 3 * report["first_loss"]
    document = Path(patch_file).read_text()
    assert client.predict(document, api_name="/validate") == "ok"
    assert "gl.Patch(" in client.predict(document, api_name="/script")
    rendered = read_audio(client.predict(document, source, api_name="/render"))
    fitted = read_audio(audio_file)
    assert rendered.data.equal(fitted.data)
    expected = Patch.from_json(document).render(dry)
    assert (fitted.data - expected.data).abs().max() < 1e-5


def test_a_fit_may_start_from_a_patch(client, pair):
    source, target, _ = pair
    start = Patch.chain(["stereo_gain"])
    job = client.submit(source, target, "", start.to_json(), 3, "mr_stft", api_name="/fit")
    job.result()
    assert Patch.load(job.outputs()[-1][1]).names == start.names


@pytest.mark.parametrize(
    ("chain", "patch", "sentence"),
    [
        ("", "", "either a chain or a patch"),
        ("stereo_gain", "{}", "either a chain or a patch"),
        ("parametric_equaliser", "", "parametric_equalizer"),
        ("", "[1]", "not a patch"),
    ],
)
def test_a_fit_that_cannot_begin_says_why(client, pair, chain, patch, sentence):
    source, target, _ = pair
    with pytest.raises(Exception, match=sentence):
        client.predict(source, target, chain, patch, 3, "mr_stft", api_name="/fit")


def test_a_file_that_is_not_audio_is_refused_with_a_sentence(client, tmp_path):
    (tmp_path / "song.wav").write_text("la la la")
    with pytest.raises(Exception, match="not audio"):
        client.predict(Patch.chain(["stereo_gain"]).to_json(), handle_file(tmp_path / "song.wav"), api_name="/render")


def test_a_patch_with_a_cycle_is_said_to_have_one(client):
    document = json.loads(Patch.chain(["stereo_gain", "compressor"]).to_json())
    document["edges"].append({"source": "compressor", "target": "stereo_gain", "outlet": "main", "inlet": "main"})
    assert "cycle" in client.predict(json.dumps(document), api_name="/validate")
