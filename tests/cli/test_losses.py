from grafx_lab.cli.main import main
from grafx_lab.losses import registry


def test_losses_lists_each_by_name_with_what_it_is_blind_to(capsys):
    assert main(["losses"]) == 0
    printed = capsys.readouterr().out
    ours = [cls for cls in registry.values() if cls.__module__.startswith("grafx_lab.")]
    for cls in ours:
        assert f"  {', '.join((cls.name, *cls.aliases))}\n    {cls.label}. Blind to {cls.blind_to}.\n" in printed
    assert printed.index("Spectra") < printed.index("Waveforms") < printed.index("Levels")
