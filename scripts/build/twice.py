"""Whether a recipe makes the same bytes again: at another time and in another scratch folder."""

import os
import shutil
from pathlib import Path

from .hashing import sha256_file
from .paths import CACHE
from .runner import Job, Result, run_in


def differences(job: Job, first: Result) -> list[str]:
    """Runs the recipe once more; one line for each path that differs from the first result."""
    scratch = CACHE / "work" / f"again-{os.getpid()}-{first.path.name}"
    try:
        left, right = _listing(first.path), _listing(run_in(scratch, job))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return [
        f"{name}: {left.get(name, 'absent')} | {right.get(name, 'absent')}"
        for name in sorted(left.keys() | right.keys())
        if left.get(name) != right.get(name)
    ]


def _listing(folder: Path) -> dict[str, str]:
    """Every path below the folder with its mode and content."""
    found = {}
    for path in folder.rglob("*"):
        mode = f"{path.lstat().st_mode:o}"
        if path.is_symlink():
            content = os.readlink(path)
        else:
            content = sha256_file(path) if path.is_file() else ""
        found[str(path.relative_to(folder))] = f"{mode} {content}"
    return found
