"""Text of a table -> lines as values. Knows the words of a line, not what they lead to."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import AssembleError, Location

# directive -> names of its fields; a field in brackets may be missing, "..." takes the rest
DIRECTIVES = {
    "dir": ["path", "mode", "uid", "gid"],
    "file": ["path", "mode", "uid", "gid", "source"],
    "symlink": ["path", "target"],
    "link": ["path", "target"],
    "node": ["path", "mode", "uid", "gid", "type", "major", "minor"],
    "tree": ["path", "source", "[...pattern]"],
    "links": ["path", "source", "target"],
    "include": ["path", "source"],
}


@dataclass(frozen=True)
class Line:
    """One directive. `fields` holds text, and numbers where the field is one."""

    where: Location
    directive: str
    fields: dict

    def __getitem__(self, name: str):
        return self.fields[name]


def read_table(path: Path, name: str) -> Iterator[Line]:
    """The lines of the table at `path`; `name` is how errors call it."""
    try:
        text = path.read_text()
    except OSError as error:
        raise AssembleError(Location(name, 0), f"cannot be read: {error.strerror}") from None
    for number, raw in enumerate(text.splitlines(), 1):
        words = re.sub(r"(^|\s)#.*", "", raw).split()
        if words:
            yield _parse(Location(name, number), words)


def _parse(where: Location, words: list[str]) -> Line:
    directive, *values = words
    names = DIRECTIVES.get(directive)
    if names is None:
        known = ", ".join(DIRECTIVES)
        raise AssembleError(where, f"unknown directive '{directive}', expected one of {known}")
    rest = names[-1].startswith("[...")
    required = names[:-1] if rest else names
    if len(values) < len(required) or (len(values) > len(required) and not rest):
        usage = " ".join([directive, *(name.upper() for name in names)])
        raise AssembleError(where, f"{len(values)} fields, expected: {usage}")
    fields = {
        name: CONVERT.get(name, _text)(where, name, value)
        for name, value in zip(required, values, strict=False)
    }
    if rest:
        fields["patterns"] = values[len(required) :]
    return Line(where, directive, fields)


def _text(where: Location, name: str, value: str) -> str:
    del where, name
    return value


def _path(where: Location, name: str, value: str) -> str:
    parts = value.split("/")
    if not value.startswith("/") or ".." in parts or "." in parts or "" in parts[1:-1]:
        raise AssembleError(where, f"{name} '{value}': expected a plain absolute path")
    return value.rstrip("/") or "/"


def _number(base: int, highest: int) -> Callable[[Location, str, str], int]:
    def convert(where: Location, name: str, value: str) -> int:
        try:
            number = int(value, base)
        except ValueError:
            number = -1
        if not 0 <= number <= highest:
            kind = "an octal number" if base == 8 else "a number"
            raise AssembleError(
                where,
                f"{name} '{value}': expected {kind} up to {highest:{'o' if base == 8 else 'd'}}",
            )
        return number

    return convert


def _type(where: Location, name: str, value: str) -> str:
    if value not in ("c", "b"):
        raise AssembleError(where, f"{name} '{value}': expected c or b")
    return value


CONVERT = {
    "path": _path,
    "mode": _number(8, 0o7777),
    "uid": _number(10, 65535),
    "gid": _number(10, 65535),
    "major": _number(10, 4095),
    "minor": _number(10, 65535),
    "type": _type,
}
