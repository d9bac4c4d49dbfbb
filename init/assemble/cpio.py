"""Writes a tree as a newc cpio archive that depends on nothing but the tree and the time given."""

import shutil
import stat
from typing import BinaryIO

from .tree import Node, link_groups

TYPES = {"dir": stat.S_IFDIR, "file": stat.S_IFREG, "symlink": stat.S_IFLNK}
DEVICES = {"c": stat.S_IFCHR, "b": stat.S_IFBLK}
TRAILER = "TRAILER!!!"
HEADER = 110  # bytes before the name


def write_cpio(nodes: list[tuple[str, Node]], output: BinaryIO, time: int, align: int = 4) -> None:
    """The content of files begins at multiples of `align` bytes, which is one of four."""
    groups = link_groups(nodes)
    inodes: dict[Node, int] = {}
    for number, (path, node) in enumerate(nodes, 1):
        name = path.lstrip("/") or "."
        if node.kind != "file":
            links = 2 if node.kind == "dir" else 1
            _entry(output, name, node, number, links, node.target.encode(), time)
            continue
        paths = groups[node]
        inode = inodes.setdefault(node, number)
        # newc keeps the content of hard links at the last of them.
        size = node.source.stat().st_size if path == paths[-1] else 0
        _header(output, name, node, inode, len(paths), size, time, align)
        if size:
            with node.source.open("rb") as source:
                shutil.copyfileobj(source, output, 1 << 20)
            _pad(output, size)
    _header(output, TRAILER, None, 0, 1, 0, 0)


def _entry(output, name: str, node: Node, inode: int, links: int, body: bytes, time: int) -> None:
    _header(output, name, node, inode, links, len(body), time)
    output.write(body)
    _pad(output, len(body))


def _header(
    output, name: str, node: Node | None, inode, links, size: int, time: int, align: int = 4
) -> None:
    mode = uid = gid = major = minor = 0
    if node is not None:
        kind, major, minor = node.device
        mode = node.mode | (DEVICES[kind] if node.kind == "node" else TYPES[node.kind])
        uid, gid = node.uid, node.gid
    encoded = name.encode() + b"\0"
    if align > 4:  # a name may end with several zeros
        encoded += b"\0" * (-(output.tell() + HEADER + len(encoded)) % align)
    numbers = (inode, mode, uid, gid, links, time, size, 0, 0, major, minor, len(encoded), 0)
    header = b"070701" + b"".join(b"%08X" % number for number in numbers)
    output.write(header + encoded)
    _pad(output, len(header) + len(encoded))


def _pad(output, written: int) -> None:
    output.write(b"\0" * (-written % 4))
