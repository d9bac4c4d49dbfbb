"""Hashes over files of the tree: what a stage is keyed by."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import BuildError
from .paths import ROOT

SKIPPED = {"__pycache__", ".ruff_cache", ".pytest_cache"}


def sha256_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_value(value: object) -> str:
    """Hash of a JSON value; the order of keys does not matter."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def expand(patterns: Iterable[str]) -> list[Path]:
    """Files of the tree matching the globs; a folder or `dir/**` means everything below it.

    A pattern without a match is an error: it would be an input that is silently not watched.
    """
    found: set[Path] = set()
    for pattern in patterns:
        matches = list(ROOT.glob(pattern.removesuffix("/**")))
        for match in matches:
            found.update(_files(match))
        if not matches:
            raise BuildError(f"input '{pattern}' matches no file of the tree")
    return sorted(found)


def _files(path: Path) -> Iterable[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = [name for name in names if name not in SKIPPED]
        yield from (Path(folder, name) for name in files)


def tree_hash(patterns: Iterable[str]) -> dict[str, str]:
    """Name -> hash of content, executable bit and link target, for every file of the globs."""
    return {str(path.relative_to(ROOT)): _entry(path) for path in expand(patterns)}


def _entry(path: Path) -> str:
    if path.is_symlink():
        return f"link {os.readlink(path)}"
    executable = os.access(path, os.X_OK)
    return f"{'x' if executable else '-'} {sha256_file(path)}"
