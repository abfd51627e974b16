"""The whole job as named API endpoints, for gradio_client and everybody who speaks HTTP."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from grafx_lab.app.served import served_folder
from grafx_lab.audio import AudioError, read_audio, write_audio
from grafx_lab.errors import LabError
from grafx_lab.fitting import FitResult, History, Layout, Objective, fit_report, fit_steps, summarise
from grafx_lab.patch import Patch, PatchError
from grafx_lab.processors import registry

MAX_STEPS = 10_000
YIELDS_A_SECOND = 10


@contextmanager
def _spoken() -> Iterator[None]:
    """What the person can mend reaches them as the one sentence."""
    try:
        yield
    except LabError as error:
        raise gr.Error(str(error), print_exception=False) from error


def add_endpoints() -> None:
    """Add the endpoints to the ``gr.Blocks`` under construction. Fits wait for each other."""
    api(processors, api_name="processors", concurrency_limit=None)
    api(validate, api_name="validate", concurrency_limit=None)
    api(script, api_name="script", concurrency_limit=None)
    with gr.Row(visible=False):
        source, target = gr.File(label="Source"), gr.File(label="Target")
        patch, chain = gr.Textbox(label="Text of a patch file"), gr.Textbox(label="Processors, with commas between")
        steps, loss = gr.Number(300, precision=0, label="Steps"), gr.Textbox("mr_stft", label="Loss")
        audio, patch_file, progress = gr.File(label="Audio"), gr.File(label="Patch"), gr.JSON(label="Progress")
        report, init = gr.JSON(label="Report"), gr.Textbox("patch", label="Start: patch, neutral or auto")
        gr.Button().click(render, [patch, source], audio, api_name="render", concurrency_limit=1)
        given, found = [source, target, chain, patch, steps, loss, init], [progress, patch_file, audio, report]
        gr.Button().click(fit, given, found, api_name="fit", concurrency_id="fit", concurrency_limit=1)


def processors() -> list[dict[str, Any]]:
    """Every processor that a chain can be made of: its name, family and first line of documentation."""
    return [
        {"name": name, "family": str(cls.family), "doc": (cls.__doc__ or "").strip().split("\n")[0]}
        for name, cls in sorted(registry.items())
    ]


def validate(patch: str) -> str:
    """What keeps a patch (the text of a patch file) from being heard, in one sentence, or "ok"."""
    try:
        Patch.from_json(patch).validate()
    except LabError as error:
        return str(error)
    return "ok"


def script(patch: str) -> str:
    """A Python script that rebuilds a patch (the text of a patch file)."""
    with _spoken():
        return Patch.from_json(patch).to_python()


def render(patch: str, source: str) -> str:
    """A recording through a patch (the text of a patch file), as a WAV file."""
    with _spoken():
        return str(_rendered(Patch.from_json(patch), _given(source, "source"), _new_folder()))


def fit(
    source: str,
    target: str,
    chain: str = "",
    patch: str = "",
    steps: int = 300,
    loss: str = "mr_stft",
    init: str = "patch",
):
    """Fit a chain (names with commas between), or a patch (the text of a patch file), to a target.

    It begins where the controls stand ("patch"), where nothing is heard ("neutral"), or at a start of its own ("auto").

    Yields progress while it runs, and at the end also the files ``patch.json`` and ``fitted.wav`` and a report.
    """
    with _spoken():
        source, target = _given(source, "source"), _given(target, "target")
        dry = read_audio(source)
        objective = Objective(_start(chain, patch, dry.sample_rate), dry, read_audio(target), loss)
        history = History(objective.patch, Layout(objective.patch))
        steps, last, step = min(MAX_STEPS, max(1, int(steps))), 0.0, None
        for step in fit_steps(objective, steps, history=history, init=init):
            if time.monotonic() - last >= 1 / YIELDS_A_SECOND:
                last = time.monotonic()
                progress = {"step": step.step, "steps": steps, "loss": step.loss, "best_loss": step.best_loss}
                yield progress, None, None, None
        status = "done" if step is not None and step.step == steps else "failed"
        yield _result(summarise(objective, history, status), source, steps)


def _start(chain: str, patch: str, sample_rate: int) -> Patch:
    if bool(chain and chain.strip()) == bool(patch and patch.strip()):
        raise PatchError("A fit starts from either a chain or a patch. Give one of them, and leave the other empty.")
    if patch:
        return Patch.from_json(patch)
    return Patch.chain([name.strip() for name in chain.split(",") if name.strip()], sample_rate, title="Fitted chain")


def _given(file: str | None, role: str) -> str:
    if not file:
        raise AudioError(f"There is no {role}. Send an audio file.")
    return file


def _result(result: FitResult, source: str, steps: int) -> tuple[dict[str, Any], str, str, dict[str, Any]]:
    folder = _new_folder()
    result.patch.save(folder / "patch.json")
    # What is heard comes from the file: so it is what everybody else hears who renders the file.
    audio = _rendered(Patch.load(folder / "patch.json"), source, folder)
    losses = result.history.losses
    progress = {"step": len(losses) - 1, "steps": steps, "loss": losses[-1], "best_loss": result.loss}
    return progress, str(folder / "patch.json"), str(audio), fit_report(result)


def _rendered(patch: Patch, source: str, folder: Path) -> Path:
    path = folder / "fitted.wav"
    write_audio(path, patch.render(read_audio(source)))
    return path


def _new_folder() -> Path:
    folder = served_folder() / secrets.token_urlsafe(16)
    folder.mkdir()
    return folder
