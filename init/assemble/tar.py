"""Writes a tree as a tar archive (GNU format), hard links kept, for mkfs.erofs --tar."""

import tarfile
from typing import BinaryIO

from .tree import Node, link_groups

TYPES = {"dir": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE}
DEVICES = {"c": tarfile.CHRTYPE, "b": tarfile.BLKTYPE}


def write_tar(nodes: list[tuple[str, Node]], output: BinaryIO, time: int) -> None:
    groups = link_groups(nodes)
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path, node in nodes:
            info = _header(path, node, time)
            if node.kind != "file":
                archive.addfile(info)
            elif groups[node][0] != path:
                info.type, info.linkname = tarfile.LNKTYPE, groups[node][0].lstrip("/")
                archive.addfile(info)
            else:
                info.size = node.source.stat().st_size
                with node.source.open("rb") as source:
                    archive.addfile(info, source)


def _header(path: str, node: Node, time: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path.lstrip("/") or ".")
    info.mode, info.uid, info.gid, info.mtime = node.mode, node.uid, node.gid, time
    if node.kind == "node":
        kind, info.devmajor, info.devminor = node.device
        info.type = DEVICES[kind]
    elif node.kind != "file":
        info.type, info.linkname = TYPES[node.kind], node.target
    return info
