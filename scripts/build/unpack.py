"""Files of the archive to a source tree."""

import os
import subprocess
from pathlib import Path

from .errors import BuildError


def unpack(kind: str, files: Path, target: Path) -> None:
    """Makes `target` from what was downloaded; Debian's patches are applied."""
    if kind == "debian-binary":
        target.mkdir(mode=0o755)
        _run(files, "dpkg-deb", "-x", _one(files, "*.deb"), target)
    elif list(files.glob("*.dsc")):
        # The index of the archive vouched for the files; its signature is the one that counts.
        _run(files, "dpkg-source", "--no-check", "-x", _one(files, "*.dsc"), target)
    else:
        _by_hand(files, target)


def _by_hand(files: Path, target: Path) -> None:
    """What dpkg-source does for format 3.0 (quilt), for packages whose .dsc is not pinned."""
    target.mkdir(mode=0o755)
    options = ["--no-same-owner", "--no-same-permissions"]
    _run(files, "tar", "-xf", _one(files, "*.orig.tar.*"), "-C", target,
         "--strip-components=1", *options)  # fmt: skip
    for archive in files.glob("*.debian.tar.*"):
        _run(files, "tar", "-xf", archive, "-C", target, *options)
    series = target / "debian" / "patches" / "series"
    for line in series.read_text().splitlines() if series.exists() else []:
        name = line.partition("#")[0].strip()
        if name:
            _run(target, "patch", "-s", "-p1", "-N", "-i", series.parent / name)


def _one(files: Path, pattern: str) -> Path:
    found = list(files.glob(pattern))
    if len(found) != 1:
        raise BuildError(f"wanted one {pattern}, there are {len(found)}")
    return found[0]


def _run(folder: Path, *command: object) -> None:
    words = [str(word) for word in command]
    environment = os.environ | {"LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(
        words, cwd=folder, env=environment, umask=0o022, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"{' '.join(words)}:\n{(done.stdout + done.stderr).strip()}")
