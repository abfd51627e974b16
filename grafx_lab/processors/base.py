"""Processor: the contract of everything that makes or changes sound, and the registry that knows all of them.

A processor is stateless: raw parameters and input signals in, output signals out. It holds buffers and hyperparameters,
never the parameters. Defining a subclass registers it under its class name in snake_case; palette, panels, contract
tests and the README table know it from then on.
"""

from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import torch
from torch import Tensor, nn

from grafx_lab.parameters import ParameterSpec, Tree, flatten, map_tree, unflatten
from grafx_lab.paths import snake_case, suggestion
from grafx_lab.processors.arguments import Positive, given_arguments, refuse_unknown
from grafx_lab.processors.checks import ProcessorError, check_call, check_finite, check_parameters
from grafx_lab.processors.output import Output, split_output
from grafx_lab.processors.registration import is_wrapper, register_class

FAMILIES = {
    "eq": "EQ and filter",
    "dynamics": "Dynamics",
    "nonlinear": "Nonlinear",
    "delay": "Delay",
    "reverb": "Reverb",
    "stereo": "Stereo",
    "synth": "Synth",
    "routing": "Routing",
    "container": "Container",
}

_WITHOUT_EFFECT = ("flashfftconv", "max_input_len", "fsm_max_input_len", "fsm_regularization")
_BESIDE_THE_TYPE = ("name", "sample_rate", "sr", *_WITHOUT_EFFECT)


