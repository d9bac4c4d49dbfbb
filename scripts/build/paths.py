"""Where things are: the tree, the cache outside it, the links into the cache; for which machines it
is built, because what is for others lies apart."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NATIVE = "x86_64"  # what recipes are for when nobody says otherwise
ARCH = os.environ.get("ROS_ARCH") or NATIVE  # as in `uname -m`
DEBIAN_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
BUILD = ROOT / "build" if ARCH == NATIVE else ROOT / "build" / ARCH
LOGS = BUILD / "logs"
CACHE = Path(os.environ.get("ROS_CACHE") or Path.home() / ".cache" / "roster").absolute()


def relative(path: Path) -> str:
    """For messages: relative to the tree when inside it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
