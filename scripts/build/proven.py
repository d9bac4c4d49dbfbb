"""What a check has proven of its inputs is remembered in the cache, and not proven again.

For checks whose result depends on nothing but inputs that can be hashed; what boots a machine or
waits is none of them. A failure is never remembered. With ROS_AGAIN in the environment
(scripts/test --again) nothing counts as proven.
"""

import os

from .paths import CACHE

PROVEN = CACHE / "proven"


def again() -> bool:
    return bool(os.environ.get("ROS_AGAIN"))


def recall(name: str, key: str) -> str | None:
    """What was noted when the check held for these inputs; None when it is to be made."""
    note = PROVEN / name / key
    if again():
        note.unlink(missing_ok=True)
    return note.read_text() if note.exists() else None


def remember(name: str, key: str, note: str = "") -> None:
    """The check has held for these inputs."""
    (PROVEN / name).mkdir(parents=True, exist_ok=True)
    (PROVEN / name / key).write_text(note)
