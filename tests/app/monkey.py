"""Somebody who presses everything: seeded, fast, and without a plan."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Page

from tests.app.laboratory import Laboratory

GLANCE = 1500
"""Milliseconds that the monkey looks for something to press before it turns to something else."""

OUT_OF_REACH = ("Timeout", "outside of the viewport")
"""What Playwright says of a thing that is not there, is covered, or has been dragged off the screen."""

BAD_FILES = {
    "broken.json": "{",
    "poem.json": '{"kind": "poem"}',
    "future.json": '{"kind": "grafx_lab.patch", "schema_version": 99, "nodes": []}',
    "loop.json": '{"kind": "grafx_lab.patch", "schema_version": 1, "nodes": [{"name": "in", "type": "in"}], "edges":'
    ' [{"source": "in", "target": "nowhere"}]}',
}


class Monkey:
    """Handles a laboratory.

    Args:
        laboratory: what it handles.
        seed: of its whims.
        files: a folder with ``short.wav`` and ``patch.json``, where bad files are added.
    """

    def __init__(self, laboratory: Laboratory, seed: int, files: Path) -> None:
        self.laboratory, self.random, self.files = laboratory, random.Random(seed), files
        self.page: Page = laboratory.page
        self.done: Counter[str] = Counter()
        for name, text in BAD_FILES.items():
            (files / name).write_text(text)
        (files / "noise.wav").write_text("this is no sound")
        self.whims: dict[Callable[[], None], int] = {
            self.add: 7, self.wire: 10, self.remove: 6, self.cut: 3, self.drag_node: 8, self.undo: 9, self.redo: 6,
            self.slide: 12, self.type_value: 8, self.bypass: 4, self.freeze: 4, self.rename: 3, self.retitle: 3,
            self.fit: 5, self.stop: 5, self.listen: 5, self.play: 3, self.theme: 1, self.code: 2, self.arrange: 3,
            self.load_bad: 3, self.load_good: 2, self.upload: 2, self.upload_bad: 2, self.reload: 1, self.second_tab: 1,
        }  # fmt: skip

    def act(self) -> None:
        """One action; what cannot be reached just now is left alone."""
        whim = self.random.choices(list(self.whims), list(self.whims.values()))[0]
        try:
            whim()
        except Error as error:
            if not any(words in str(error) for words in OUT_OF_REACH):
                raise
            self.page.keyboard.press("Escape")
        else:
            self.done[whim.__name__] += 1

    def press(self, testid: str) -> None:
        self.laboratory.part(testid).click(timeout=GLANCE)

    def a_node(self) -> str:
        return self.random.choice(sorted(self.laboratory.drawn_nodes()))

    def select(self, node: str) -> None:
        self.page.locator(f".react-flow__node[data-id={node}] .ge-node").click(
            timeout=GLANCE, position={"x": 30, "y": 12}
        )

    def place(self, selector: str) -> tuple[float, float]:
        box = self.random.choice(self.page.locator(selector).all()).bounding_box(timeout=GLANCE)
        return (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) if box else (600.0, 300.0)

    def swipe(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=3)
        self.page.mouse.up()

    # --- the patch ---------------------------------------------------------------------------------------------------

    def add(self) -> None:
        if len(self.laboratory.drawn_nodes()) > 9:
            return self.load_good()
        family = self.random.choice(self.page.locator(".ge-palette details").all())
        if family.get_attribute("open", timeout=GLANCE) is None:
            family.locator("summary").click(timeout=GLANCE)
        self.random.choice(family.locator(".ge-item").all()).click(timeout=GLANCE)

    def wire(self) -> None:
        self.swipe(self.place(".react-flow__handle.source"), self.place(".react-flow__handle.target"))

    def remove(self) -> None:
        self.select(self.a_node())
        self.page.keyboard.press("Delete")

    def cut(self) -> None:
        wires = self.page.locator(".react-flow__edge").all()
        if wires:
            self.random.choice(wires).click(timeout=GLANCE, force=True)
            self.page.keyboard.press("Delete")

    def drag_node(self) -> None:
        x, y = self.place(".react-flow__node .ge-name")
        self.swipe((x, y), (x + self.random.uniform(-90, 90), y + self.random.uniform(-70, 70)))

    def arrange(self) -> None:
        self.page.get_by_role("button", name="Arrange").click(timeout=GLANCE)
        self.page.get_by_role("button", name="Fit view").click(timeout=GLANCE)

    def undo(self) -> None:
        self.press("undo")

    def redo(self) -> None:
        self.press("redo")

    def load_good(self) -> None:
        self.load("patch.json")

    def load_bad(self) -> None:
        self.load(self.random.choice(list(BAD_FILES)))

    def load(self, name: str) -> None:
        self.press("save")
        self.laboratory.part("file-patch").set_input_files(self.files / name, timeout=GLANCE)

    # --- controls ----------------------------------------------------------------------------------------------------

    def slide(self) -> None:
        self.select(self.a_node())
        rails = self.page.locator("[data-testid^='rail ']").all()
        if rails:
            self.random.choice(rails).focus(timeout=GLANCE)
            for _ in range(self.random.randint(1, 6)):
                self.page.keyboard.press(self.random.choice(["ArrowLeft", "ArrowRight", "Shift+ArrowRight"]))

    def type_value(self) -> None:
        self.select(self.a_node())
        values = self.page.locator("[data-testid^='value ']").all()
        if values:
            field = self.random.choice(values)
            field.fill(self.random.choice(["12k", "-3", "0.5", "loud", "1e9", ""]), timeout=GLANCE)
            field.press("Enter", timeout=GLANCE)

    def bypass(self) -> None:
        self.select(self.a_node())
        self.press("bypass")

    def freeze(self) -> None:
        self.select(self.a_node())
        self.press("freeze-node")

    def rename(self) -> None:
        self.select(self.a_node())
        name = self.laboratory.part("node-name")
        name.fill(self.random.choice(["tone", "my_node", "No Name", "x2"]), timeout=GLANCE)
        name.press("Enter", timeout=GLANCE)

    def retitle(self) -> None:
        title = self.laboratory.part("title")
        title.fill(self.random.choice(["Mine", "Ängström & <b>söhne</b>", "A"]), timeout=GLANCE)
        title.press("Enter", timeout=GLANCE)

    # --- the fit, the sound, the page --------------------------------------------------------------------------------

    def fit(self) -> None:
        if self.page.locator(".fit[data-running=false]").count():
            self.laboratory.part("steps").fill(str(self.random.choice([2, 5, 200])), timeout=GLANCE)
            self.press("fit")

    def stop(self) -> None:
        if self.page.locator(".fit[data-running=true]").count():
            self.press("fit")

    def listen(self) -> None:
        self.press("listen-" + self.random.choice(["source", "fitted", "target"]))

    def play(self) -> None:
        self.press("play")

    def theme(self) -> None:
        self.press("theme")

    def code(self) -> None:
        self.press("view-code")
        self.press("view-patch")

    def upload(self) -> None:
        self.send("short.wav")

    def upload_bad(self) -> None:
        self.send("noise.wav")

    def send(self, name: str) -> None:
        role = self.random.choice(["source", "target"])
        self.press(f"{role}-name")
        self.laboratory.part(f"file-{role}").set_input_files(self.files / name, timeout=GLANCE)

    def reload(self) -> None:
        self.page.reload()
        self.laboratory.page.wait_for_selector(".react-flow__node")

    def second_tab(self) -> None:
        tab = self.page.context.new_page()
        other = Laboratory.open(tab, self.page.url)
        assert other.session is not self.laboratory.session
        other.part("undo").click(timeout=GLANCE)
        tab.close()
