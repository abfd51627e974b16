"""The graph panel shows levels where there is a source, and prunes from Python."""

import pytest
import torch

from grafx_lab.patch import Patch
from grafx_lab.widgets import GraphPanel
from tests.waiting import PATIENCE

SOURCE = 0.2 * torch.randn(1, 2000, generator=torch.Generator().manual_seed(0))


def test_wires_have_levels_where_there_is_a_source():
    patch = Patch.chain(["stereo_gain"], sample_rate=8000)
    panels = [GraphPanel(patch), GraphPanel(patch, SOURCE), GraphPanel(patch, SOURCE, levels=False)]
    assert all(panel.wait(PATIENCE) for panel in panels)
    assert [panel.levels_slice is not None for panel in panels] == [False, True, False]
    expected = 10 * SOURCE.square().mean().log10().item()
    assert panels[1].levels_slice["wires"][0]["level"] == pytest.approx(expected, abs=1e-3)
    for panel in panels:
        panel.close()


def test_pruning_takes_out_what_the_target_does_without():
    patch = Patch.chain({"trim": "stereo_gain", "soft": "tanh_distortion"}, sample_rate=8000)
    patch = patch.with_controls({"soft.log_pre_gain": -30.0})
    panel = GraphPanel(patch, SOURCE, patch.with_controls({"trim.log_gain": 6.0}).render(SOURCE), loss="waveform_l1")
    panel.prune(0.5, steps=60)
    assert panel.wait(PATIENCE)
    assert "soft" not in panel.patch.names
    assert "**soft**" in panel.fit_slice["words"]
    panel.close()
