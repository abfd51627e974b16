import pytest

from grafx_lab.atomic_file import replacing, write_text


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    place = tmp_path / "a.json"
    with replacing(place) as temporary:
        temporary.write_text("{}")
        assert not place.exists()
        assert temporary.suffix == ".json"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    write_text(tmp_path / "a.json", "old")

    def interrupted():
        with replacing(tmp_path / "a.json") as temporary:
            temporary.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
