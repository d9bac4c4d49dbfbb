"""Makes the assembler importable and gives tests a source tree of their own."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "init"))
sys.dont_write_bytecode = True


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small source tree with one stage, `tools`, whose result lies in stages/tools."""
    folder = tmp_path / "source"
    (folder / "stages/tools/bin").mkdir(parents=True)
    (folder / "stages/tools/bin/box").write_bytes(b"\x7fELF" + b"box" * 1000)
    (folder / "stages/tools/names").write_text("/bin/sh\n/bin/ls\n")
    (folder / "etc/deep").mkdir(parents=True)
    (folder / "etc/motd").write_text("hello\n")
    (folder / "etc/deep/run").write_text("#!/bin/sh\n")
    (folder / "etc/deep/run").chmod(0o700)
    (folder / "etc/deep/link").symlink_to("../motd")
    (folder / "main.table").write_text(TABLE)
    (folder / "image.table").write_text(IMAGE)
    return folder


TABLE = """\
# a comment, then an empty line

dir     /tmp 1777 0 0
file    /bin/box 755 0 0 tools:bin/box   # the program
links   / tools:names /bin/box
link    /sbin/init /bin/box
symlink /etc/hosts /run/etc/hosts
node    /dev/console 600 0 5 c 5 1
tree    /etc/copied etc
include /images/one image.table
"""

IMAGE = """\
file /bin/box 755 0 0 tools:bin/box
link /bin/ls /bin/box
file /etc/motd 640 7 8 etc/motd
links / tools:names /bin/box
"""
