"""Pictures of a fit leave it most of the time."""

import time

import pytest

from grafx_lab.session import throttle
from grafx_lab.session.throttle import Throttle


def test_the_longer_a_measurement_takes_the_longer_is_the_rest(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    gate = Throttle(0.5)
    assert gate.due
    with gate.measured():
        clock[0] += 0.01
    clock[0] += 0.49
    assert not gate.due
    clock[0] += 0.02
    assert gate.due
    with gate.measured():
        clock[0] += 2.0
    clock[0] += 2.0 / throttle.SHARE - 0.1
    assert not gate.due
    clock[0] += 0.2
    assert gate.due


def test_a_measurement_that_fails_is_one_too():
    gate = Throttle(60.0)
    with pytest.raises(ValueError, match="no sound"), gate.measured():
        raise ValueError("no sound")
    assert not gate.due
