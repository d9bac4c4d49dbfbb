"""build/manifest.json: which versions of what went into the results, with keys and sizes."""

import json

from . import sources, tools
from .lock import Source
from .locks import locked
from .paths import BUILD
from .runner import Result

MANIFEST = BUILD / "manifest.json"


def write(results: dict[str, Result], lock: dict[str, Source]) -> None:
    """Adds these results to the manifest; what other builds of the tree made stays in it."""
    with locked("manifest"):
        old = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
        record = {
            "wheels": tools.pins(),
            "stages": old.get("stages", {}) | {r.stage.name: _stage(r) for r in results.values()},
            "sources": old.get("sources", {}),
        }
        for name in {name for r in results.values() for name in r.stage.sources}:
            record["sources"][name] = _source(lock[name])
        BUILD.mkdir(exist_ok=True)
        temporary = MANIFEST.with_suffix(".new")
        temporary.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")
        temporary.replace(MANIFEST)


def _stage(result: Result) -> dict:
    return {"key": result.key, "sources": result.stage.sources, **result.facts}


def _source(source: Source) -> dict:
    return {"package": source.package, "licence": source.licence, **sources.fetch(source)}
