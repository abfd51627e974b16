"""The app as a person handles it: what is on the screen, what sounds, and what hands can do."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from grafx_lab.app.bridge import sessions
from grafx_lab.audio import Audio, read_audio
from grafx_lab.patch import Patch
from grafx_lab.session import Session
from tests.waiting import PATIENCE, eventually

_HEARD = """
async (role) => {
  const player = document.querySelector("[data-testid=player]").__player;
  const buffers = player.buffers();
  if (!buffers[role]) return [];
  const { numberOfChannels, length, sampleRate } = buffers[role];
  const context = new OfflineAudioContext(numberOfChannels, length, sampleRate);
  player.buildGraph(context, { buffers, offsets: player.offsets(), listen: role, fade: 0 });
  const sound = await context.startRendering();
  const packed = [];
  for (let channel = 0; channel < numberOfChannels; channel++) {
    const bytes = new Uint8Array(sound.getChannelData(channel).buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    packed.push(btoa(text));
  }
  return packed;
}
"""

_CENTRES = """() => {
  const canvas = document.querySelector(".react-flow").getBoundingClientRect();
  const view = new DOMMatrix(getComputedStyle(document.querySelector(".react-flow__viewport")).transform);
  return Object.fromEntries([...document.querySelectorAll(".react-flow__node")].map((node) => {
    const box = node.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2 - canvas.x, box.y + box.height / 2 - canvas.y];
    return [node.dataset.id, [(x - view.e) / view.a, (y - view.f) / view.d]];
  }));
}"""

_AT_REST = """async (frames) => {
  const places = () => [...document.querySelectorAll(".react-flow__node")]
    .map((node) => Object.values(node.getBoundingClientRect().toJSON())).join();
  for (let still = 0, last = ""; still < frames; still = places() === last ? still + 1 : 0) {
    last = places();
    await new Promise(requestAnimationFrame);
  }
}"""
"""Until no node has moved for so many frames: the view is moved to what was drawn."""


@dataclass
class Laboratory:
    """One tab that shows the app."""

    page: Page

    @classmethod
    def open(cls, page: Page, url: str) -> "Laboratory":
        page.goto(url)
        laboratory = cls(page)
        laboratory.wait_until_drawn()
        return laboratory

    def wait_until_drawn(self) -> None:
        self.page.wait_for_selector(".react-flow__node")
        eventually(self.shows_its_patch, "the patch is drawn")

    def part(self, name: str) -> Locator:
        """What carries a data-testid."""
        return self.page.get_by_test_id(name)

    @property
    def session(self) -> Session:
        """The session behind this tab."""
        token = self.page.evaluate("Object.entries(sessionStorage).find(([key]) => key.startsWith('grafx_lab'))?.[1]")
        return sessions().get(token)

    @property
    def patch(self) -> Patch:
        return self.session.patch

    # --- what is on the screen ---------------------------------------------------------------------------------------

    def drawn_nodes(self) -> set[str]:
        return set(self._attributes(".react-flow__node", "data-id"))

    def drawn_wires(self) -> set[str]:
        return set(self._attributes(".react-flow__edge", "data-id"))

    def drawn_classes(self, name: str) -> set[str]:
        """Which of the states bypassed, frozen and error a node shows."""
        classes = self.page.evaluate(
            "(name) => document.querySelector(`.react-flow__node[data-id=${name}] .ge-node`)?.className ?? ''", name
        )
        return set(classes.split()) & {"bypassed", "frozen", "error"}

    def shows_its_patch(self) -> bool:
        """Whether the drawing is the session's patch: nodes, wires, states, and the title."""
        patch = self.patch
        states = {
            name: {state for state in ("bypassed", "frozen") if name in getattr(patch, state)} for name in patch.raw
        }
        return (
            self.drawn_nodes() == set(patch.names)
            and self.drawn_wires() == wires_of(patch)
            and all(self.drawn_classes(name) - {"error"} == wanted for name, wanted in states.items())
            and self.part("title").input_value() == patch.title
        )

    def drawn_centres(self) -> dict[str, tuple[float, float]]:
        """Where the nodes are drawn, in pixels of the unscaled canvas."""
        return {name: tuple(centre) for name, centre in self.page.evaluate(_CENTRES).items()}

    def drawn_controls(self, node: str) -> dict[str, str]:
        """The texts beside the sliders of a node, by path; of the band that is open."""
        self.page.locator(f".react-flow__node[data-id={node}]").focus()  # nodes may lie on each other
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "(name) => document.querySelector('[data-testid=node-name]')?.value === name", arg=node
        )
        fields = "[...document.querySelectorAll('[data-testid^=\"value \"]')]"
        return self.page.evaluate(f"Object.fromEntries({fields}.map((f) => [f.dataset.testid.slice(6), f.value]))")

    def sentences(self) -> str:
        """All sentences that are shown as errors or notices."""
        return "\n".join(self.page.locator(".notices .grow, .err-s, .ge-message").all_inner_texts())

    def losses_text(self) -> str:
        return self.part("fit-loss").inner_text()

    def _attributes(self, selector: str, attribute: str) -> list[str]:
        return self.page.evaluate(
            "([s, a]) => [...document.querySelectorAll(s)].map((e) => e.getAttribute(a))", [selector, attribute]
        )

    # --- what sounds -------------------------------------------------------------------------------------------------

    def sounds_like(self, role: str, audio: Audio, offset_db: float) -> bool:
        """Whether one hears this recording at this offset, within 0.1 dB and with less than 1 % of anything else."""
        heard, wanted = self.heard(role), audio.data.numpy() * 10 ** (offset_db / 20)
        if heard.shape != wanted.shape:
            return False
        energy = float((wanted**2).sum())
        if energy == 0:
            return not heard.any()
        gain = float((heard * wanted).sum()) / energy
        rest = float(((heard - gain * wanted) ** 2).sum()) / energy
        return gain > 0 and abs(20 * np.log10(gain)) < 0.1 and rest < 1e-4

    def wait_for_sound(self) -> None:
        """Until the fitted sound of the player is the source through the session's patch, as loud as is shown."""
        assert self.session.wait(PATIENCE)
        eventually(
            lambda: self.sounds_like("fitted", self.patch.render(self.source), self.offset_shown("fitted")),
            "what is heard is what the patch renders, at the offset that is shown",
        )

    @property
    def source(self) -> Audio:
        """The source as its file has it, once it has one: what everybody hears."""
        eventually(lambda: "audio" in self.session.changes({})[0], "the session has sounds")
        return read_audio(self.session.changes({})[0]["audio"]["source"]["url"])

    def heard(self, role: str) -> np.ndarray:
        """What the player's graph plays while one listens to a role, (channel, time); none until it is loaded."""
        channels = [np.frombuffer(base64.b64decode(packed), "<f4") for packed in self.page.evaluate(_HEARD, role)]
        return np.stack(channels) if channels else np.zeros((0, 0), "<f4")

    def offset_shown(self, role: str) -> float:
        """The offset in dB that stands beside the player while one listens to a role."""
        self.part(f"listen-{role}").click()
        text = (self.part("matched").text_content() or "").replace("−", "-")
        return float(text.removeprefix("matched").removesuffix("dB").strip())

    # --- what hands do -----------------------------------------------------------------------------------------------

    def port(self, node: str, port: str, side: str) -> Locator:
        return self.page.locator(f".react-flow__node[data-id={node}] .react-flow__handle.{side}[data-handleid={port}]")

    def wait_until_at_rest(self) -> None:
        """Until the view has arrived where it shows what was drawn: hands meet what they aim at."""
        self.page.evaluate(_AT_REST, 5)

    def drag(self, start: Locator, end: Locator) -> None:
        """Press on one thing, move, let go on another."""
        self.wait_until_at_rest()
        (x0, y0), (x1, y1) = (_middle(place) for place in (start, end))
        mouse = self.page.mouse
        mouse.move(x0, y0)
        mouse.down()
        mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=4)
        mouse.move(x1, y1, steps=4)
        mouse.up()

    def wire(self, source: str, target: str) -> None:
        self.drag(self.port(source, "main", "source"), self.port(target, "main", "target"))

    def select(self, node: str) -> None:
        self.page.locator(f".react-flow__node[data-id={node}] .ge-name").click()

    def choose_example(self, name: str) -> None:
        before = self.patch
        self.part("source-name").click()
        self.part(f"example-{name}").click()
        eventually(lambda: self.patch is not before, f"Python has got the example {name}")
        eventually(lambda: self.session.wait(1) and self.shows_its_patch(), f"the example {name} is drawn")

    @property
    def fit(self) -> dict[str, Any]:
        """How the fit stands in Python."""
        return self.session.board.get("fit")

    def start_fit(self, steps: int, loss: str = "mr_stft", start: str | None = None) -> None:
        """Begin a fit; a short one may be over before this returns."""
        before = self.fit["number"]
        self.part("loss").select_option(loss)
        if start is not None:
            self.part("start").select_option(start)
        self.part("steps").fill(str(steps))
        self.part("fit").click()
        eventually(lambda: self.fit["number"] > before, "Python has begun the fit")

    def wait_for_fit(self) -> None:
        """Until the fit is over, and seen to be."""
        eventually(lambda: self.fit["status"] not in ("waiting", "running"), "the fit is over")
        if step := self.fit["step"]:
            expect(self.part("fit-step")).to_contain_text(re.compile(rf"^{step} /"))
        expect(self.page.locator(".fit[data-running=false]")).to_be_attached()

    def download(self, file: str, folder: Path) -> Path:
        self.part("save").click()
        with self.page.expect_download() as started:
            self.part("popover").get_by_role("link", name=file).click()
        path = folder / started.value.suggested_filename
        started.value.save_as(path)
        self.page.keyboard.press("Escape")
        return path

    def load(self, path: Path) -> None:
        self.part("save").click()
        self.part("file-patch").set_input_files(path)


def wires_of(patch: Patch) -> set[str]:
    """The wires of a patch as the drawing names them."""
    display = patch.graph.display
    return {
        f"{display(source)}.{edge['outlet']}>{display(target)}.{edge['inlet']}"
        for source, target, edge in patch.graph.edges(data=True)
    }


def _middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None, f"{place} is not on the screen"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
