"""Animations: pictures one after the other, as MP4, GIF or a page that plays by itself."""

import base64
import html
import io
import json
import math
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from grafx_lab.atomic_file import replacing
from grafx_lab.errors import LabError
from grafx_lab.landscapes import Landscape, Trajectory
from grafx_lab.plots.curve import draw_way_along
from grafx_lab.plots.landscape import plot_landscape
from grafx_lab.plots.player import PLAYER
from grafx_lab.plots.relief import draw_way
from grafx_lab.plots.theme import LIGHT, Palette, axes_for, log_ticks, mosaic, themed

DPI = 100
SUFFIXES = (".mp4", ".gif", ".html")

NO_FILM = "An .mp4 film needs the program ffmpeg, which is not installed here; install it, or write a .gif or .html."


class AnimationError(LabError):
    """An animation that cannot be written; the message says why and what to do."""


@dataclass(frozen=True, eq=False)
class Animation:
    """Frames, all of one size.

    Attributes:
        frames: RGB pictures.
        seconds: how long each is shown; the last stays four times as long in a file that repeats.
        title: what the page is called.
    """

    frames: tuple[Image.Image, ...]
    seconds: float = 0.1
    title: str = "grafx_lab"

    def save(self, path: str | Path) -> Path:
        """Write a ``.gif``, an ``.mp4`` (which takes the program ffmpeg) or an ``.html`` page that needs nothing else.

        The file is whole or not there.

        Raises:
            AnimationError: there are no frames, another suffix, or there is no ffmpeg, or it failed.
        """
        path = Path(path)
        if not self.frames:
            raise AnimationError(f"'{path.name}' cannot be written: the animation has no frames.")
        if path.suffix not in SUFFIXES:
            raise AnimationError(
                f"'{path.name}' cannot be written: expected a name that ends in {', '.join(SUFFIXES)}."
            )
        write = {".gif": self._write_gif, ".html": self._write_page, ".mp4": self._write_film}[path.suffix]
        with replacing(path) as temporary:
            write(temporary)
        return path

    def _write_gif(self, path: Path) -> None:
        # One palette for all frames, made from the last and busiest one: colours do not flicker.
        palette = self.frames[-1].quantize(255, dither=Image.Dither.NONE)
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self.frames]
        milliseconds = round(1000 * self.seconds)
        durations = [milliseconds] * (len(frames) - 1) + [4 * milliseconds]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False)

    def _write_page(self, path: Path) -> None:
        pictures = [f"data:image/webp;base64,{_encoded(frame)}" for frame in self.frames]
        page = PLAYER.replace("%TITLE%", html.escape(self.title))
        page = page.replace("%FRAMES%", json.dumps(pictures)).replace("%MILLISECONDS%", str(round(1000 * self.seconds)))
        path.write_text(page, encoding="utf-8")

    def _write_film(self, path: Path) -> None:
        program = film_program()
        if program is None:
            raise AnimationError(NO_FILM)
        width, height = (size - size % 2 for size in self.frames[0].size)  # H.264 wants even sizes
        command = [
            program, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
            "-r", f"{1 / self.seconds:.6f}", "-i", "-", "-c:v", "libx264", "-pix_fmt", "yuv420p",
            "-movflags", "+faststart", str(path),
        ]  # fmt: skip
        pixels = b"".join(frame.crop((0, 0, width, height)).tobytes() for frame in self.frames)
        made = subprocess.run(command, input=pixels, capture_output=True, check=False)
        if made.returncode:
            raise AnimationError(f"ffmpeg could not write the film: {made.stderr.decode(errors='replace').strip()}")


def film_program() -> str | None:
    """The program that writes films; ``None`` where it is not installed."""
    return shutil.which("ffmpeg")


