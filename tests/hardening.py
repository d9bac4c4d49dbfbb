#!/usr/bin/env python3
"""Programs and libraries of the system image are built to withstand attacks.

Position independent, so that addresses are random; relocations read-only after the start; no stack
that can be executed; stacks guarded. Doctored files have to fail. Works on build/, or on the folder
given.
"""

import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]

# Go checks bounds itself; position independent, its programs would be a tenth larger.
GO = b"\xff Go buildinf:"

EXEC, RELRO, STACK, DYNAMIC = 2, 0x6474E552, 0x6474E551, 2
EXECUTABLE = 1  # flag of a segment
TEXTREL = 22  # tag of .dynamic
# The guard is read at its place in the thread's data (x86-64), or its name is in the symbols.
GUARD = re.compile(rb"\x64[\x48\x4c][\x8b\x2b\x3b\x33][\x04-\x3c]\x25\x28\0\0\0|__stack_chk_")
# Process 1 and its kin stay at a fixed address: ros/build.
ROS = b"\0process_one\0"
# It puts the guard in place.
LOADER = re.compile(r"ld-linux.*")


def segments(image):
    """(type, flags, offset, size) of each segment of a 64-bit little-endian ELF file."""
    (start,) = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    for i in range(count):
        kind, flags, offset, _, _, length = struct.unpack_from("<IIQQQQ", image, start + i * size)
        yield kind, flags, offset, length


def kinds(image):
    return {kind for kind, *_ in segments(image)}


def faults(name, image):
    """What is missing in a file, in words."""
    found = list(segments(image))
    if GO not in image:
        if struct.unpack_from("<H", image, 16)[0] == EXEC and ROS not in image:
            yield "at a fixed address"
        if RELRO not in kinds(image):
            yield "relocations stay writable"
        if not LOADER.fullmatch(name) and not GUARD.search(image):
            yield "no guard of the stack"
    if any(kind == STACK and flags & EXECUTABLE for kind, flags, *_ in found):
        yield "a stack that can be executed"
    for kind, _, offset, length in found:
        if kind == DYNAMIC:
            tags = (t for t, _ in struct.iter_unpack("<QQ", image[offset : offset + length]))
            if TEXTREL in tags:
                yield "code that is written to at the start"


def doctored(image):
    """The file with one fault each."""
    (start,) = struct.unpack_from("<Q", image, 32)
    yield image[:16] + struct.pack("<H", EXEC) + image[18:]
    for i, (kind, flags, *_) in enumerate(segments(image)):
        at = start + i * struct.unpack_from("<H", image, 54)[0]
        if kind == RELRO:
            yield image[:at] + bytes(4) + image[at + 4 :]
        if kind == STACK:
            yield image[: at + 4] + struct.pack("<I", flags | EXECUTABLE) + image[at + 8 :]


def programs(folder):
    """Content -> path of each ELF file that is no kernel module; one of several names."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.name.endswith((".ko", ".ko.zst")):
            continue
        with path.open("rb") as file:
            if file.read(4) == b"\x7fELF":
                file.seek(0)
                found.setdefault(file.read(), str(path.relative_to(folder)))
    return found


def main():
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else TREE / "build"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [build / "erofs-utils/bin/fsck.erofs", f"--extract={folder}", "--no-preserve",
             build / "system-image/system.erofs"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        found = programs(folder)
    wrong = [
        f"{path}: {fault}"
        for image, path in found.items()
        for fault in faults(Path(path).name, image)
    ]
    if wrong:
        sys.exit("\n".join(wrong))
    sound = next(image for image in found if GO not in image and ROS not in image)
    missed = [i for i, image in enumerate(doctored(sound)) if not list(faults("", image))]
    if missed:
        sys.exit(f"doctored files that pass: {missed}")
    print(f"{len(found)} programs and libraries are hardened")


if __name__ == "__main__":
    main()
