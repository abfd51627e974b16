"""Where the files beside the code are: audio clips, notebooks, benchmarks, built front-end bundles.

In a checkout the clips, notebooks and benchmarks lie at the root of the repository; a wheel carries them under
``grafx_lab/_data/``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


class ResourceError(FileNotFoundError):
    """A shipped file or folder that is not there."""


@dataclass(frozen=True)
class Clip:
    """A shipped recording, free to use (CC0 1.0).

    Attributes:
        name: the file's name without suffix, ``"loop_mika"``.
        path: where it lies.
        maker: who recorded it and when, as the attribution has it.
        url: where the original was published.
    """

    name: str
    path: Path
    maker: str
    url: str

    @property
    def title(self) -> str:
        """What people read: ``"Loop mika"``."""
        return self.name.replace("_", " ").capitalize()


def clips(package: Path = PACKAGE) -> tuple[Clip, ...]:
    """The shipped recordings in the order of their attribution.

    Raises:
        ResourceError: the folder or a file that the attribution names is missing.
    """
    folder = audio_folder(package)
    rows = re.findall(r"^\| (\w+)\.flac \| (.+?) \| (\S+) \|$", _attribution(folder), flags=re.MULTILINE)
    return tuple(Clip(name, _existing(folder / f"{name}.flac"), maker, url) for name, maker, url in rows)


def clip(name: str, package: Path = PACKAGE) -> Clip:
    """One shipped recording by its name.

    Raises:
        ResourceError: there is no such clip.
    """
    shipped = {clip.name: clip for clip in clips(package)}
    if name not in shipped:
        raise ResourceError(f"There is no clip {name!r}. These are shipped: {', '.join(shipped)}.")
    return shipped[name]


def attribution(package: Path = PACKAGE) -> str:
    """Who made the clips, as Markdown."""
    return _attribution(audio_folder(package))


def audio_folder(package: Path = PACKAGE) -> Path:
    """The folder of the clips and their ``ATTRIBUTION.md``."""
    return _data_folder("audio", package.parent / "assets" / "audio", package)


def notebooks_folder(package: Path = PACKAGE) -> Path:
    """The folder of the notebooks."""
    return _data_folder("notebooks", package.parent / "notebooks", package)


def benchmarks_folder(package: Path = PACKAGE) -> Path:
    """The folder of the benchmarks."""
    return _data_folder("benchmarks", package.parent / "benchmarks", package)


def bundles_folder(package: Path = PACKAGE) -> Path:
    """The folder of the built front-end modules; everything in it may be served to the public."""
    return _existing(package / "frontend" / "dist", "Build it with `make frontend`.")


def in_checkout(package: Path = PACKAGE) -> bool:
    """Whether the code runs from a repository, where notebooks may be edited in place."""
    return (package.parent / "pyproject.toml").is_file()


def _data_folder(name: str, checkout: Path, package: Path) -> Path:
    return _existing(checkout if in_checkout(package) else package / "_data" / name)


def _attribution(folder: Path) -> str:
    return _existing(folder / "ATTRIBUTION.md").read_text(encoding="utf-8")


def _existing(path: Path, remedy: str = "Install grafx-lab again.") -> Path:
    if not path.exists():
        raise ResourceError(f"{path} is missing from this installation of grafx_lab. {remedy}")
    return path
