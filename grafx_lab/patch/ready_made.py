"""Ready-made patches: a mixing console, a multiband split. Neutral until their controls are set."""

from collections.abc import Mapping, Sequence

from grafx_lab.graph import mixing_console, multiband_split
from grafx_lab.patch.kit import Kit
from grafx_lab.patch.node_types import NodeKind
from grafx_lab.patch.patch import Patch
from grafx_lab.processors import Crossover

Chain = Sequence[NodeKind]


def console_patch(
    num_tracks: int,
    strip: Chain = ("parametric_equalizer", "compressor", "stereo_gain"),
    *,
    sends: Mapping[str, Chain] | None = None,
    parallel: Chain = (),
    master: Chain = (),
    sample_rate: float = 44100,
    title: str = "Mixing console",
) -> Patch:
    """A mixing console with an ``in`` for every track: ``patch.render({"track_1": drums, "track_2": bass})``.

    Args:
        num_tracks: tracks.
        strip: what every track runs through; like all that follows registered names, classes, instances or
            descriptions.
        sends: buses by name, such as ``{"room": ["stft_masked_noise_reverb"]}``; every track reaches each through a
            stereo gain of its own, ``track_1_to_room``, and a reverb there is wet as its ``drywet_weight`` says.
        parallel: what a copy of the sum runs through before it joins the dry sum, such as ``["compressor"]``.
        master: what the sum of all runs through.
        sample_rate: in Hz.
        title: for people.

    Raises:
        GraphError: there is no track.
        UnknownProcessorError: a name that is not registered.
    """
    kit = Kit(sample_rate)
    buses = {bus: [kit.step(kind) for kind in kinds] for bus, kinds in (sends or {}).items()}
    chains = [[kit.step(kind) for kind in kinds] for kinds in (strip, parallel, master)]
    send = kit.step("stereo_gain")
    graph = mixing_console(
        num_tracks, chains[0], sends=buses, send=send, parallel=chains[1], master=chains[2], config=kit.config
    )
    return Patch(graph, kit.processors, sample_rate=sample_rate, title=title)


def multiband_patch(
    bands: Sequence[Chain], *, phase: str = "zero", sample_rate: float = 44100, title: str = "Multiband split"
) -> Patch:
    """A signal split into bands, each through processors of its own, and their sum.

    Args:
        bands: what each band runs through, from low to high; ``[]`` leaves one as it is.
        phase: of the crossover: ``"zero"`` or ``"minimum"``.
        sample_rate: in Hz.
        title: for people.

    Raises:
        ProcessorError: there are fewer than two bands, or an unknown phase.
        UnknownProcessorError: a name that is not registered.
    """
    kit = Kit(sample_rate)
    crossover = kit.step({"class": Crossover.registered_name, "arguments": {"num_bands": len(bands), "phase": phase}})
    chains = [[kit.step(kind) for kind in kinds] for kinds in bands]
    outlets = kit.processors[crossover["node_type"]].outlets
    graph = multiband_split(dict(zip(outlets, chains, strict=True)), crossover=crossover, config=kit.config)
    return Patch(graph, kit.processors, sample_rate=sample_rate, title=title)
