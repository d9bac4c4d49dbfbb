#!/usr/bin/env python3
"""Holds every include in ros/ (.h and .cc) against the order of rooms in ros/rooms.txt.

An include may go to the same room or to one on an earlier line; rooms on one line are siblings and
never include each other. Usage: tests/layers.py [FOLDER]. Status 1 when an include is against it.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def ranks(folder):
    """Room -> number of its line."""
    lines = [line.split("#")[0].split() for line in (folder / "rooms.txt").read_text().splitlines()]
    return {room: rank for rank, rooms in enumerate(filter(None, lines)) for room in rooms}


def room_of(path):
    """The first folder of a path below ros/; what lies in ros/ itself is the room main."""
    return path.parts[0] if len(path.parts) > 1 else "main"


def violations(folder):
    """One line for each include that may not be."""
    rank = ranks(folder)
    found = []
    for file in sorted([*folder.rglob("*.h"), *folder.rglob("*.cc")]):
        path = file.relative_to(folder)
        room = room_of(path)
        if room not in rank:
            found.append(f"{path}: room '{room}' is not in rooms.txt")
            continue
        for target in map(Path, INCLUDE.findall(file.read_text())):
            if (file.parent / target).exists() and not (folder / target).exists():
                found.append(f"{path}: '{target}' must be named from ros/ on")
            elif (folder / target).exists():
                other = room_of(target)
                if other != room and not rank.get(other, len(rank)) < rank[room]:
                    found.append(f"{path}: {room} may not include {other} ('{target}')")
    return found


def main():
    default = Path(__file__).resolve().parents[1] / "ros"
    found = violations(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
