"""Patches: what a person draws, hears, fits, saves and shares."""

from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.patch import Patch
from grafx_lab.patch.rendering import Rendering

__all__ = ["Patch", "PatchError", "Rendering"]
