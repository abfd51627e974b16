import pytest
import torch

from grafx_lab import Patch, PatchError

RATE = 16000
NOISE = 0.1 * torch.randn(2, 800, generator=torch.Generator().manual_seed(0))


def wires(text):
    patch = Patch.from_expression(text, RATE)
    return [
        " ".join([f"{patch.graph.display(a)}.{edge['outlet']}", f"{patch.graph.display(b)}.{edge['inlet']}"]).replace(
            ".main", ""
        )
        for a, b, edge in patch.graph.edges(data=True)
    ]


def rendered(text):
    return Patch.from_expression(text, RATE).render(NOISE)


@pytest.mark.parametrize(
    "text", ["stereo_gain >> compressor", "stereo_gain, compressor", " ( stereo_gain\n>> compressor )"]
)
def test_a_chain_leads_from_one_to_the_next(text):
    assert wires(text) == ["in stereo_gain", "stereo_gain compressor", "compressor out"]


def test_branches_are_summed_where_they_meet():
    assert wires("stereo_gain >> (compressor | limiter) >> stereo_gain")[1:5] == [
        "stereo_gain compressor", "stereo_gain limiter", "compressor stereo_gain_2", "limiter stereo_gain_2"
    ]  # fmt: skip


def test_parallel_binds_less_tightly_than_serial():
    assert wires("stereo_gain >> compressor | limiter") == wires("(stereo_gain >> compressor) | limiter")


def test_dry_is_the_signal_as_it_is():
    torch.testing.assert_close(rendered("dry"), NOISE)
    torch.testing.assert_close(rendered("dry | stereo_gain"), 2 * NOISE)
    torch.testing.assert_close(rendered("stereo_gain | stereo_gain | dry"), 3 * NOISE)


def test_bands_of_a_crossover_feed_branches_one_each_and_sum_to_the_signal():
    assert wires("crossover(num_bands=2) >> (stereo_gain | dry)") == [
        "in crossover", "crossover.low stereo_gain", "crossover.high out", "stereo_gain out"
    ]  # fmt: skip
    torch.testing.assert_close(rendered("crossover >> (stereo_gain | dry | dry)"), NOISE, rtol=0, atol=1e-6)
    torch.testing.assert_close(rendered("crossover >> stereo_gain"), NOISE, rtol=0, atol=1e-6)


def test_branches_feed_a_processor_with_several_inlets_one_each():
    assert wires("(stereo_gain | compressor) >> crossfade")[2:4] == [
        "stereo_gain crossfade.signal_one", "compressor crossfade.signal_two"
    ]  # fmt: skip


def test_generators_need_no_input():
    patch = Patch.from_expression("harmonic >> stereo_gain", RATE)
    assert patch.names == ("harmonic", "stereo_gain", "out")
    assert patch.render(length=400).data.shape[-1] == 400
    assert wires("dry | harmonic") == ["in out", "harmonic out"]


def test_arguments_build_the_processor_and_name_the_node():
    patch = Patch.from_expression('compressor(knee="hard", energy_smoother=None, name="glue")', RATE)
    assert patch.names == ("in", "glue", "out")
    assert patch.processor("glue").arguments == {"knee": "hard", "energy_smoother": None}


def test_containers_take_processors_and_what_is_wet_only_is_wrapped():
    patch = Patch.from_expression("serial_chain(processors={'a': stereo_gain, 'b': compressor(knee='hard')})", RATE)
    assert patch.specs(patch.names[1]).keys() >= {"a.log_gain", "b.log_ratio"}
    assert (
        "drywet_weight"
        in Patch.from_expression("stft_masked_noise_reverb", RATE).controls()["stft_masked_noise_reverb"]
    )


def test_it_is_the_same_patch_as_the_chain():
    names = ["parametric_equalizer", "compressor", "stereo_gain"]
    assert Patch.from_expression(" >> ".join(names), RATE).to_json() == Patch.chain(names, RATE).to_json()


def test_long_chains_are_read():
    assert len(Patch.from_expression(" >> ".join(["stereo_gain"] * 400), RATE).names) == 402


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stereo_gain >> compresor", r"at column 16: There is no processor 'compresor'. Did you mean 'compressor'"),
        ("stereo_gain >> 5", r"at column 16: '5' is no processor: write it like"),
        ("compressor(3)", r"at column 1: 'compressor\(3\)' has an argument without a name"),
        ("compressor(**{'knee': 1})", "has an argument without a name"),
        ("compressor(knee=open('x'))", "at column 17: There is no processor 'open'"),
        ("compressor(knee=1 + x)", "'1 \\+ x' is no literal"),
        ("compressor(nee=1)", "'compressor\\(nee=1\\)' cannot be built: .*'nee'"),
        ("compressor(name=5)", "is named 5, which is no text"),
        ("compressor(name='A B')", "'A B' is no name for a node"),
        ("compressor(name='a') >> limiter(name='a')", "Two nodes are called 'a'"),
        ("crossover >> (dry | dry)", "'dry \\| dry' has 2 branches, but 'crossover' has 3 outlets"),
        ("stereo_gain >> crossfade", r"'crossfade' takes 2 signals \(signal_one, signal_two\), not 1"),
        ("compressor >> harmonic", "'harmonic' makes its own sound and takes no signal"),
        ("a b", "The expression is not understood at column"),
        ("", "The expression is not understood"),
        ("(" * 500 + "dry" + ")" * 500, "The expression is not understood"),
        ("dry >> " * 4000 + "dry", "at most 20000 are read"),
        ("__import__('os').system('true')", "is no processor"),
        ("lambda: dry", "is no processor"),
        ("[dry for x in dry]", "is no processor"),
        ("dry.mro", "is no processor"),
        ("stereo_gain @ compressor", "is no processor"),
        ("()", "is no processor"),
    ],
)
def test_what_is_no_expression_of_processors_is_refused_with_its_place(text, message):
    with pytest.raises(PatchError, match=message):
        Patch.from_expression(text, RATE)
