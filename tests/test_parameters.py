import math
from contextlib import suppress

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions.transforms import AffineTransform, ExpTransform

from grafx_lab.parameters import (
    ControlValueError,
    ParameterSpec,
    entries,
    flatten,
    format_quantity,
    parse_quantity,
    unflatten,
)
from grafx_lab.processors import registry
from grafx_lab.transforms import logistic

FREQUENCY = ParameterSpec(
    unit="Hz", low=20.0, high=20000.0, default=1000.0, scale="log", transform=logistic(22050.0), label="Frequency"
)
LEVEL = ParameterSpec(unit="dB", low=-48.0, high=24.0, default=0.0, shape=(2,), transform=AffineTransform(0.0, 8.0))
SHIPPED = {
    f"{name}.{parameter}": spec
    for name, cls in registry.items()
    if cls.__module__.startswith("grafx_lab.") and cls.family != "container"
    for parameter, spec in flatten(cls().specs).items()
}
UNITS = st.sampled_from(["dB", "Hz", "ms", "s", "%", ":1", ""])


def test_a_control_is_the_transform_of_the_raw_value():
    torch.testing.assert_close(LEVEL.to_control(torch.tensor([[1.0, -0.5]])), torch.tensor([[8.0, -4.0]]))
    torch.testing.assert_close(LEVEL.to_raw(torch.tensor([[8.0, -4.0]])), torch.tensor([[1.0, -0.5]]))


@pytest.mark.parametrize(
    ("spec", "control", "position"),
    [(LEVEL, -48.0, 0.0), (LEVEL, -12.0, 0.5), (LEVEL, 33.0, 1.125), (FREQUENCY, 20.0, 0.0), (FREQUENCY, 200.0, 1 / 3)],
)
def test_a_position_is_the_place_along_a_linear_or_logarithmic_slider(spec, control, position):
    assert float(spec.to_position(torch.tensor(control, dtype=torch.float64))) == pytest.approx(position)
    assert float(spec.from_position(torch.tensor(position, dtype=torch.float64))) == pytest.approx(control)


@pytest.mark.parametrize("name", SHIPPED)
@given(place=st.floats(0, 1))
def test_raw_control_and_position_lead_back_to_each_other(name, place):
    spec = SHIPPED[name]
    position = torch.full(spec.shape, place, dtype=torch.float64)
    control = spec.from_position(position)
    raw = spec.to_raw(control)
    assert torch.isfinite(raw).all()
    torch.testing.assert_close(spec.to_position(spec.to_control(raw)), position, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_follows_the_tensor(dtype):
    value = torch.tensor(500.0, dtype=dtype)
    assert {FREQUENCY.to_raw(value).dtype, FREQUENCY.to_position(value).dtype} == {dtype}


def test_numbers_broadcast_to_the_shape():
    spec = ParameterSpec(unit="", low=0, high=((1.0, 2.0, 3.0),), default=0.5, shape=(2, 3))
    assert spec.full(spec.high).tolist() == [[1.0, 2.0, 3.0]] * 2
    assert spec.default_raw().shape == (1, 2, 3)
    assert spec.to_position(torch.ones(2, 3))[1].tolist() == pytest.approx([1.0, 0.5, 1 / 3])


def test_random_raws_lie_within_the_slider_and_come_back_with_the_seed():
    first, again = (FREQUENCY.random_raw(torch.Generator().manual_seed(3), batch=500) for _ in range(2))
    assert torch.equal(first, again)
    places = FREQUENCY.to_position(FREQUENCY.to_control(first))
    assert first.shape == (500, 1)
    assert 0 <= places.min() < 0.02
    assert 0.98 < places.max() <= 1


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-18.0, "dB", "−18.0 dB"),
        (3.04, "dB", "+3.0 dB"),
        (-0.04, "dB", "0.0 dB"),
        (5.25, "Hz", "5.2 Hz"),
        (999.4, "Hz", "999 Hz"),
        (1240.0, "Hz", "1.24 kHz"),
        (12000.0, "Hz", "12.0 kHz"),
        (0.25, "ms", "0.25 ms"),
        (12.3, "ms", "12 ms"),
        (1500.0, "ms", "1.50 s"),
        (0.0234, "s", "23 ms"),
        (3.2, ":1", "3.2 : 1"),
        (0.7071, "", "0.71"),
        (25.4, "%", "25 %"),
        (-90.2, "°", "−90 °"),
        (-math.inf, "dB", "-inf dB"),
    ],
)
def test_people_read_a_control_with_its_unit(value, unit, text):
    assert format_quantity(value, unit) == text


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("12k", "Hz", 12000.0),
        ("1.5 kHz", "Hz", 1500.0),
        ("440", "Hz", 440.0),
        ("3:1", ":1", 3.0),
        ("3.2 : 1", ":1", 3.2),
        ("−18 dB", "dB", -18.0),
        ("-18db", "dB", -18.0),
        ("+.5", "dB", 0.5),
        ("0,25 s", "s", 0.25),
        ("0,250 s", "s", 0.25),
        ("1,25 kHz", "Hz", 1250.0),
        ("20 ms", "s", 0.02),
        ("2 s", "ms", 2000.0),
        (" 1e3 ", "", 1000.0),
        ("50%", "%", 50.0),
        ("-90°", "°", -90.0),
    ],
)
def test_a_person_may_type_a_control_in_several_ways(text, unit, value):
    assert parse_quantity(text, unit) == pytest.approx(value)


