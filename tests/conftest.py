"""For all tests: one thread each, because several run side by side, and the same Hypothesis examples every time."""

import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("house", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("house")
