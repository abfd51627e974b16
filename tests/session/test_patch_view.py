"""What a session shows of patches and of what can be chosen."""

import inspect

from grafx_lab.fitting import fit
from grafx_lab.losses import loss_menu
from grafx_lab.session.patch_view import loss_choices


def test_the_loss_that_is_chosen_already_is_the_one_of_fits():
    names = [choice["name"] for choice in loss_choices()]
    assert names[0] == inspect.signature(fit).parameters["loss"].default
    assert sorted(names) == sorted(loss.name for loss in loss_menu())