@given(value=st.floats(-1e4, 1e4), unit=UNITS)
def test_what_people_read_can_be_typed_again(value, unit):
    text = format_quantity(value, unit)
    typed = parse_quantity(text, unit)
    assert typed == pytest.approx(value, rel=0.01, abs=0.6 if unit in ("Hz", "%") else 0.06)
    assert format_quantity(typed, unit) == text


@given(text=st.text(max_size=12), unit=UNITS)
def test_whatever_is_typed_is_a_finite_number_or_a_sentence(text, unit):
    with suppress(ControlValueError):
        assert math.isfinite(parse_quantity(text, unit))


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("loud", "dB", r"'loud' is not a number. Type it like '\+1.0 dB'."),
        ("", "Hz", "'' is not a number. Type it like '1.0 Hz'."),
        ("12 dB", "Hz", "'12 dB' has the unit 'db', expected Hz."),
        ("12 Hz", "", "'12 Hz' has the unit 'hz', expected a plain number."),
        ("1e999", "dB", "'1e999' is too large a number."),
        ("nan", "dB", "'nan' is not a number."),
        ("1,200 Hz", "Hz", "'1,200 Hz' can be read with a decimal comma or with a thousand"),
    ],
)
def test_what_is_no_control_gets_a_sentence(text, unit, message):
    with pytest.raises(ControlValueError, match=message):
        parse_quantity(text, unit)


@pytest.mark.parametrize("text", ["-5 Hz", "0", "30 kHz"])
def test_a_control_that_no_raw_value_reaches_is_refused_with_its_range(text):
    with pytest.raises(ControlValueError, match=r"Frequency cannot be .*: its range is 20 Hz to 20.0 kHz."):
        FREQUENCY.parse(text)


def test_the_range_of_a_slider_does_not_bound_what_is_typed():
    assert FREQUENCY.parse("21 kHz") == 21000.0
    assert LEVEL.parse("+40 dB") == 40.0


def test_an_exponential_reaches_everything_above_zero():
    ratio = ParameterSpec(unit=":1", low=1.1, high=20.0, default=2.0, transform=ExpTransform())
    assert ratio.parse("1:1") == 1.0
    with pytest.raises(ControlValueError):
        ratio.parse("0:1")


def test_nested_parameters_are_flattened_with_dots_and_back():
    tree = {"gain": 1, "child": {"w0": 2, "deep": {"q": 3}}}
    assert flatten(tree) == {"gain": 1, "child.w0": 2, "child.deep.q": 3}
    assert unflatten(flatten(tree)) == tree


def test_entries_run_in_reading_order():
    spec = ParameterSpec(unit="", low=0, high=1, default=0, shape=(2, 3))
    assert list(entries(spec)) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


def test_what_varies_with_time_fits_with_any_number_of_frames():
    spec = ParameterSpec(unit="Hz", low=20, high=2000, default=220, shape=(4, 1), time_varying=True)
    assert [spec.fits(shape) for shape in [(4, 1), (9, 1), (4, 2), (0, 1), (1,), ()]] == [True, True] + [False] * 4
    assert spec.axes == "batch, frames, 1"
    fixed = ParameterSpec(unit="Hz", low=20, high=2000, default=220, shape=(4, 1))
    assert not fixed.fits((9, 1))
    assert fixed.axes == "batch, 4, 1"
