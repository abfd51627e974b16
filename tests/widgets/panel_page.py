"""A panel on a bare page: its own bundle and its own Python, without a notebook around them. It opens in a second."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Route

from grafx_lab.resources import bundles_folder
from grafx_lab.widgets.panel import Panel
from tests.waiting import be_patient

ADDRESS = "http://panel.test/"

HTML = """<!doctype html><html lang="en" data-theme="%(theme)s"><title>Panel</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/grafx_lab.css"><style>body{margin:16px;background:var(--page)}</style>
<body data-jp-theme-light="%(light)s"><button id="before">before</button><main id="root"></main><script type="module">
import panel from "/%(bundle)s";
const state = Object.fromEntries(%(slices)s.map((name) => [`${name}_slice`, null])), listeners = {}, seen = {};
const emit = (event, ...rest) => (listeners[event] ?? []).forEach((listener) => listener(...rest));
const float = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const unpack = (value) => value && typeof value === "object"
  ? "float32" in value ? float(value.float32)
    : Array.isArray(value) ? value.map(unpack)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]))
  : value;
async function follow() {
  for (const [name, version, value] of JSON.parse(await window.news(JSON.stringify(seen)))) {
    seen[name] = version;
    state[`${name}_slice`] = unpack(value);
    emit(`change:${name}_slice`);
  }
}
const model = {
  get: (key) => state[key],
  on: (event, listener) => (listeners[event] ??= []).push(listener),
  off: (event, listener) => (listeners[event] = (listeners[event] ?? []).filter((other) => other !== listener)),
  async send(message) {
    const answer = JSON.parse(await window.answer(JSON.stringify(message)));
    await follow();
    emit("msg:custom", answer, []);
  },
};
state.heading = JSON.parse(await window.heading());
await follow();
panel.render({ model, el: document.getElementById("root") });
const again = () => setTimeout(() => follow().then(again), 60); // never two at once, however slow Python is
again();
window.ready = true;
</script>"""


@contextmanager
def opened(
    browser: Browser, panel: Panel, complaints: list[str], *, width: int = 1000, theme: str = "light", **settings: Any
) -> Iterator[Page]:
    """Open a panel that answers from this process; what the browser complains of is collected."""
    page = browser.new_page(viewport={"width": width, "height": 1000}, **settings)
    be_patient(page)
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sent: list[dict[str, Any]] = []
    panel.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]

    def answer(text: str) -> str:
        panel.answer(json.loads(text))
        return _text(sent.pop())

    def news(seen: str) -> str:
        slices, versions = panel.session.board.changes(json.loads(seen))
        return _text(
            [[name, versions[name], getattr(panel, f"{name}_slice")] for name in slices if name in panel.slices]
        )

    page.expose_function("answer", answer)
    page.expose_function("news", news)
    page.expose_function("heading", lambda: json.dumps(panel.heading))
    bundle, light = f"{type(panel).__module__.split('.')[-1]}.js", str(theme == "light").lower()
    words = {"slices": json.dumps(panel.slices), "theme": theme, "light": light, "bundle": bundle}
    page.route(f"{ADDRESS}**", lambda route: _serve(route, HTML % words))
    try:
        page.goto(ADDRESS)
        page.wait_for_function("window.ready")
        yield page
    finally:
        page.close()


def _serve(route: Route, html: str) -> None:
    name = route.request.url.removeprefix(ADDRESS)
    if name:
        route.fulfill(path=bundles_folder() / name)
    else:
        route.fulfill(body=html, content_type="text/html")


def _text(value: Any) -> str:
    return json.dumps(value, default=lambda packed: {"float32": base64.b64encode(packed).decode("ascii")})
