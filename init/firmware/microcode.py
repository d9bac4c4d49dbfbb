"""CPU microcode: vendors' files -> the two files that the kernel looks for in the first archive.

Formats: Documentation/arch/x86/microcode.rst of the kernel; Intel SDM, volume 3, 11.11 "Microcode
update facilities"; AMD: arch/x86/kernel/cpu/microcode/amd.c.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

from .errors import FirmwareError

INTEL_HEADER = struct.Struct("<9I12x")
INTEL_VERSION = 1
INTEL_DATA = 2000  # bytes of data when the header says 0
AMD_MAGIC = b"DMA\0"


def intel(files: Iterable[Path]) -> bytes:
    """All updates one after another, each once: files of related processors share many."""
    updates = dict.fromkeys(update for file in files for update in _updates(file))
    return b"".join(updates)


def _updates(file: Path) -> Iterable[bytes]:
    content = file.read_bytes()
    at = 0
    while at < len(content):
        if len(content) - at < INTEL_HEADER.size:
            raise FirmwareError(f"{file.name}: {len(content) - at} bytes are left at the end")
        version, *_, data, total = INTEL_HEADER.unpack_from(content, at)
        size = total if data else INTEL_DATA + INTEL_HEADER.size
        update = content[at : at + size]
        if version != INTEL_VERSION or size % 4 or not size or len(update) != size:
            raise FirmwareError(f"{file.name}: no update begins at byte {at}")
        if sum(struct.unpack(f"<{size // 4}I", update)) % (1 << 32):
            raise FirmwareError(f"{file.name}: wrong checksum of the update at byte {at}")
        yield update
        at += size


def amd(files: Iterable[Path]) -> bytes:
    """Containers one after another: the kernel takes each in turn."""
    containers = [(file, file.read_bytes()) for file in files]
    for file, content in containers:
        if not content.startswith(AMD_MAGIC):
            raise FirmwareError(f"{file.name}: no container of AMD")
    return b"".join(content for _, content in containers)
