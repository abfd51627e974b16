"""What a session hands out: the patch, a script that rebuilds it, and the sound that it makes."""

from pathlib import Path
from typing import Any

from grafx_lab.atomic_file import write_text
from grafx_lab.audio import Audio, write_audio
from grafx_lab.patch import Patch


def write_downloads(folder: Path, patch: Patch, script_text: str, source: Audio | None) -> list[dict[str, Any]]:
    """Write the files; returns ``{label, name, url}`` of each, where ``url`` is its path.

    Args:
        folder: where they go.
        patch: what is handed out.
        script_text: the script that rebuilds it.
        source: what it is played on; without it there is no sound.
    """
    folder.mkdir(parents=True, exist_ok=True)
    document, script, sound = folder / "patch.json", folder / "patch.py", folder / "fitted.wav"
    patch.save(document)
    write_text(script, script_text)
    labels = {"Patch": document, "Python script": script}
    if source is not None:
        write_audio(sound, patch.render(source))
        labels = {"Patch": document, "Fitted audio": sound, "Python script": script}
    return [{"label": label, "name": path.name, "url": path} for label, path in labels.items()]
