"""A processor is built with arguments that its annotations admit, and all others are refused in one sentence."""

import inspect
import math
import re
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

import numpy as np
import pytest

from grafx_lab.processors import (
    Compressor,
    Crossover,
    FilteredNoiseShapingReverb,
    GraphicEqualizer,
    Harmonic,
    Limiter,
    LowPassFilter,
    MultitapDelay,
    ParametricEqualizer,
    Processor,
    ProcessorError,
    Sinusoidal,
    STFTMaskedNoiseReverb,
    build,
    registry,
)
from grafx_lab.processors.arguments import Bounds, Count, Positive, annotations
from tests.processors.examples import NAMES, make, random_raw, run, signals_for

NAN, INF = math.nan, math.inf

# Counts whose lowest value depends on others.
TOGETHER = {
    ("filtered_noise_shaping_reverb", "ir_len"): {"ir_len": 9, "order": 1},
    ("parametric_equalizer", "num_filters"): {"num_filters": 1, "use_shelving_filters": False},
    ("stft_masked_noise_reverb", "ir_len"): {"ir_len": 2, "n_fft": 2, "hop_length": 1},
    ("stft_masked_noise_reverb", "n_fft"): {"n_fft": 2, "hop_length": 1},
}

WITHOUT_EFFECT = {"max_input_len", "fsm_max_input_len"}


def hints_of(name: str) -> dict[str, Any]:
    """The annotations of everything that a processor can be built with."""
    constructors = [vars(base)["__init__"] for base in reversed(registry[name].__mro__) if "__init__" in vars(base)]
    return {key: hint for item in constructors for key, hint in annotations(item).items() if key not in WITHOUT_EFFECT}


def bounds_of(hint: Any) -> Bounds | None:
    """The bounds that an annotation names, alone or beside ``None``."""
    notes = getattr(hint, "__metadata__", ()) + tuple(map(bounds_of, get_args(hint)))
    return next((note for note in notes if isinstance(note, Bounds)), None)


def lowest(name: str) -> dict[str, int]:
    """The counts that a processor can be built with, each as low as it may be."""
    bounds = {key: bounds_of(hint) for key, hint in hints_of(name).items() if int in get_args(hint)}
    return {key: int(bound.low) for key, bound in bounds.items() if bound is not None and bound.low > -INF}


@pytest.mark.parametrize("name", NAMES)
def test_every_number_says_where_it_lies(name):
    hints = hints_of(name).items()
    free = [key for key, hint in hints if {int, float} & {hint, *get_args(hint)} and bounds_of(hint) is None]
    assert not free


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_such_number_is_refused_by_name(name):
    cls = registry[name]
    for key, hint in hints_of(name).items():
        bounds = bounds_of(hint)
        if bounds is None:
            continue
        wrong = [NAN, INF, 10**400, "many", [1], True]
        wrong += [1.5] if int in get_args(hint) else []
        wrong += [bounds.low if bounds.above else bounds.low - 1] if bounds.low > -INF else []
        wrong += [bounds.high + 1] if bounds.high < INF else []
        for value in wrong:
            with pytest.raises(ProcessorError) as caught:
                cls(**{key: value})
            assert f"{cls.__name__}: {key} is {value!r}, expected " in str(caught.value)


@pytest.mark.parametrize("name", [name for name in NAMES if lowest(name)])
def test_the_lowest_count_sounds(name):
    for key, value in lowest(name).items():
        together = TOGETHER.get((name, key), {key: value})
        processor = registry[name](**make(name).arguments | together)
        outputs = run(processor, signals_for(processor), random_raw(processor))
        assert all(output.isfinite().all() for output in outputs)


