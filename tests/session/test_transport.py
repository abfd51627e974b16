import threading
import time

from grafx_lab.session.transport import Transport
from tests.waiting import PATIENCE


def test_a_transport_keeps_its_pace():
    transport = Transport(pace=100)
    began = time.monotonic()
    for _ in range(20):
        transport.wait(lambda: None)
    assert time.monotonic() - began > 0.15


def test_the_end_opens_a_held_transport():
    transport, held = Transport(), threading.Event()
    transport.pause()
    thread = threading.Thread(target=transport.wait, args=(held.set,))
    thread.start()
    assert held.wait(PATIENCE)
    transport.end()
    thread.join(PATIENCE)
    assert not thread.is_alive()
