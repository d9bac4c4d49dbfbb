#!/usr/bin/env python3
"""Nothing that goes into the system knows in which folder it was built.

Such a path tells about the machine that built it, and makes each folder's result another one. What
is looked for are the folders of this tree and of the cache that hold programs, sources and results.
Works on build/, or on the folder given; a result that came from another tree's cache may hide one.
"""

import mmap
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TREE / "scripts"))
sys.dont_write_bytecode = True

from build import lock, stages  # noqa: E402
from build.paths import CACHE  # noqa: E402

WORDS = [f"{TREE}/{name}/".encode() for name in ("scripts", "ros", "images")] + [
    f"{CACHE}/{name}/".encode() for name in ("stages", "sources", "work", "go", "zig")
]


def told_by(folder):
    """One line for each file below that names one of these folders."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            for word in WORDS:
                if text.find(word) != -1:
                    yield f"{path.relative_to(folder)}: {word.decode()}"


def main():
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else TREE / "build"
    table = stages.load(lock.load())
    into_the_system = [name for name in table["system-image"].needs if not table[name].host]
    told = [
        f"{name}: {line}"
        for name in [*into_the_system, "kernel", "initramfs"]
        for line in told_by((build / name).resolve(strict=True))
    ]
    with tempfile.TemporaryDirectory() as folder:  # negative control
        Path(folder, "program").write_bytes(b"\0made by " + WORDS[0] + b"zig/cc\0")
        if not list(told_by(Path(folder))):
            sys.exit("a path that was put there was not found")
    if told:
        sys.exit("\n".join(told))


if __name__ == "__main__":
    main()
