"""Sources unpacked in the cache: fetched once, checked against the lock, shared by all stages."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from . import archive, progress
from .errors import BuildError
from .hashing import sha256_file
from .lock import Source
from .locks import locked
from .paths import ARCH, CACHE
from .unpack import unpack
from .versions import same_series

SOURCES = CACHE / "sources"


def tree(source: Source) -> Path:
    """The unpacked tree of a source that was fetched. Read-only by agreement."""
    return SOURCES / f"{source.name}-{source.key}" / "tree"


def fetch(source: Source) -> dict:
    """Makes tree() exist; returns what was used: {"version", "files", "pinned"}."""
    record = tree(source).parent / "used.json"
    if not record.exists():
        with locked(f"source-{source.name}-{source.key}"):
            if not record.exists():
                _fetch(source, record.parent)
    return json.loads(record.read_text())


def _fetch(source: Source, result: Path) -> None:
    if not source.files:
        raise BuildError(f"source {source.name}: sources.lock has no file of it for {ARCH}")
    progress.note(f"source {source.name}: fetching {source.package} {source.version}")
    SOURCES.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{source.name}-", dir=SOURCES))
    try:
        version, files = _download(source, scratch / "files")
        if version == source.version:
            _verify(source, files)
        else:
            progress.note(
                f"source {source.name}: {source.package} {source.version} is gone from the "
                f"archive, using {version} of the same series (scripts/update moves the pin)"
            )
        unpack(source.kind, scratch / "files", scratch / "tree")
        shutil.rmtree(scratch / "files")
        used = {"pinned": source.version, "version": version, "files": files}
        (scratch / "used.json").write_text(json.dumps(used, indent=1) + "\n")
        scratch.chmod(0o755)
        shutil.rmtree(result, ignore_errors=True)
        scratch.rename(result)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _download(source: Source, folder: Path) -> tuple[str, dict[str, str]]:
    """The pinned version, else the newest of its series that the archive really hands out."""
    refusals = []
    for version, fetch_into in _ways(source):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        refusal = fetch_into(folder)
        if not refusal:
            return version, {path.name: sha256_file(path) for path in sorted(folder.iterdir())}
        refusals.append(f"  {version}: {refusal}")
    raise BuildError(
        f"source {source.name}: no version of {source.package} {source.version} or its series "
        "could be fetched\n" + "\n".join(refusals)
    )


def _ways(source: Source) -> Iterator[tuple[str, Callable[[Path], str]]]:
    """Versions and how to get each, best first. Lazily: most pins need no look at the others."""
    kind, package = source.kind, source.package

    def listed(version: str) -> tuple[str, Callable[[Path], str]]:
        return version, lambda folder: archive.download(
            kind, package, version, folder, source.wants
        )

    yield listed(source.version)
    yield (
        source.version,
        lambda folder: archive.download_unlisted(kind, package, source.files, folder),
    )
    for version in archive.versions(kind, package):
        if version != source.version and same_series(version, source.version):
            yield listed(version)


def _verify(source: Source, files: dict[str, str]) -> None:
    for name in sorted(source.files.keys() | files.keys()):
        if source.files.get(name) != files.get(name):
            raise BuildError(
                f"source {source.name}: file '{name}': the lock says "
                f"{source.files.get(name, 'nothing')}, the archive has {files.get(name, 'none')}"
            )
