"""Exit statuses of every command."""

DONE = 0
WRONG = 2
"""Something in the command, a file or a patch is wrong; one sentence on stderr says what."""

INTERRUPTED = 130
"""Stopped by Ctrl-C, as shells have it; a fit has written its best so far."""
