import os
import signal
import subprocess
import sys
import types

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from traitlets.config import PyFileConfigLoader

from grafx_lab.audio import read_audio
from grafx_lab.cli import lab, main
from grafx_lab.cli.interrupt import polite_interrupts
from grafx_lab.patch import Patch
from grafx_lab.processors import registry
from tests.cli.recordings import write_noise


def test_processors_lists_every_class_with_units_and_ranges(capsys):
    assert main(["processors"]) == 0
    table = capsys.readouterr().out
    assert all(
        f"  {cls.registered_name}" in table for cls in set(registry.values()) if cls.__module__.startswith("grafx_lab.")
    )
    assert "−50.0 dB … 0.0 dB  level above which the gain falls" in table
    assert ":math:" not in table


def test_render_resamples_to_the_patch_and_says_so(tmp_path, capsys):
    source = write_noise(tmp_path / "dry.wav", sample_rate=48000)
    Patch.chain(["stereo_gain"], sample_rate=44100).save(tmp_path / "patch.json")
    out = tmp_path / "wet.flac"
    assert main(["render", str(tmp_path / "patch.json"), str(source), "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "resampled from 48000 Hz to the patch's 44100 Hz" in printed.err
    assert printed.out.startswith("Wrote wet.flac as 24-bit PCM; its peak is ")
    assert read_audio(out).sample_rate == 44100


def test_a_patch_of_generators_is_rendered_as_long_as_the_source(tmp_path, capsys):
    source = write_noise(tmp_path / "dry.wav", sample_rate=48000)
    Patch.from_expression("oscillator >> stereo_gain", sample_rate=44100).save(tmp_path / "patch.json")
    out = tmp_path / "wet.wav"
    assert main(["render", str(tmp_path / "patch.json"), str(source), "--out", str(out)]) == 0
    assert read_audio(out).samples == round(read_audio(source).seconds * 44100)


def test_the_app_is_launched_with_what_was_typed(monkeypatch):
    asked = {}
    app = types.SimpleNamespace(launch=lambda **words: asked.update(words))
    monkeypatch.setitem(sys.modules, "grafx_lab.app", app)
    assert main(["app", "--host", "0.0.0.0", "--port", "8000", "--no-browser"]) == 0
    assert asked == {"host": "0.0.0.0", "port": 8000, "open_browser": False}


def test_jupyterlab_has_our_settings_behind_a_persons_own(monkeypatch, tmp_path):
    environments = []

    def run(command, env, **_):
        environments.append(env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    monkeypatch.setattr(lab.subprocess, "run", run)
    monkeypatch.setattr(lab, "notebooks_folder", lambda: tmp_path)
    assert main(["lab"]) == 0
    assert environments[0]["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(tmp_path), str(lab.SETTINGS)])


def test_in_our_jupyterlab_no_message_of_a_kernel_waits_for_the_next(monkeypatch):
    settings = PyFileConfigLoader("jupyter_server_config.py", path=str(lab.SETTINGS)).load_config()
    asked = []
    monkeypatch.setattr(KernelWebsocketHandler, "set_nodelay", lambda _, value: asked.append(value))
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda _: asked.append("connected"))
    handler = KernelWebsocketHandler.__new__(KernelWebsocketHandler)
    settings.ServerApp.kernel_websocket_connection_class(websocket_handler=handler).connect()
    assert asked == [True, "connected"]


@pytest.mark.parametrize(("user", "rooted"), [(0, True), (1000, False)])
def test_jupyterlab_is_allowed_to_run_as_root_only_for_root(monkeypatch, tmp_path, user, rooted):
    commands = []

    def run(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(lab.os, "geteuid", lambda: user)
    monkeypatch.setattr(lab.subprocess, "run", run)
    monkeypatch.setattr(lab, "notebooks_folder", lambda: tmp_path)
    assert main(["lab", "--", "--no-browser"]) == 0
    assert f"--notebook-dir={tmp_path}" in commands[0]
    assert "--no-browser" in commands[0]
    assert ("--allow-root" in commands[0]) == rooted


def test_an_installed_wheel_lends_copies_of_its_notebooks_and_spares_edited_ones(monkeypatch, tmp_path, capsys):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "01_gain.ipynb").write_text("as shipped")
    (shipped / "02_new.ipynb").write_text("as shipped")
    edited = tmp_path / lab.COPIES / "01_gain.ipynb"
    edited.parent.mkdir()
    edited.write_text("edited")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab, "in_checkout", lambda: False)
    monkeypatch.setattr(lab, "notebooks_folder", lambda: shipped)
    monkeypatch.setattr(lab.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0))
    assert main(["lab"]) == 0
    assert edited.read_text() == "edited"
    assert (edited.parent / "02_new.ipynb").read_text() == "as shipped"
    assert "Your copies of the notebooks are in" in capsys.readouterr().out


def test_ctrl_c_outside_a_fit_is_no_traceback(monkeypatch, capsys):
    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "grafx_lab.app", types.SimpleNamespace(launch=interrupted))
    assert main(["app"]) == 130
    assert capsys.readouterr().err == "\nStopped.\n"


def test_the_first_ctrl_c_is_a_wish_and_the_second_an_order():
    before = signal.getsignal(signal.SIGINT)

    def insist():
        with polite_interrupts() as wish:
            signal.raise_signal(signal.SIGINT)
            assert wish.stop
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        insist()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_defect_of_ours_keeps_its_traceback(monkeypatch):
    monkeypatch.setitem(sys.modules, "grafx_lab.app", types.SimpleNamespace(launch=lambda **_: [][0]))
    with pytest.raises(IndexError):
        main(["app"])
