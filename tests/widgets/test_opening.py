import gc

import torch

from grafx_lab.patch import Patch
from grafx_lab.widgets.opening import open_session


def test_the_files_of_a_session_go_when_nobody_holds_it_any_more():
    session, is_new = open_session(Patch.from_expression("stereo_gain", 8000), torch.zeros(1, 100))
    folder = session.folder
    assert is_new
    assert folder.is_dir()
    assert open_session(session) == (session, False)
    session.close()
    del session
    gc.collect()
    assert not folder.exists()
