import subprocess
import sys

import gin
import pytest
import torch

import grafx_lab as gl
from grafx_lab.graph import gin_config
from grafx_lab.processors import Add, Additive, FilteredNoise, Processor, TrainableReverb, registry

TUTORIAL = """
import ddsp

processors.ProcessorGroup.dag = [
  (@ddsp.synths.Additive(),
   ['amplitudes', 'harmonic_distribution', 'f0_hz']),
  (@ddsp.synths.FilteredNoise(),
   ['magnitudes']),
  (@ddsp.processors.Add(),
   ['filtered_noise/signal', 'additive/signal']),
  (@ddsp.effects.TrainableReverb(),
   ['add/signal', 'ir'])
]
n_samples = 400
synths.Additive.n_samples = %n_samples
Additive.n_harmonics = 4
FilteredNoise.n_samples = %n_samples
synths.FilteredNoise.n_magnitudes = 9
effects.TrainableReverb.reverb_length = 30
"""


@gin.register
class Louder(Processor, register=False):
    """A factor that a configuration chooses."""

    def __init__(self, factor: float = 2.0, **options):
        super().__init__(**options)
        self.factor = factor

    def get_signal(self, signal):
        return self.factor * signal


@gin.register
def quarter() -> Processor:
    """A function of one's own that makes a processor."""
    return Louder(0.25, name="quarter")


@pytest.fixture(autouse=True)
def fresh_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def network_outputs() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = {
        "amplitudes": (2, 5, 1),
        "harmonic_distribution": (2, 5, 4),
        "f0_hz": (2, 5, 1),
        "magnitudes": (2, 3, 9),
        "ir": (2, 30),
    }
    outputs = {key: torch.randn(shape, generator=generator) for key, shape in shapes.items()}
    return outputs | {"f0_hz": 300 + 20 * outputs["f0_hz"]}


def by_hand() -> gl.ProcessorGroup:
    return gl.ProcessorGroup(
        [
            (Additive(4, n_samples=400), ["amplitudes", "harmonic_distribution", "f0_hz"]),
            (FilteredNoise(9, n_samples=400), ["magnitudes"]),
            (Add(), ["filtered_noise/signal", "additive/signal"]),
            (TrainableReverb(30), ["add/signal", "ir"]),
        ]
    )


def sentence(config: str, **options) -> str:
    with pytest.raises(gl.GraphError) as caught:
        gl.ProcessorGroup.from_gin(config, **options)
    return caught.value.message


def test_the_configuration_of_the_tutorial_makes_the_group_that_is_made_by_hand():
    group, outputs = gl.ProcessorGroup.from_gin(TUTORIAL), network_outputs()
    assert [node.name for node in group.nodes] == ["additive", "filtered_noise", "add", "trainable_reverb"]
    torch.testing.assert_close(group(outputs), by_hand()(outputs), rtol=0, atol=0)


def test_a_file_is_read(tmp_path):
    path, outputs = tmp_path / "group.gin", network_outputs()
    path.write_text(TUTORIAL)
    for config in (path, str(path)):
        torch.testing.assert_close(gl.ProcessorGroup.from_gin(config)(outputs), by_hand()(outputs))
    assert sentence("nowhere.gin") == "The gin file 'nowhere.gin' cannot be read: No such file or directory."


def test_a_group_without_arguments_takes_its_dag_from_gin_as_in_ddsp():
    with gin.unlock_config():
        gin.parse_config(TUTORIAL.replace("import ddsp", "import grafx_lab.graph.gin_config"))
    outputs = network_outputs()
    torch.testing.assert_close(gl.ProcessorGroup()(outputs), by_hand()(outputs))
    named = gl.ProcessorGroup([("twice", Louder(), ["x"])])
    torch.testing.assert_close(named({"x": torch.ones(1, 1, 3)}), torch.full((1, 1, 3), 2.0))


def test_scopes_and_macros_make_two_of_a_kind():
    group = gl.ProcessorGroup.from_gin(
        """
        ProcessorGroup.dag = [
            (@low/Harmonic(), ['a', 'b', 'f0_hz']),
            (@high/Harmonic(), ['a', 'b', 'f0_hz']),
            (@Add(), ['low/signal', 'high/signal'])]
        Harmonic.n_samples = 100
        few = 2
        low/Harmonic.n_harmonics = %few
        low/Harmonic.name = 'low'
        high/Harmonic.n_harmonics = 5
        high/Harmonic.name = 'high'
        """
    )
    assert [(node.name, node.processor.arguments) for node in group.nodes[:2]] == [
        ("low", {"n_harmonics": 2, "n_samples": 100}),
        ("high", {"n_harmonics": 5, "n_samples": 100}),
    ]


