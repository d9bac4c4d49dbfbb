"""File locks in the cache: two builds at once never do the same work twice or half of it."""

import contextlib
import fcntl
from collections.abc import Iterator

from .paths import CACHE


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Holds $ROS_CACHE/locks/<name>, waiting for another process or thread that has it."""
    path = CACHE / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