class Processor(nn.Module):
    """Base class of all processors.

    Class attributes:
        inlets: names of the input signals; empty for generators.
        outlets: names of the output signals.
        optional_inlets: inlets that may stay open (they receive silence).
        family: a key of :data:`FAMILIES`.
        label: what people read instead of the class name.
        aliases: further registered names.
        headline: the parameters that a node's card shows; the first two by default.
        wet_only: the output contains nothing of the dry signal, so a chain wraps it in ``DryWet``.
        channels_in: channel counts that an inlet accepts, or ``None`` for any.
        registered_name: the class name in snake_case where the class does not say otherwise.
        clocked: what it does depends on the time since the beginning of the render, as an oscillator's swing does.
        sets_level: it is a gain and nothing else.
        knows_filters: its closed form allows for a filter behind it.
        example: arguments as an expression writes them, where none can be built without the first of them.
        surrogates: raw parameters whose gradient is deliberately another one than the derivative.

    Args:
        sample_rate: in Hz.
        sr: alias of ``sample_rate``, as in GRAFX.
        name: what a :class:`~grafx_lab.graph.ProcessorGroup` calls its node, as in DDSP.
        flashfftconv: as ``max_input_len``, ``fsm_max_input_len`` and ``fsm_regularization``, accepted for GRAFX's
            scripts, without effect.

    Raises:
        ProcessorError: an unknown argument, or one that is not what its annotation says.
    """

    inlets: ClassVar[tuple[str, ...]] = ("main",)
    outlets: ClassVar[tuple[str, ...]] = ("main",)
    optional_inlets: ClassVar[tuple[str, ...]] = ()
    family: ClassVar[str] = "routing"
    label: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    headline: ClassVar[tuple[str, ...]] = ()
    wet_only: ClassVar[bool] = False
    channels_in: ClassVar[tuple[int, ...] | None] = None
    registered_name: ClassVar[str] = ""
    clocked: ClassVar[bool] = False
    sets_level: ClassVar[bool] = False
    knows_filters: ClassVar[bool] = False
    example: ClassVar[str] = ""
    surrogates: ClassVar[tuple[str, ...]] = ()

    arguments: dict[str, Any]
    """The constructor's arguments as given, without sample rate and name: what makes two nodes of one type."""

    has_own_rate: bool
    """Whether the sample rate was given, not left at its default by somebody whom it does not concern."""

    def __init_subclass__(cls, *, register: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if is_wrapper(cls):
            return
        cls.registered_name = cls.__dict__.get("registered_name", snake_case(cls.__name__))
        if register:
            register_class(cls)

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = super().__new__(cls)
        constructed = given_arguments(cls, args, kwargs)
        arguments = {name: value for name, value in constructed.items() if name not in _BESIDE_THE_TYPE}
        object.__setattr__(self, "arguments", arguments)
        object.__setattr__(self, "has_own_rate", not constructed.keys().isdisjoint(("sample_rate", "sr")))
        return self

    def __init__(
        self,
        *,
        sample_rate: Positive = 44100,
        sr: Positive | None = None,
        name: str = "",
        flashfftconv: bool = False,
        max_input_len: int | None = None,
        fsm_max_input_len: int | None = None,
        fsm_regularization: Literal[False] = False,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        super().__init__()
        self.sample_rate = float(sample_rate if sr is None else sr)
        self.name = name

    @property
    def specs(self) -> dict[str, Any]:
        """The :class:`ParameterSpec` of every raw parameter by name; containers nest such dicts."""
        return {}

    @cached_property
    def _settled_specs(self) -> dict[str, Any]:
        """The specs, which follow from the constructor's arguments, read once: every call needs them."""
        return self.specs

    @cached_property
    def flat_specs(self) -> dict[str, ParameterSpec]:
        """The specs with dotted names below containers (``"child.log_gain"``)."""
        return flatten(self._settled_specs)

    @cached_property
    def call_specs(self) -> dict[str, Any]:
        """The specs of all that a call must bring, read once."""
        return self._settled_specs

    @property
    def latency(self) -> int:
        """Delay of the output in samples; from hyperparameters only."""
        return 0

    def channels_out(self, channels_in: int) -> int:
        """Channels of each outlet for an input of that many channels."""
        return channels_in

    def get_controls(self, **raw: Any) -> dict[str, Any]:
        """Raw parameters ``(batch, *shape)`` → controls in their units."""
        return _to_controls(self._settled_specs, raw)

    def get_signal(self, *input_signals: Tensor, **controls: Any) -> Any:
        """Controls and input signals ``(batch, channel, time)`` → output signals.

        Returns:
            a tensor, a tuple with a tensor for each outlet, or either of them with a dict of aux tensors behind it.
        """
        raise ProcessorError(f"{type(self).__name__} has no get_signal: define it in the class.")

    def forward(
        self, *input_signals: Tensor, length: int | None = None, return_outputs_dict: bool = False, **raw: Any
    ) -> Any:
        """Process ``input_signals`` with raw parameters, as GRAFX and PyTorch do.

        Args:
            input_signals: a tensor ``(batch, channel, time)`` for each inlet, all of one dtype, float32 or float64.
            length: samples to generate; only for generators (no inlets), whose ``get_signal`` receives it.
            return_outputs_dict: return ``{"signal": …, "controls": …}``, as DDSP does.
            raw: a tensor ``(batch, *shape)`` for each parameter; a batch of one broadcasts, and so do frames. Beside
                signals of the other dtype they are cast: the output has the dtype of the input.

        Returns:
            what :meth:`get_signal` returns.

        Raises:
            ProcessorError: signals or parameters do not fit, or are not finite; the message says how.
        """
        checked = check_call(self, self.call_specs, input_signals, raw)
        check_finite(self, input_signals, checked)
        controls = self.get_controls(**checked)
        signal = self._signal(input_signals, length, controls)
        return {"signal": signal, "controls": controls} if return_outputs_dict else signal

    def run(self, *input_signals: Tensor, length: int | None = None, **raw: Any) -> Output:
        """Process as :meth:`forward` does and return an :class:`Output`, whatever form ``get_signal`` has chosen.

        This is what a graph calls. NaN and infinity pass through: of many renders side by side they spoil their own,
        a landscape has a hole there, and a fit turns back.
        """
        controls = self.get_controls(**check_call(self, self.call_specs, input_signals, raw))
        return split_output(self._signal(input_signals, length, controls))

    def _signal(self, signals: tuple[Tensor, ...], length: int | None, controls: Tree) -> Any:
        generated = {} if self.inlets else {"length": length}
        return self.get_signal(*signals, **generated, **controls)

    def check_raw(self, raw: Tree) -> None:
        """Raise :class:`ProcessorError` for a raw parameter that is missing, unknown or of another shape."""
        check_parameters(self, self._settled_specs, raw)

    def parameter_size(self) -> dict[str, Any]:
        """Shape of every raw parameter without the batch axis, nested as the specs are."""
        return map_tree(self.specs, lambda spec: spec.shape)

    def raw_from_controls(self, **controls: Any) -> dict[str, Any]:
        """Raw parameters ``(batch, *shape)`` from controls: numbers, nested sequences or tensors.

        Parameters that are not named are at their defaults. A control without a batch axis gets one of length one.

        Raises:
            ProcessorError: an unknown parameter, or a value whose shape does not fit.
        """
        specs, given = flatten(self.specs), flatten(controls)
        for name in given.keys() - specs.keys():
            raise ProcessorError(f"{type(self).__name__} has no parameter '{name}'.{suggestion(name, specs)}")
        flat = {
            name: self._raw_from_control(name, spec, given[name]) if name in given else spec.default_raw()
            for name, spec in specs.items()
        }
        return unflatten(flat)

    def neutral(self) -> dict[str, Any]:
        """Raw parameters ``(1, *shape)`` at which an effect is (nearly) transparent."""
        return self.raw_from_controls(**self.neutral_controls())

    def neutral_controls(self) -> dict[str, Any]:
        """The controls whose neutral value is not their default."""
        return {}

    def closed_form_start(self, *input_signals: Tensor, target: Tensor) -> dict[str, Any] | None:
        """Raw parameters from which a fit may well begin, without a descent; ``None`` where there is no such recipe.

        Args:
            input_signals: what reaches the inlets, ``(1, channel, time)`` each.
            target: what the output is to sound like, ``(1, channel, time)``.
        """
        return None

    @property
    def has_closed_form(self) -> bool:
        """Whether there is such a recipe at all."""
        return type(self).closed_form_start is not Processor.closed_form_start

    def _raw_from_control(self, name: str, spec: ParameterSpec, value: Any) -> Tensor:
        control = torch.as_tensor(value)
        dtype = control.dtype if isinstance(value, Tensor) and control.is_floating_point() else torch.float32
        control = control.to(torch.float64)
        if control.ndim <= len(spec.shape):
            with suppress(RuntimeError):
                control = (control if spec.fits(tuple(control.shape)) else control.expand(spec.shape))[None]
        if not spec.fits(tuple(control.shape[1:])):
            raise ProcessorError(
                f"{type(self).__name__}: control '{name}' has shape {tuple(control.shape)}, "
                f"expected {spec.shape} or ({spec.axes})."
            )
        return spec.to_raw(control).to(dtype)


def _to_controls(specs: Tree, raw: Tree) -> dict[str, Any]:
    return {
        name: specs[name].to_control(value) if isinstance(value, Tensor) else _to_controls(specs[name], value)
        for name, value in raw.items()
    }
