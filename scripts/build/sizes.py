"""Sizes of what the build made, against the budgets of the design, and how long it took.

The ISO has its budget for a release, which takes minutes to compress. --check makes it when it has
not been proven small enough: see scripts/build/release.py.
"""

import json
import sys
from dataclasses import dataclass

from . import contents, release
from .errors import exit_with
from .manifest import MANIFEST
from .paths import BUILD

MB = 1_000_000


@dataclass(frozen=True)
class Row:
    """One artefact; `files` are added up."""

    name: str
    files: tuple[str, ...]
    budget: int | None = None  # bytes; none: for information


ROWS = (
    Row("ros", ("ros/ros",), 4 * MB),
    Row("initramfs", ("initramfs/initramfs",), 5 * MB),
    Row("vmlinuz", ("kernel-drivers/vmlinuz",)),
    Row("modules", ("kernel-drivers/modules",)),
    Row("engine: dockerd, docker, containerd", ("engine/bin/engine",)),
    Row("engine: shim", ("engine/bin/containerd-shim-runc-v2",)),
    Row("crun", ("crun/bin/crun",)),
    Row("engine: docker-proxy", ("engine/bin/docker-proxy",)),
    Row("system.erofs", ("system-image/system.erofs",)),
    Row("initramfs-full", ("initramfs-full/initramfs-full",)),
    Row("initramfs-virtual", ("initramfs-virtual/initramfs-full",)),
    Row("firmware.cpio", ("firmware/firmware.cpio",)),
    Row("ISO", ("iso/roster-*.iso",)),
)
RELEASE = Row("ISO of a release", ("release/roster-*.iso",), 60 * MB)


def size(name: str) -> int | None:
    """Bytes of a file (`*` in its name: any version), or of all files below a folder; None when
    it was not built."""
    path = next(iter(sorted(BUILD.glob(name))), BUILD / name)
    if path.is_dir():
        return sum(f.stat().st_size for f in path.rglob("*") if f.is_file() and not f.is_symlink())
    return path.stat().st_size if path.exists() else None


def table() -> tuple[list[str], list[str]]:
    """The lines of the table, and the names of rows that are over budget or missing."""
    lines = [f"{'artefact':<36} {'bytes':>12} {'budget':>12}"]
    bad = []
    for row in ROWS:
        sizes = [size(name) for name in row.files]
        total = None if None in sizes else sum(sizes)
        verdict = ""
        if total is None or (row.budget and total > row.budget):
            bad.append(row.name)
            verdict = "  missing" if total is None else "  TOO LARGE"
        shown = "-" if total is None else f"{total:,}"
        budget = f"{row.budget:,}" if row.budget else ""
        lines.append(f"{row.name:<36} {shown:>12} {budget:>12}{verdict}")
    return lines, bad


def durations() -> list[str]:
    """How long each recipe took when it last ran, longest first."""
    made = json.loads(MANIFEST.read_text())["stages"] if MANIFEST.exists() else {}
    order = sorted(made.items(), key=lambda item: -item[1]["seconds"])
    return ["stage", *(f"{name:<36} {stage['seconds']:>10.1f} s" for name, stage in order)]


def main() -> int:
    if "--iso" in sys.argv:
        print("\n".join(contents.table()))
        return 0
    lines, bad = table()
    if "--check" not in sys.argv:
        print("\n".join([*lines, "", *durations()]))
        return 0
    print("\n".join(lines))
    if bad:
        return 1
    held, reason = release.held(RELEASE.budget)
    print(f"{RELEASE.name}: {reason}")
    return 0 if held else 1


if __name__ == "__main__":
    exit_with(main)