@pytest.mark.parametrize(
    ("cls", "arguments", "sentence"),
    [
        (Compressor, {"iir_len": -5}, "Compressor: iir_len is -5, expected a whole number from 1 to 10000000."),
        (Harmonic, {"n_harmonics": 0}, "Harmonic: n_harmonics is 0, expected a whole number from 1 to 10000000."),
        (MultitapDelay, {"pre_delay": 0.5}, "pre_delay is 0.5, expected a whole number from 0 to 10000000."),
        (LowPassFilter, {"sample_rate": -44100}, "sample_rate is -44100, expected a finite number above 0."),
        (LowPassFilter, {"sr": NAN}, "sr is nan, expected a finite number above 0 or None."),
        (LowPassFilter, {"fsm_regularization": True}, "fsm_regularization is True, expected False."),
        (Limiter, {"look_ahead": 2000}, "Limiter: look_ahead is 2000, expected a finite number from 0 to 1000."),
        (Compressor, {"knee": "soft"}, "knee is 'soft', expected 'hard', 'quadratic' or 'exponential'."),
        (
            Compressor,
            {"gain_smoother": "fir"},
            "gain_smoother is 'fir', expected 'iir', 'ballistics', 'release' or None.",
        ),
        (Compressor, {"gain_smother": "iir"}, "unknown argument 'gain_smother'. Did you mean 'gain_smoother'"),
        (FilteredNoiseShapingReverb, {"scale": "inch"}, "scale is 'inch', expected 'bark_traunmuller', 'bark_"),
        (FilteredNoiseShapingReverb, {"f_min": 9e4}, "f_min is 90000.0 and f_max 15000, expected f_min < f_max."),
        (FilteredNoiseShapingReverb, {"ir_len": 5}, "ir_len is 5, expected 12 or more with order=2."),
        (GraphicEqualizer, {"sample_rate": 80}, "sample_rate is 80, expected more than twice the 50 Hz of the lowest"),
        (ParametricEqualizer, {"num_filters": 1}, "num_filters is 1, but its shelves are two; use_shelving_fil"),
        (Sinusoidal, {"hz_min": 300, "hz_max": 200}, "hz_min is 300 and hz_max 200, expected hz_min < hz_max."),
        (STFTMaskedNoiseReverb, {"hop_length": 500}, "hop_length is 500, expected at most n_fft = 384."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_came_and_what_was_expected(cls, arguments, sentence):
    with pytest.raises(ProcessorError, match=re.escape(sentence)):
        cls(**arguments)


def test_numbers_of_other_libraries_are_numbers():
    assert Crossover(num_bands=np.int64(4)).num_bands == 4
    assert Limiter(np.float32(2.5), sample_rate=Fraction(44100)).latency == 110


def test_what_grafx_accepts_without_effect_makes_no_other_type():
    plain = LowPassFilter(fsm_regularization=False, fsm_max_input_len=2**17, flashfftconv=True, max_input_len=None)
    assert plain.arguments == {}


def test_a_description_is_held_to_the_same_rules():
    with pytest.raises(ProcessorError, match=r"^Crossover: num_bands is '3', expected a whole number from 2"):
        build({"class": "crossover", "arguments": {"num_bands": "3"}}, 44100)


def test_the_annotations_of_somebody_elses_processor_count_as_much():
    class Ringing(Processor, register=False):
        def __init__(
            self,
            count: Count,
            depth: Positive | None = None,
            mode: Literal["up", 7] | None = "up",
            share: Annotated[float, Bounds(0, 1)] = 0.5,
            free: int = 0,
            **options: Any,
        ) -> None:
            super().__init__(**options)

    class Louder(Ringing, register=False):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)

    Louder(2, depth=None, mode=7, share=1, free="as before")
    for arguments, sentence in (
        ({"depth": 0}, "Louder: depth is 0, expected a finite number above 0 or None."),
        ({"mode": "down"}, "Louder: mode is 'down', expected 'up', 7 or None."),
        ({"share": 1.01}, "Louder: share is 1.01, expected a finite number from 0 to 1."),
        ({"hare": 1}, "Louder: unknown argument 'hare'. Did you mean 'share'"),
    ):
        with pytest.raises(ProcessorError, match=re.escape(sentence)):
            Louder(2, **arguments)
    with pytest.raises(ProcessorError, match="Ringing: count is 0, expected"):
        Ringing(0)


def test_annotations_that_only_a_type_checker_knows_leave_the_arguments_free():
    class Later(Processor, register=False):
        def __init__(self, count: "Unheard", **options: Any) -> None:  # noqa: F821  # pyright: ignore
            super().__init__(**options)

    assert Later("anything").arguments == {"count": "anything"}
    assert "count" in inspect.signature(Later).parameters
