"""Files that are whole or not there: written beside their place, then moved into it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path in the same folder; it takes the place of ``path`` when the block ends well.

    When the block raises, ``path`` is as it was and the temporary file is gone.
    """
    place = Path(path)
    # The suffix stays last, because writers read the format from it.
    temporary = place.with_name(f".{place.stem}.{secrets.token_hex(4)}{place.suffix}")
    try:
        yield temporary
        os.replace(temporary, place)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` as UTF-8 in place of whatever was at ``path``."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
