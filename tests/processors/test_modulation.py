import numpy as np
import pytest
import torch

from grafx_lab.processors import Chorus, Flanger, Phaser, ProcessorError, Tremolo, Vibrato

RATE = 8000
IMPULSE = torch.eye(1, 4000)[None]


def still(processor, signal, **controls):
    """With the oscillator at rest at the end of its swing that makes the shortest delay."""
    return processor(signal, **processor.raw_from_controls(rate=1e-6, phase=-90.0, spread=0.0, **controls))


def test_a_resting_flanger_is_a_comb_with_its_delay():
    output = still(Flanger(sample_rate=RATE), IMPULSE, delay=2.0, depth=1.0, feedback=50.0, mix=50.0)[0, 0]
    expected = torch.zeros(4000)
    expected[0] = 0.5
    for echo in range(1, 10):
        expected[16 * echo] = 0.5 * 0.5 ** (echo - 1)
    torch.testing.assert_close(output[:160], expected[:160], atol=1e-4, rtol=1e-3)


def test_a_resting_chorus_sounds_after_its_delay():
    output = still(Chorus(num_voices=1, sample_rate=RATE), IMPULSE, delay=5.0, depth=2.0, mix=50.0)[0, 0]
    assert int(output[1:].abs().argmax()) + 1 == 40
    assert float(output[0]) == pytest.approx(0.5)


@pytest.mark.parametrize("stages", [2, 4, 6])
def test_a_phaser_has_a_notch_for_every_two_filters(stages):
    phaser = Phaser(num_stages=stages, sample_rate=RATE)
    raw = phaser.raw_from_controls(depth=0.0, feedback=0.0, mix=50.0, center=1000.0)
    spectrum = torch.fft.rfft(phaser(IMPULSE, **raw)[0, 0]).abs().numpy()
    notches = np.flatnonzero(
        (spectrum[1:-1] < spectrum[:-2]) & (spectrum[1:-1] < spectrum[2:]) & (spectrum[1:-1] < 0.05)
    )
    assert len(notches) == stages // 2
    if stages == 2:
        assert (notches[0] + 1) * RATE / 4000 == pytest.approx(1000, abs=3)


def test_loops_stay_finite_at_the_strongest_feedback_and_a_wild_oscillator():
    noise = torch.randn(1, 2, 20000, generator=torch.Generator().manual_seed(0))
    for effect in (Flanger(sample_rate=RATE), Phaser(sample_rate=RATE)):
        raw = effect.raw_from_controls(rate=900.0)
        raw["feedback"] = torch.full((1, 1), 10.0)
        assert float(effect(noise, **raw).abs().max()) < 100 * float(noise.abs().max())


def test_an_auto_panner_is_a_tremolo_with_opposite_sides():
    tremolo = Tremolo(sample_rate=RATE)
    raw = tremolo.raw_from_controls(spread=180.0, depth=99.9, rate=4.0)
    left, right = tremolo(torch.ones(1, 2, RATE), **raw)[0]
    torch.testing.assert_close(left + right, torch.full((RATE,), 1.001), atol=1e-3, rtol=0)


def test_a_turned_vibrato_detunes_the_other_way_and_never_looks_ahead():
    vibrato = Vibrato(sample_rate=RATE)
    for depth in (60.0, -60.0):
        output = vibrato(IMPULSE, **vibrato.raw_from_controls(depth=depth, phase=123.0))
        assert abs(float(output.sum()) - 1) < 0.1
    silent_then_loud = torch.cat([torch.zeros(1, 1, 2000), torch.ones(1, 1, 2000)], -1)
    output = vibrato(silent_then_loud, **vibrato.raw_from_controls(depth=-60.0))
    assert not output[..., :1999].any()


@pytest.mark.parametrize("effect", [Chorus, Flanger, Phaser, Tremolo, Vibrato])
def test_descent_finds_the_rate_of_the_oscillator(effect):
    processor = effect(sample_rate=RATE)
    signal = torch.sin(torch.arange(RATE) * 0.3)[None, None]
    truth = processor.raw_from_controls(rate=2.0, spread=0.0)
    target = processor(signal, **truth)
    rate = (truth["rate"] + 0.1).requires_grad_()
    descent = torch.optim.Adam([rate], 0.01)
    for _ in range(40):
        loss = (processor(signal, **(truth | {"rate": rate})) - target).square().mean()
        descent.zero_grad()
        loss.backward()
        descent.step()
    assert rate.exp().item() == pytest.approx(2.0, rel=0.03)


def test_too_few_voices_and_stages_are_refused():
    with pytest.raises(ProcessorError, match="num_voices"):
        Chorus(num_voices=0)
    with pytest.raises(ProcessorError, match="num_stages"):
        Phaser(num_stages=0)