def test_processors_can_be_arguments_of_the_group_and_have_further_ones():
    group = gl.ProcessorGroup.from_gin(
        """
        ProcessorGroup.dag = [('wet', ['audio'])]
        ProcessorGroup.wet = @DryWet()
        DryWet.processor = @TanhDistortion()
        DryWet.external_param = False
        """
    )
    assert list(group.processors) == ["wet"]
    assert type(group.processors["wet"].processor).__name__ == "TanhDistortion"


def test_classes_and_functions_of_ones_own_take_part():
    group = gl.ProcessorGroup.from_gin(
        """
        ProcessorGroup.dag = [(@Louder(), ['x']), (@quarter(), ['louder/signal'])]
        Louder.factor = 12.0
        """
    )
    assert type(group.processors["louder"]) is Louder
    torch.testing.assert_close(group({"x": torch.ones(1, 1, 4)}), torch.full((1, 1, 4), 3.0))
    assert Louder().factor == 2.0


def test_a_processor_that_is_defined_later_is_known_and_so_is_its_next_version(monkeypatch):
    def define(gain: float) -> None:
        class Doubling(Processor, register=False):
            def get_signal(self, signal):
                return gain * signal

        monkeypatch.setitem(registry, "doubling", Doubling)

    for gain in (2.0, 3.0):
        define(gain)
        group = gl.ProcessorGroup.from_gin("ProcessorGroup.dag = [(@Doubling(), ['x'])]")
        torch.testing.assert_close(group({"x": torch.ones(1, 1, 4)}), torch.full((1, 1, 4), gain))


def test_the_registry_keeps_a_class_that_gin_registers(monkeypatch):
    monkeypatch.setitem(registry, "tripling", None)

    @gin.register
    class Tripling(Processor):
        def get_signal(self, signal):
            return 3 * signal

    assert registry["tripling"] is Tripling
    assert Tripling.registered_name == "tripling"


def test_gin_wraps_no_processor_of_the_registry():
    assert all(type(cls) is type for cls in registry.values())
    assert "mix" not in registry
    assert registry["harmonic"] is Additive


def test_what_gin_is_configured_for_otherwise_has_no_part_and_stays():
    gin.parse_config("Louder.factor = 5.0")
    gin.finalize()
    assert gl.ProcessorGroup.from_gin("ProcessorGroup.dag = [(@Louder(), ['x'])]").processors["louder"].factor == 2.0
    sentence("Louder.factor = 7.0")
    assert gin.query_parameter("Louder.factor") == 5.0
    assert gin.config_is_locked()
    with pytest.raises(ValueError, match="no bound parameters"):
        gin.query_parameter("ProcessorGroup.dag")


def test_every_registered_processor_and_every_name_in_ddsps_files_is_known():
    for cls in {*registry.values()}:
        if cls.__module__.startswith("grafx_lab."):
            assert issubclass(gin.get_configurable(cls.__name__), cls)
    for name in ("synths.Additive", "synths.Sinusoidal", "effects.Reverb", "effects.ModDelay", "processors.Mix"):
        assert issubclass(gin.get_configurable(f"ddsp.{name}"), Processor)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("ProcessorGroup.dag = [(@Harmonics(), ['x'])]", "names 'Harmonics', which gin does not know. Did you mean"),
        ("synths.Harmonik.n_samples = 3", "'synths.Harmonik', which gin does not know. Did you mean 'Harmonic'"),
        ("n = 3", "does not say what ProcessorGroup.dag is"),
        ("ProcessorGroup.dag = [(", "The gin configuration makes no group: "),
        ("import nowhere_at_all", "The gin configuration makes no group: No module named 'nowhere_at_all'"),
        ("ProcessorGroup.dag = [(@Add(), ['x'])]", "Node 'add' has no key for its inlet 'signal_two'"),
        ("ProcessorGroup.dag = [(@Mix(), [])]\nMix.law = 'none'", "Mix: law is 'none', expected 'power' or 'ddsp'."),
    ],
)
def test_what_is_wrong_with_a_configuration_is_said_in_one_sentence(config, message):
    said = sentence(config)
    assert message in said
    assert "\n" not in said
    assert "In call to configurable" not in said


def test_bindings_of_models_that_are_not_here_can_be_skipped():
    config = "Autoencoder.decoder = @RnnFcDecoder()\nProcessorGroup.dag = [(@Louder(), ['x'])]"
    assert "'Autoencoder'" in sentence(config) or "'RnnFcDecoder'" in sentence(config)
    assert list(gl.ProcessorGroup.from_gin(config, skip_unknown=True).processors) == ["louder"]


def test_without_gin_the_way_to_install_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "gin", None)
    monkeypatch.delitem(sys.modules, gin_config.__name__)
    with pytest.raises(ImportError, match=r'pip install "grafx-lab\[gin\]"'):
        gl.ProcessorGroup.from_gin("")


def test_importing_the_house_does_not_import_gin():
    lines = "import sys, grafx_lab; assert grafx_lab.ProcessorGroup; assert 'gin' not in sys.modules"
    subprocess.run([sys.executable, "-c", lines], check=True)
