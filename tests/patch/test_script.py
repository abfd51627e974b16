import runpy

import torch

from grafx_lab import GRAFX, Audio, Patch, read_audio, write_audio
from grafx_lab.parameters import flatten
from grafx_lab.processors import Compressor, STFTMaskedNoiseReverb

NOISE = 0.1 * torch.randn(2, 800, generator=torch.Generator().manual_seed(0))


def executed(patch: Patch) -> Patch:
    scope = {"__name__": "script"}
    exec(patch.to_python(), scope)
    return scope["patch"]


def check_same(again: Patch, patch: Patch) -> None:
    assert again.names == patch.names
    for name, tree in patch.raw.items():
        for key, value in flatten(tree).items():
            assert torch.equal(flatten(again.raw[name])[key], value), f"{name}.{key}"
    assert torch.equal(again.render(NOISE), patch.render(NOISE))
    assert (again.title, again.sample_rate, again.frozen) == (patch.title, patch.sample_rate, patch.frozen)


def test_the_script_rebuilds_the_patch_to_the_last_bit():
    reverb = STFTMaskedNoiseReverb(ir_len=200, n_fft=32, hop_length=16)
    patch = Patch.chain(["compressor", reverb, "stereo_gain"], sample_rate=16000, title='A "quoted" room\\')
    raw = {
        name: {key: torch.randn(value.shape, generator=torch.Generator().manual_seed(1)) for key, value in tree.items()}
        for name, tree in patch.raw.items()
    }
    check_same(executed(patch.replace(raw=raw, frozen={"compressor"}, bypassed={"stereo_gain"})), patch.replace(
        raw=raw, frozen={"compressor"}, bypassed={"stereo_gain"}
    ))  # fmt: skip


def test_two_types_of_one_class_keep_apart():
    graph = GRAFX()
    hard, soft = 'compressor{"knee": "hard"}', "compressor"
    graph.add_serial_chain(
        ["in", {"node_type": hard, "name": "compressor"}, {"node_type": soft, "name": "soft"}, "out"]
    )
    patch = Patch(graph, {hard: Compressor(knee="hard"), soft: Compressor()})
    again = executed(patch)
    assert again.processor("compressor").knee == "hard"
    assert again.processor("soft").knee == "quadratic"
    check_same(again, patch)


def test_branches_and_ports_are_wired_again():
    graph = GRAFX()
    source, left, right, mix, out = (graph.add(k) for k in ("in", "stereo_gain", "tanh_distortion", "mix", "out"))
    for wire in ((source, left), (source, right), (left, mix), (right, mix), (mix, out)):
        graph.connect(*wire)
    patch = Patch(graph)
    check_same(executed(patch), patch)


def test_controls_stand_behind_the_raw_numbers_for_people():
    patch = Patch.chain(["stereo_gain"]).with_controls({"stereo_gain.log_gain": [-6.0, 3.0]})
    assert "# −6.0 dB, +3.0 dB" in patch.to_python()


def test_the_script_renders_a_file(tmp_path, monkeypatch):
    (tmp_path / "patch.py").write_text(
        Patch.chain(["stereo_gain"]).with_controls({"stereo_gain.log_gain": 6.0}).to_python()
    )
    write_audio(tmp_path / "dry.wav", Audio(NOISE, 44100, "dry"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["patch.py", "dry.wav", "wet.wav"])
    runpy.run_path("patch.py", run_name="__main__")
    torch.testing.assert_close(read_audio(tmp_path / "wet.wav").data, 10**0.3 * NOISE, rtol=0, atol=1e-6)
