"""sources.lock: every source that does not come with Go modules or wheels, pinned by hash."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .errors import BuildError
from .hashing import sha256_value
from .paths import ARCH, DEBIAN_ARCHITECTURES, ROOT

LOCK = ROOT / "sources.lock"
KINDS = ("debian-source", "debian-binary")
KEYS = {"name", "kind", "package", "version", "licence", "files"}


@dataclass(frozen=True)
class Source:
    """One [[source]] of the lock file, with the files for the architecture that is built for."""

    name: str
    kind: str
    package: str
    version: str
    licence: str
    files: dict[str, str]

    @property
    def key(self) -> str:
        """Short hash of what is fetched; the licence is a remark and not part of it."""
        return sha256_value([self.kind, self.package, self.version, self.files])[:16]

    def wants(self, file: str) -> bool:
        """Whether a file of any version of the package is of a kind that the pin has, too.

        The archive does not hand every .dsc and .debian out; the pin names what there is.
        """
        if self.kind == "debian-binary":
            return file.endswith(".deb")
        return _part(file) in {_part(name) for name in self.files}


def _part(file: str) -> str:
    """orig, orig-component, debian, dsc, deb ..."""
    match = re.search(r"\.(orig(?:-[\w-]+)?|debian|diff|dsc|deb|tar)(?:\.|$)", file)
    return match[1] if match else file


def load(path: Path = LOCK) -> dict[str, Source]:
    """All sources by name. Raises BuildError for anything that check() would complain about."""
    try:
        entries = tomllib.loads(path.read_text()).get("source", [])
    except tomllib.TOMLDecodeError as error:
        raise BuildError(f"{path.name}: {error}") from None
    problems = check(entries)
    if problems:
        raise BuildError("\n".join(f"{path.name}: {problem}" for problem in problems))
    return {
        entry["name"]: Source(**entry | {"files": files_for(ARCH, entry["files"])})
        for entry in entries
    }


def files_for(architecture: str, files: dict[str, str]) -> dict[str, str]:
    """Without the packages of other architectures; sources and packages for all stay."""
    others = {name for arch, name in DEBIAN_ARCHITECTURES.items() if arch != architecture}
    return {
        name: digest
        for name, digest in files.items()
        if not any(name.endswith(f"_{other}.deb") for other in others)
    }


def check(entries: list[dict]) -> list[str]:
    """What is wrong with the entries of a lock file, one line each."""
    problems = []
    names = [entry.get("name", "?") for entry in entries]
    for name, entry in zip(names, entries, strict=True):
        problems += [f"source '{name}': {text}" for text in _entry_problems(entry)]
    problems += [f"source '{name}': more than once" for name in {*names} if names.count(name) > 1]
    return problems


def _entry_problems(entry: dict) -> list[str]:
    problems = [f"no '{key}'" for key in sorted(KEYS - entry.keys())]
    problems += [f"unknown key '{key}'" for key in sorted(entry.keys() - KEYS)]
    if problems:
        return problems
    if entry["kind"] not in KINDS:
        problems.append(f"kind '{entry['kind']}' is none of {', '.join(KINDS)}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", entry["name"]):
        problems.append("the name may hold lower case letters, digits, '.' and '-'")
    files = entry["files"]
    problems += [
        f"file '{file}': not a SHA-256"
        for file, digest in files.items()
        if not re.fullmatch(r"[0-9a-f]{64}", digest)
    ]
    main = r"\.orig\.tar\.\w+$|\.dsc$" if entry["kind"] == "debian-source" else r"\.deb$"
    if not any(re.search(main, file) for file in files):
        problems.append(f"no file like /{main}/ among its files")
    return problems
