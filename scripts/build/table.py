"""The two tables that drive a build: scripts/stages.toml and sources.lock, and the keys of stages.

A stage's key is the hash of everything that its result depends on; the result lies in the cache
under that key. Equal inputs, equal key, nothing to build.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
CONTRACT = 1  # raise it when the runner changes what a recipe gets


class TableError(Exception):
    """A table that names something that is not there, or is badly formed."""


@dataclass(frozen=True)
class Source:
    name: str
    kind: str  # debian-source or debian-binary
    package: str
    version: str
    licence: str
    files: dict = field(hash=False)  # file name -> sha256

    def key(self):
        text = json.dumps([self.kind, self.package, self.version, sorted(self.files.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Stage:
    name: str
    run: str
    inputs: list
    sources: list
    needs: list
    env: dict
    key: str = ""


def read_toml(path):
    try:
        return tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise TableError(f"{path.relative_to(TREE)}: {error}") from error


def load_sources():
    sources = {}
    for entry in read_toml(TREE / "sources.lock").get("source", []):
        missing = {"name", "kind", "package", "version", "licence", "files"} - entry.keys()
        if missing:
            raise TableError(f"sources.lock: {entry.get('name', entry)}: no {sorted(missing)}")
        if entry["kind"] not in ("debian-source", "debian-binary"):
            raise TableError(f"sources.lock: {entry['name']}: unknown kind '{entry['kind']}'")
        if entry["name"] in sources:
            raise TableError(f"sources.lock: {entry['name']} stands twice")
        sources[entry["name"]] = Source(**entry)
    return sources


def load_stages():
    stages = {}
    for name, entry in read_toml(TREE / "scripts/stages.toml").get("stage", {}).items():
        stages[name] = Stage(
            name,
            entry["run"],
            entry.get("inputs", []),
            entry.get("sources", []),
            entry.get("needs", []),
            entry.get("env", {}),
        )
    return stages


def closure(stages, names):
    """The named stages and all they need, needed ones first."""
    ordered, open_ = [], []

    def visit(name):
        if name in open_:
            raise TableError("stages.toml: cycle " + " -> ".join([*open_, name]))
        if name not in stages:
            raise TableError(f"stages.toml: no stage '{name}'")
        if stages[name] in ordered:
            return
        open_.append(name)
        for need in stages[name].needs:
            visit(need)
        open_.pop()
        ordered.append(stages[name])

    for name in names:
        visit(name)
    return ordered


def input_files(stage):
    files = {TREE / stage.run}
    for pattern in stage.inputs:
        found = {path for path in TREE.glob(pattern) if path.is_file()}
        if not found:
            raise TableError(f"stages.toml: {stage.name}: '{pattern}' matches no file")
        files |= found
    return sorted(path for path in files if "__pycache__" not in path.parts)


def set_keys(ordered, stages, sources, tools):
    """Fills in Stage.key; `tools` is a text that names the versions of the host's tools."""
    for stage in ordered:
        digest = hashlib.sha256()
        items = [CONTRACT, stage.name, stage.run, sorted(stage.env.items()), tools]
        for name in stage.sources:
            if name not in sources:
                raise TableError(f"stages.toml: {stage.name}: no source '{name}' in sources.lock")
            items.append([name, sources[name].key()])
        items += [[need, stages[need].key] for need in stage.needs]
        digest.update(json.dumps(items).encode())
        for path in input_files(stage):
            executable = path.stat().st_mode & 0o100 != 0
            digest.update(f"\n{path.relative_to(TREE)} {executable} ".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        stage.key = digest.hexdigest()[:24]
