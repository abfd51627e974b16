"""grafx_lab: the interactive laboratory for differentiable audio processing graphs."""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from grafx_lab.audio import Audio, AudioError, read_audio, write_audio
from grafx_lab.errors import LabError
from grafx_lab.fitting import FitError, FitResult, FitStep, History, Objective, fit, fit_steps
from grafx_lab.graph import (
    GRAFX,
    GRAFXTensor,
    GraphError,
    NodeConfigs,
    ProcessorGroup,
    RenderData,
    batch_grafx,
    compute_render_order,
    convert_to_tensor,
    count_nodes_per_type,
    create_empty_parameters,
    get_node_ids_from_type,
    prepare_render,
    render_grafx,
    reorder_for_fast_render,
)
from grafx_lab.losses import Loss, LossError
from grafx_lab.memory import keep_freed_memory
from grafx_lab.parameters import ControlValueError, ParameterSpec
from grafx_lab.patch import Patch, PatchError, console_patch, multiband_patch, to_grafx
from grafx_lab.paths import ControlPathError
from grafx_lab.processors import Processor, ProcessorError, UnknownProcessorError

if TYPE_CHECKING:
    from grafx_lab import plots, widgets
    from grafx_lab.app import launch
    from grafx_lab.landscapes import landscape
    from grafx_lab.plots import draw_grafx
    from grafx_lab.widgets import explore

try:
    __version__ = version("grafx-lab")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "0+unknown"

# What needs Matplotlib, Jupyter or Gradio, and what not everybody needs, is imported when it is first asked for.
_LATER = {
    "draw_grafx": "grafx_lab.plots",
    "explore": "grafx_lab.widgets",
    "landscape": "grafx_lab.landscapes",
    "launch": "grafx_lab.app",
    "plots": "grafx_lab.plots",
    "widgets": "grafx_lab.widgets",
}

__all__ = [
    "GRAFX",
    "Audio",
    "AudioError",
    "ControlPathError",
    "ControlValueError",
    "FitError",
    "FitResult",
    "FitStep",
    "GRAFXTensor",
    "GraphError",
    "History",
    "LabError",
    "Loss",
    "LossError",
    "NodeConfigs",
    "Objective",
    "ParameterSpec",
    "Patch",
    "PatchError",
    "Processor",
    "ProcessorError",
    "ProcessorGroup",
    "RenderData",
    "UnknownProcessorError",
    "batch_grafx",
    "compute_render_order",
    "console_patch",
    "convert_to_tensor",
    "count_nodes_per_type",
    "create_empty_parameters",
    "draw_grafx",
    "explore",
    "fit",
    "fit_steps",
    "get_node_ids_from_type",
    "keep_freed_memory",
    "landscape",
    "launch",
    "multiband_patch",
    "plots",
    "prepare_render",
    "read_audio",
    "render_grafx",
    "reorder_for_fast_render",
    "to_grafx",
    "widgets",
    "write_audio",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'grafx_lab' has no attribute {name!r}")
    module = import_module(_LATER[name])
    return getattr(module, name, module)