def animate_fit(
    surface: Landscape,
    way: Trajectory,
    losses: Sequence[float],
    *,
    truth: Sequence[float] | None = None,
    frames: int = 60,
    palette: Palette = LIGHT,
) -> Animation:
    """A fit walking across a landscape, beside its loss.

    Args:
        surface: the landscape.
        way: the fit's steps on it (:func:`~grafx_lab.landscapes.trajectory`).
        losses: of the same steps.
        truth: values that made the target, one an axis.
        frames: how many at most; of many steps some are left out.
        palette: of the picture.

    Raises:
        AnimationError: there is no step, or there are more or fewer losses than steps.
    """
    if not 0 < len(way.values) == len(losses):
        raise AnimationError(
            f"A way of {len(way.values)} steps cannot be shown with {len(losses)} losses; give one loss for each step, "
            "such as [history.losses[step] for step in history.kept]."
        )
    steps = np.unique(np.linspace(0, len(losses) - 1, min(frames, len(losses))).round().astype(int)).tolist()
    figure, places = mosaic("aab", (9.0, 4.4), palette)
    plot_landscape(surface, truth=truth, ax=places["a"], palette=palette)
    ax = _draw_losses(places["b"], losses, palette)

    def artists(step: int) -> list[Artist]:
        so_far = Trajectory(way.values[: step + 1], way.off_plane[: step + 1])
        if len(surface.axes) == 2:
            drawn = draw_way(places["a"], so_far, palette.opt_1, "o", palette)
        else:
            drawn = draw_way_along(places["a"], surface, so_far, palette)
        drawn += ax.plot(losses[: step + 1], **palette.line_of("fitted"))
        drawn += ax.plot(step, losses[step], "o", color=palette.fitted, markeredgecolor=palette.surface, markersize=8)
        text = f"step {step}: {losses[step]:.3g}"
        drawn.append(ax.text(0.97, 0.96, text, transform=ax.transAxes, ha="right", va="top", color=palette.fitted))
        return drawn

    return Animation(tuple(overlaid(figure, map(artists, steps))), 0.08, "A fit on its landscape")


def _draw_losses(ax: Axes, losses: Sequence[float], palette: Palette) -> Axes:
    """What stands still beside the landscape: all losses, logarithmic where those that are finite are above zero."""
    with themed(palette):
        axes_for(ax, (3.0, 4.4))
        ax.plot(losses, color=palette.control, linewidth=1.5, alpha=0.6)
        ax.set_xlabel("step")
        if min(filter(math.isfinite, losses), default=0.0) > 0:
            ax.set_yscale("log")
            log_ticks(ax.yaxis, *ax.get_ylim())
        ax.set_title("Loss")
    return ax


def animate_sweep(
    surfaces: Iterable[Landscape], *, truth: Sequence[float] | None = None, palette: Palette = LIGHT
) -> Animation:
    """A landscape becoming finer: the results of a :func:`~grafx_lab.landscapes.sweep`, or any others."""
    figures = (plot_landscape(surface, truth=truth, palette=palette).get_figure(root=True) for surface in surfaces)
    return Animation(tuple(_picture(_drawn(figure)) for figure in figures if figure), 0.4, "A landscape, ever finer")


def overlaid(figure: Figure, frames: Iterable[list[Artist]]) -> Iterator[Image.Image]:
    """The figure with each of these groups of artists on it; what does not change is drawn once."""
    canvas = _drawn(figure)
    background = canvas.copy_from_bbox(figure.bbox)
    for artists in frames:
        canvas.restore_region(background)
        for artist in artists:
            figure.draw_artist(artist)
        yield _picture(canvas)
        for artist in artists:
            artist.remove()


def _drawn(figure: Figure) -> FigureCanvasAgg:
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas


def _picture(canvas: FigureCanvasAgg) -> Image.Image:
    return Image.fromarray(np.array(canvas.buffer_rgba())).convert("RGB")


def _encoded(frame: Image.Image) -> str:
    file = io.BytesIO()
    frame.save(file, format="WEBP", quality=90, method=2)
    return base64.b64encode(file.getvalue()).decode("ascii")
