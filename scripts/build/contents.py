"""What is in the ISO, by the bytes that it takes there: `scripts/sizes --iso`.

Those of a release, which `scripts/stage release` makes; without one, of the quickly compressed ISO.
Files of the system image count as they are compressed in it; a file of many names counts once.
"""

import re
import subprocess
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .paths import BUILD

LARGEST = 25  # files that are shown one by one
DUMP = BUILD / "erofs-utils/bin/dump.erofs"
FOUND = re.compile(r"On-disk size: (\d+).*?NID: (\d+)", re.DOTALL)
# ISO and the system image in it.
PAIRS = (("release", "system-image-release"), ("iso", "system-image"))


def _file(image: Path, path: str) -> tuple[str, int]:
    """(inode, bytes in the image)."""
    shown = subprocess.run(
        [DUMP, f"--path={path}", image], capture_output=True, text=True, check=True
    )
    size, inode = FOUND.search(shown.stdout).groups()
    return inode, int(size)


def files(image: Path, owners: list[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """(package, path, bytes) of each file, largest first; links and folders take none."""
    with ThreadPoolExecutor(4) as pool:
        sizes = list(pool.map(lambda owner: _file(image, owner[1]), owners))
    once = {inode: (*owner, size) for owner, (inode, size) in zip(owners, sizes, strict=True)}
    return sorted(once.values(), key=lambda file: -file[2])


def render(parts: list[tuple[str, int]], total: int, title: str) -> list[str]:
    """A table with the share of each part."""
    lines = [f"{title:<52} {'bytes':>12} {'share':>6}"]
    return lines + [f"{name:<52} {size:>12,} {size / total:>6.1%}" for name, size in parts]


def table() -> list[str]:
    stage, system = next(pair for pair in PAIRS if (BUILD / pair[0]).exists())
    iso = next((BUILD / stage).glob("roster-*.iso"))
    total = iso.stat().st_size
    image = BUILD / system / "system.erofs"
    owners = [line.split(" ", 1) for line in (BUILD / system / "owners").read_text().splitlines()]
    found = files(image, [(package, path) for package, path in owners])
    packages: dict[str, int] = defaultdict(int)
    for package, _, size in found:
        packages[f"system image: {package}"] += size
    packages["system image: names, folders, links"] = image.stat().st_size - sum(packages.values())
    packages["kernel"] = (BUILD / "kernel-drivers/vmlinuz").stat().st_size
    packages["initramfs"] = (BUILD / "initramfs/initramfs").stat().st_size
    packages["boot loaders, ISO 9660"] = total - sum(
        size for name, size in packages.items() if not name.startswith("system image")
    ) - image.stat().st_size  # fmt: skip
    parts = sorted(packages.items(), key=lambda part: -part[1])
    largest = [(path, size) for _, path, size in found[:LARGEST]]
    return [
        *render([*parts, (iso.name, total)], total, f"part of the ISO ({stage})"),
        "",
        *render(largest, total, "file of the system image"),
    ]
