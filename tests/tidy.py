#!/usr/bin/env python3
"""clang-tidy over the sources of ros/, two files at a time, remembering what was clean.

A file is looked at again when it, a header of ros/ that it includes, .clang-tidy or the tool's pin
has changed. Needs build/unit/compile_commands.json (the CMake target unit_tests makes it).
Files are read without the precompiled headers: each has to include what it uses.
"""

import hashlib
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TREE / "scripts"))

from build import proven  # noqa: E402

BUILD = TREE / "build/unit"
DATABASE = TREE / "build/tidy"
NAME = "clang-tidy"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
PRECOMPILED = re.compile(
    r" -Winvalid-pch -Xclang -include-pch -Xclang \S+ -Xclang -include -Xclang \S+"
)
OPTIONS = ("--quiet", "--extra-arg=-w")


def closure(file, seen):
    """The file and every header of the tree that it includes, directly or not."""
    if file not in seen:
        seen.add(file)
        for name in INCLUDE.findall(file.read_text()):
            for folder in (TREE / "ros", TREE / "tests", file.parent):
                if (folder / name).is_file():
                    closure((folder / name).resolve(), seen)
    return seen


def key(file):
    parts = sorted(closure(file, set()))
    parts += [TREE / ".clang-tidy", TREE / "scripts/requirements.txt"]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part.relative_to(TREE)}\n".encode() + part.read_bytes())
    return digest.hexdigest()


def check(file):
    """What clang-tidy says about the file; "" when it is clean."""
    inputs = key(file)
    if proven.recall(NAME, inputs) is not None:
        return ""
    done = subprocess.run(
        [TREE / "scripts/tool", "clang-tidy", "-p", DATABASE, *OPTIONS, file],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0 and "warning:" not in done.stdout:
        proven.remember(NAME, inputs)
        return ""
    return done.stdout or done.stderr


def write_database():
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    for each in commands:
        each["command"] = PRECOMPILED.sub("", each["command"])
    DATABASE.mkdir(exist_ok=True)
    (DATABASE / "compile_commands.json").write_text(json.dumps(commands))


def main():
    if not (BUILD / "compile_commands.json").exists():
        sys.exit("no build/unit/compile_commands.json: build the target unit_tests first")
    write_database()
    files = sorted((TREE / "ros").rglob("*.cc"))
    with ThreadPoolExecutor(2) as pool:
        found = [text for text in pool.map(check, files) if text]
    print("\n".join(found), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
