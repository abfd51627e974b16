"""Processors whose output can be computed by hand; none is registered."""

from torch import Tensor

from grafx_lab.parameters import ParameterSpec
from grafx_lab.processors import Processor

GAIN = ParameterSpec(unit="", low=-1, high=1, default=1, label="Gain", doc="factor")


class Scale(Processor, register=False):
    """One inlet, one outlet: a factor."""

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {"gain": GAIN}

    def get_signal(self, signal: Tensor, gain: Tensor) -> Tensor:
        return gain[..., None] * signal


class Split(Processor, register=False):
    """One inlet, two outlets: a share and the rest, with an aux value."""

    outlets = ("share", "rest")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {"gain": GAIN}

    def get_signal(self, signal: Tensor, gain: Tensor):
        share = gain[..., None] * signal
        return share, signal - share, {"gain": gain[:, 0]}


class Ring(Processor, register=False):
    """Two inlets, one outlet: the first, plus a factor times the product of both."""

    inlets = ("main", "key")

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {"gain": GAIN}

    def get_signal(self, main: Tensor, key: Tensor, gain: Tensor) -> Tensor:
        return main + gain[..., None] * main * key


class Constant(Processor, register=False):
    """A generator: no inlets, a constant."""

    inlets = ()

    @property
    def specs(self) -> dict[str, ParameterSpec]:
        return {"gain": GAIN}

    def get_signal(self, length: int, gain: Tensor) -> Tensor:
        return gain[..., None].expand(-1, 1, length)


PROCESSORS = {"scale": Scale(), "split": Split(), "ring": Ring(), "constant": Constant()}
PORTS = {name: {"inlets": [*item.inlets], "outlets": [*item.outlets]} for name, item in PROCESSORS.items()}
