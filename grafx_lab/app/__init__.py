"""The app in the browser, and its parts as Gradio components for anybody's ``gr.Blocks``."""

from grafx_lab.app.ab_player import ABPlayer
from grafx_lab.app.fit_view import FitView
from grafx_lab.app.graph_editor import DrawnPatch, GraphEditor
from grafx_lab.app.page import build_app, page_settings
from grafx_lab.app.server import launch

__all__ = ["ABPlayer", "DrawnPatch", "FitView", "GraphEditor", "build_app", "launch", "page_settings"]
