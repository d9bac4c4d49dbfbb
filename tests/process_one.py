#!/usr/bin/env python3
"""Process 1 begins before every static initialiser of the binary.

The function that becomes process 1 lies in an ELF section of its own, `process_one`; the first
entry of .init_array has to point to it. Argument: the binary, default build/ros/ros.
"""

import struct
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]


def sections(image):
    """name -> (address, file offset, size) of a 64-bit little-endian ELF file."""
    if image[:6] != b"\x7fELF\x02\x01":
        sys.exit("not a 64-bit little-endian ELF file")
    (table,) = struct.unpack_from("<Q", image, 40)
    entry_size, count, names_index = struct.unpack_from("<HHH", image, 58)
    headers = [struct.unpack_from("<IIQQQQ", image, table + i * entry_size) for i in range(count)]
    names = headers[names_index][4]
    result = {}
    for name, _, _, address, offset, size in headers:
        start = names + name
        result[image[start : image.index(b"\0", start)].decode()] = (address, offset, size)
    return result


def main():
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else TREE / "build/ros/ros"
    image = path.read_bytes()
    found = sections(image)
    address, _, size = found.get("process_one", (0, 0, 0))
    _, offset, array_size = found[".init_array"]
    initialisers = struct.unpack_from(f"<{array_size // 8}Q", image, offset)
    if not size or not address <= initialisers[0] < address + size:
        sys.exit(f"{path}: the first initialiser is at {initialisers[0]:#x}, not in process_one")
    print(f"process 1 begins before {len(initialisers) - 1} other initialisers")


if __name__ == "__main__":
    main()
