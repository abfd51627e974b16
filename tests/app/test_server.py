"""Starting the server, and what its page needs."""

import json
import os
import re
import socket
import urllib.request

import pytest

from grafx_lab.app import build_app, page_settings, server
from tests.ports import free_port


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert port < server.free_port("127.0.0.1", port) < port + 100


def test_an_address_of_another_computer_is_a_sentence():
    with pytest.raises(OSError, match=r"No port from 7860 on is free on 192\.0\.2\.1"):
        server.free_port("192.0.2.1", 7860)


@pytest.mark.parametrize(
    ("environment", "watched"),
    [({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True), ({"DISPLAY": ":0", "CI": "1"}, False), ({}, False)],
)
def test_a_browser_is_opened_only_where_somebody_watches(monkeypatch, environment, watched):
    monkeypatch.setattr(server.sys, "platform", "linux")
    monkeypatch.setattr(os, "environ", environment)
    assert server._somebody_watches() is watched


def test_the_page_says_where_it_is_and_asks_nobody_else(app_url):
    page = urllib.request.urlopen(app_url).read().decode()
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)[1])
    assert config["title"] == "grafx_lab"
    assert config["analytics_enabled"] is False
    assert not config["stylesheets"]
    assert config["footer_links"] == []
    assert "data:image/svg+xml" in page


def test_only_the_bundles_are_public(app_url):
    from grafx_lab.resources import PACKAGE, bundles_folder

    def status(path) -> int:
        try:
            return urllib.request.urlopen(f"{app_url}gradio_api/file={path}").status
        except urllib.error.HTTPError as error:
            return error.code

    assert status(bundles_folder() / "gradio.js") == 200
    assert status(PACKAGE / "resources.py") == 403
    assert status(PACKAGE / "frontend" / "package.json") == 403


def test_settings_fit_both_ways_of_serving():
    import inspect

    import gradio as gr

    for serve in (gr.Blocks.launch, gr.mount_gradio_app):
        assert page_settings().keys() <= inspect.signature(serve).parameters.keys()


def test_every_endpoint_has_a_name_and_a_description():
    endpoints = build_app().get_api_info()["named_endpoints"]
    assert set(endpoints) == {"/processors", "/validate", "/script", "/render", "/fit"}
    assert all(endpoint["description"] for endpoint in endpoints.values())
