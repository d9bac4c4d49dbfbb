"""What went into the stages that a recipe needs: a JSON file for recipes that tell of it (SBOM)."""

import json
from pathlib import Path

from . import sources
from .lock import Source
from .stages import Stage


def write(path: Path, needs: list) -> None:
    """Lists the needed stages (runner.Result) and all that those need, sorted by name.

    Not part of any key: a recipe that uses it has sources.lock among its inputs.
    """
    found: dict[str, dict] = {}

    def visit(result) -> None:
        if result.stage.name not in found:
            found[result.stage.name] = _stage(result.stage, result.key, result.sources)
            for need in result.needs:
                visit(need)

    for need in needs:
        visit(need)
    stages = [found[name] for name in sorted(found)]
    path.write_text(json.dumps(stages, indent=1, sort_keys=True) + "\n")


def _stage(stage: Stage, key: str, used: list[Source]) -> dict:
    return {
        "name": stage.name,
        "key": key,
        "inputs": stage.inputs,
        "needs": stage.needs,
        "sources": [_source(source) for source in used],
    }


def _source(source: Source) -> dict:
    used = sources.fetch(source)
    return {
        "name": source.name,
        "package": source.package,
        "kind": source.kind,
        "licence": source.licence,
        "version": used["version"],
        "files": used["files"],
        "tree": str(sources.tree(source)),
    }
