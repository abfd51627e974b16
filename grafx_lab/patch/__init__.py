"""Patches: what a person draws, hears, fits, saves and shares."""

from grafx_lab.patch.errors import PatchError
from grafx_lab.patch.patch import Patch
from grafx_lab.patch.ready_made import console_patch, multiband_patch
from grafx_lab.patch.rendering import Rendering
from grafx_lab.patch.to_grafx import GrafxParts, to_grafx

__all__ = ["GrafxParts", "Patch", "PatchError", "Rendering", "console_patch", "multiband_patch", "to_grafx"]
