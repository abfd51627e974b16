import pytest
import torch

from grafx_lab.processors import Add, Crop, Mix, ProcessorError, registry

NOISE = torch.randn(2, 1, 1, 20000, generator=torch.Generator().manual_seed(0))


def test_mix_is_registered_as_crossfade_because_graphs_have_their_own_mix():
    assert registry["crossfade"] is Mix
    assert "mix" not in registry


@pytest.mark.parametrize("percent", [1.0, 30.0, 50.0, 99.0])
def test_a_crossfade_keeps_the_energy_of_unrelated_signals(percent):
    mix = Mix()
    output = mix(*NOISE, **mix.raw_from_controls(mix_level=percent))
    assert float(output.square().mean()) == pytest.approx(1, rel=0.03)


def test_a_level_in_frames_fades_over_time():
    mix = Mix(num_frames=2)
    output = mix(torch.ones(1, 1, 100), -torch.ones(1, 1, 100), mix_level=torch.tensor([[[-20.0], [20.0]]]))
    assert float(output[0, 0, 0]) == pytest.approx(-1, abs=2e-3)
    assert float(output[0, 0, -1]) == pytest.approx(1, abs=2e-3)
    assert float(output[0, 0, 25].abs()) < 1e-3


def test_a_crop_keeps_the_length_unless_told_otherwise():
    signal = torch.arange(5.0)[None, None]
    assert Crop(2)(signal).tolist() == [[[2, 3, 4, 0, 0]]]
    assert Crop(2, "back")(signal).tolist() == [[[0, 1, 2, 0, 0]]]
    assert Crop(2, "back", keep_length=False)(signal).tolist() == [[[0, 1, 2]]]
    assert not Crop(9)(signal).any()


def test_mono_joins_both_sides_of_stereo():
    assert Add()(torch.ones(1, 1, 3), torch.ones(1, 2, 3)).tolist() == [[[2, 2, 2], [2, 2, 2]]]


def test_unknown_laws_and_places_are_refused():
    with pytest.raises(ProcessorError, match="law"):
        Mix(law="linear")
    with pytest.raises(ProcessorError, match="crop_location"):
        Crop(crop_location="middle")
    with pytest.raises(ProcessorError, match="frame_size"):
        Crop(frame_size=-1)


@pytest.mark.parametrize("cls", [Add, Mix])
def test_signals_of_several_channels_must_have_equally_many(cls):
    processor = cls()
    with pytest.raises(ProcessorError, match=f"{cls.__name__}: .*'signal_two' has 2 channels, expected 1 or 3 as"):
        processor(torch.ones(1, 3, 8), torch.ones(1, 2, 8), **processor.raw_from_controls())
