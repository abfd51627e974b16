from grafx_lab.session.board import Board


def test_a_listener_hears_what_is_there_and_every_change_until_it_stops():
    board, heard = Board(), []
    board.show("patch", 1)
    stop = board.listen(lambda name, value: heard.append((name, value)))
    board.show("fit", 2)
    stop()
    board.show("fit", 3)
    assert heard == [("patch", 1), ("fit", 2)]
    assert board.get("fit") == 3
    assert board.get("live") is None


def test_somebody_may_hear_of_some_slices_only():
    board, heard = Board(), []
    board.show("patch", 1)
    assert not board.is_read("fit")
    stop = board.listen(lambda name, value: heard.append((name, value)), ("fit",))
    board.show("patch", 2)
    board.show("fit", 3)
    assert heard == [("fit", 3)]
    assert (board.is_read("fit"), board.is_read("patch")) == (True, False)
    stop()
    assert not board.is_read("fit")
    board.changes({})
    assert board.is_read("patch")


def test_only_what_is_newer_is_delivered():
    board = Board()
    board.show("a", 1)
    board.show("b", 1)
    _, versions = board.changes({})
    board.show("b", 2)
    assert board.changes(versions)[0] == {"b": 2}
