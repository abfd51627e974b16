"""Every processor has an independent oracle, and the oracle notices a perturbed constant."""

import importlib
from pathlib import Path

import pytest

from grafx_lab.processors import registry

FOLDER = Path(__file__).parent / "oracles"
ORACLES = {}
for file in sorted(FOLDER.glob("*_oracles.py")):
    ORACLES |= importlib.import_module(f"tests.processors.oracles.{file.stem}").ORACLES
NAMES = sorted({cls.registered_name for cls in registry.values() if cls.__module__.startswith("grafx_lab.")})


def test_every_processor_has_an_oracle():
    assert sorted(set(NAMES) - ORACLES.keys()) == []


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_the_processor_agrees_with_its_oracle(name: str):
    ORACLES[name].check()


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_the_oracle_notices_a_perturbed_constant(name: str, monkeypatch: pytest.MonkeyPatch):
    ORACLES[name].mutate(monkeypatch)
    with pytest.raises(AssertionError):
        ORACLES[name].check()
