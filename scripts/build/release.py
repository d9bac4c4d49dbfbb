"""Whether the ISO of a release keeps its budget, without making it at every change of `ros`.

What it weighed is remembered for all that goes into it beside `ros`, with what `ros` weighed then.
For another `ros` it weighs at most that, and GROWTH times as much more as `ros` has grown. When
even so much more would fit it is not made; so it is made again when something else has changed, and
when `ros` has grown by the GROWTH-th part of what was left of the budget.
"""

import json
import subprocess
from pathlib import Path

from . import lock, proven, schedule, stages
from .paths import BUILD

NAME = "release"  # of the stage, and of what is remembered
# `ros` lies in the initramfs, and in the system image, which is compressed in pieces of 128 KiB: a
# program takes 3 % more there.
GROWTH = 2.2


def most(known: dict, ros: int) -> int:
    """Bytes that the ISO has at most with this `ros`, by what is remembered of another one."""
    return known["iso"] + round(GROWTH * max(0, ros - known["ros"]))


def held(budget: int) -> tuple[bool, str]:
    """Whether it does, and how that is known. May take minutes."""
    pinned, epoch = lock.load(), stages.source_date_epoch()
    wanted = stages.with_needs(stages.load(pinned), [NAME])
    key = schedule.keys(wanted, pinned, epoch, fixed={"ros": "any"})[NAME]
    ros = packed(BUILD / "ros/ros")
    note = proven.recall(NAME, key)
    if note and (bytes_ := most(json.loads(note), ros)) <= budget:
        return True, f"at most {bytes_:,} bytes, as it was with another ros"
    folder = schedule.build(wanted, pinned, epoch)[NAME].path
    iso = next(folder.glob("*.iso")).stat().st_size
    if iso <= budget:
        proven.remember(NAME, key, json.dumps({"iso": iso, "ros": ros}))
    return iso <= budget, f"{iso:,} bytes of {budget:,}"


def packed(file: Path) -> int:
    """Bytes of a file as the initramfs compresses it."""
    done = subprocess.run(["zstd", "-q", "-19", "-c", file], check=True, capture_output=True)
    return len(done.stdout)
