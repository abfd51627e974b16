import pytest

from grafx_lab.cli import main
from grafx_lab.cli.bench import benchmarks


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of benchmarks: one that tells its words, one that needs a peer, and a tool of theirs."""
    script = 'import sys\n\n\ndef main():\n    print(*sys.argv[1:])\n    return 3\n\n\nif __name__ == "__main__":\n    '
    (tmp_path / "echo.py").write_text(f'"""Says its words.\n\nAnd more.\n"""\n{script}sys.exit(main())\n')
    (tmp_path / "race.py").write_text('"""Races."""\nimport tool\n\n\ndef main():\n    pass\n')
    (tmp_path / "tool.py").write_text("def peer():\n    from a_peer_that_nobody_has import speed\n")
    monkeypatch.setattr("grafx_lab.cli.bench.benchmarks_folder", lambda: tmp_path)
    return tmp_path


def test_the_benchmarks_of_the_repository_are_listed_with_a_line_each(capsys):
    assert main(["bench"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(benchmarks())
    assert {"render", "processors", "landscape", "fit", "match", "papers", "recovery"} <= set(benchmarks())
    assert all(len(line.split()) > 4 for line in lines)


def test_a_benchmark_gets_its_words_and_gives_its_exit_status(folder, capfd):
    assert main(["bench", "echo", "--runs", "2", "--help"]) == 3
    assert capfd.readouterr().out == "--runs 2 --help\n"


def test_a_missing_peer_of_a_tool_is_a_sentence_with_a_remedy(folder, capsys):
    assert main(["bench", "race"]) == 2
    said = capsys.readouterr().err
    assert "compares with a_peer_that_nobody_has, which is not installed." in said
    assert "pip install 'grafx-lab[peers]'" in said
    main(["bench"])
    assert "Races. (a_peer_that_nobody_has is not installed)" in capsys.readouterr().out


def test_an_unknown_benchmark_is_a_sentence_that_names_all(folder, capsys):
    assert main(["bench", "tool"]) == 2
    assert "There is no benchmark 'tool', expected one of echo, race." in capsys.readouterr().err
