"""Lines -> tree: finds sources, walks folders, resolves links between names."""

import fnmatch
import os
import posixpath
from collections.abc import Mapping
from pathlib import Path

from .errors import AssembleError
from .table import Line, read_table
from .tree import OWN, Node, Tree

# Sources that look like stages and hold nothing but what this tree says.
MADE_HERE = ("rendered", "sbom")


class Expander:
    """Reads tables into one tree.

    `root` is the source tree; `stages` maps a stage's name to the folder with its result.
    """

    def __init__(self, root: Path, stages: Mapping[str, Path]):
        self._root = root
        self._stages = stages
        self._tree = Tree()
        self._links: list[tuple[str, Line]] = []
        self._fillers: list[tuple[str, Line]] = []

    def expand(self, table: str) -> Tree:
        """The tree of the table at `table`, a path below the root of the source tree."""
        self._read(table, "")
        for prefix, line in self._links:
            self._tree.add(prefix + line["path"], self._linked(prefix, line), line.where)
        for prefix, line in self._fillers:
            self._fill(prefix, line)
        return self._tree

    def _read(self, table: str, prefix: str) -> None:
        for line in read_table(self._root / table, table):
            path = prefix + line["path"] if line["path"] != "/" else prefix or "/"
            match line.directive:
                case "dir":
                    self._add(path, line, "dir")
                case "file":
                    self._add(path, line, "file", source=self._file(line), owner=_owner(line))
                case "symlink":
                    self._tree.add(path, Node("symlink", 0o777, target=line["target"]), line.where)
                case "node":
                    device = (line["type"], line["major"], line["minor"])
                    self._add(path, line, "node", device=device)
                case "tree":
                    self._copy(path, line)
                case "include":
                    self._read(line["source"], "" if path == "/" else path)
                case "link":
                    self._links.append((prefix, line))
                case "links":
                    self._fillers.append((prefix, line))

    def _add(self, path: str, line: Line, kind: str, **more) -> None:
        node = Node(kind, line["mode"], line["uid"], line["gid"], **more)
        self._tree.add(path, node, line.where)

    def _source(self, line: Line) -> Path:
        """Where `stage:path` or a path of the source tree lies."""
        stage, colon, path = line["source"].partition(":")
        if not colon:
            found = self._root / stage
        elif stage in self._stages:
            found = self._stages[stage] / path
        else:
            raise AssembleError(line.where, f"source '{line['source']}': no result of that stage")
        if not found.exists():
            raise AssembleError(line.where, f"source '{line['source']}': no such file")
        return found

    def _file(self, line: Line) -> Path:
        found = self._source(line)
        if not found.is_file():
            raise AssembleError(line.where, f"source '{line['source']}' is no file")
        return found.resolve()

    def _copy(self, top: str, line: Line) -> None:
        """Everything below a folder, or what matches a pattern (relative, * spans folders)."""
        folder = self._source(line)
        patterns = line["patterns"] or ["*"]
        used = set()
        for parent, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted(files) + [f for f in folders if Path(parent, f).is_symlink()]:
                path = Path(parent, name)
                relative = path.relative_to(folder).as_posix()
                matching = {p for p in patterns if fnmatch.fnmatchcase(relative, p)}
                used |= matching
                if matching:
                    node = _copied(path, _owner(line))
                    self._tree.add(posixpath.join(top, relative), node, line.where)
        for pattern in patterns:
            if pattern not in used:
                raise AssembleError(
                    line.where, f"source '{line['source']}': nothing matches '{pattern}'"
                )

    def _linked(self, prefix: str, line: Line) -> Node:
        node = self._tree.get(prefix + line["target"])
        if node is None or node.kind != "file":
            raise AssembleError(line.where, f"link target '{line['target']}' is no file")
        return node

    def _fill(self, prefix: str, line: Line) -> None:
        """Hard links to the target under every listed name that nothing else took."""
        node = self._linked(prefix, line)
        base = prefix + ("" if line["path"] == "/" else line["path"])
        for name in self._file(line).read_text().split():
            if not name.startswith("/"):
                raise AssembleError(line.where, f"source '{line['source']}': '{name}' is no path")
            if base + name not in self._tree:
                self._tree.add(base + name, node, line.where)


def _copied(path: Path, owner: str) -> Node:
    if path.is_symlink():
        return Node("symlink", 0o777, target=os.readlink(path), owner=owner)
    mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
    return Node("file", mode, source=path.resolve(), owner=owner)


def _owner(line: Line) -> str:
    """The stage whose result the line's source is, or the source tree."""
    stage, colon, _ = line["source"].partition(":")
    return stage if colon and stage not in MADE_HERE else OWN
