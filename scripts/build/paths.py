"""Where things are: the tree, the cache outside it, the links into the cache."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("ROS_BUILD") or ROOT / "build").absolute()
LOGS = BUILD / "logs"
CACHE = Path(os.environ.get("ROS_CACHE") or Path.home() / ".cache" / "roster").absolute()


def relative(path: Path) -> str:
    """For messages: relative to the tree when inside it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
