"""The tree that is assembled: nodes by path, no path twice, no node below a file."""

import dataclasses
import hashlib
import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from .errors import AssembleError, Location

OWN = "roster"  # owner of what comes from the source tree itself


@dataclass(frozen=True)
class Node:
    """A directory, file, symbolic link or device.

    Files with equal content and metadata become hard links of one another in the archives, so
    that programs which several images hold lie on the disk and in the page cache once.
    """

    kind: str  # "dir", "file", "symlink", "node"
    mode: int
    uid: int = 0
    gid: int = 0
    source: Path | None = None  # file: what it holds
    target: str = ""  # symlink
    device: tuple[str, int, int] = ("", 0, 0)  # node: c or b, major, minor
    # Stage that made it, or this tree; two owners' equal files are still one in the archive.
    owner: str = field(default=OWN, compare=False)


class Tree:
    """Nodes by absolute path. Parents that no line names become 755 root directories."""

    def __init__(self):
        self._nodes: dict[str, Node] = {}
        self._origins: dict[str, Location] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._nodes

    def add(self, path: str, node: Node, where: Location) -> None:
        if path in self._nodes:
            raise AssembleError(where, f"'{path}' stands already at {self._origins[path]}")
        self._nodes[path] = node
        self._origins[path] = where

    def get(self, path: str) -> Node | None:
        return self._nodes.get(path)

    def finish(self) -> list[tuple[str, Node]]:
        """Adds missing parents, checks the shape; all nodes sorted by path, parents first."""
        nodes = dict(self._nodes)
        for path in self._nodes:
            parent = posixpath.dirname(path)
            while parent not in nodes:
                nodes[parent] = Node("dir", 0o755)
                parent = posixpath.dirname(parent)
            if nodes[parent].kind != "dir":
                raise AssembleError(
                    self._origins[path], f"'{path}': its parent '{parent}' is no directory"
                )
        return share_content(sorted(nodes.items(), key=lambda item: item[0].split("/")))


def share_content(nodes: list[tuple[str, Node]]) -> list[tuple[str, Node]]:
    """The same nodes; sources that hold the same bytes are replaced by the first of them."""
    sizes: dict[int, set[Path]] = {}
    for _, node in nodes:
        if node.source:
            sizes.setdefault(node.source.stat().st_size, set()).add(node.source)
    first: dict[tuple[int, bytes], Path] = {}
    chosen: dict[Path, Path] = {}
    for _, node in nodes:
        source = node.source
        if source is None or source in chosen:
            continue
        size = source.stat().st_size
        alone = len(sizes[size]) == 1  # no other file can be equal
        key = (size, b"" if alone else hashlib.sha256(source.read_bytes()).digest())
        chosen[source] = first.setdefault(key, source)
    return [
        (path, dataclasses.replace(node, source=chosen[node.source]) if node.source else node)
        for path, node in nodes
    ]


def link_groups(nodes: list[tuple[str, Node]]) -> dict[Node, list[str]]:
    """File nodes and the paths that share each of them, in order."""
    groups: dict[Node, list[str]] = {}
    for path, node in nodes:
        if node.kind == "file":
            groups.setdefault(node, []).append(path)
    return groups


def owners(nodes: list[tuple[str, Node]]) -> str:
    """Everything but directories with its owner: "OWNER PATH" lines."""
    return "".join(f"{node.owner} {path}\n" for path, node in nodes if node.kind != "dir")
