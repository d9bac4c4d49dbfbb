"""scripts/update: moves pins of sources.lock to the newest versions in the archive.

Only the version and the files of an entry are rewritten; order, comments and licences stay. With
ROS_ARCH the packages of that architecture are moved, to what the first one has by then.
"""

import re
import sys
import tempfile
import tomllib
from pathlib import Path

from . import archive, lock
from .errors import BuildError
from .hashing import sha256_file
from .lock import LOCK, Source
from .paths import ARCH


def newest(source: Source) -> Source | None:
    """The source as it would be pinned now; None when the pin is the newest already."""
    for version in archive.versions(source.kind, source.package):
        if version == source.version and source.files:
            return None
        with tempfile.TemporaryDirectory() as folder:
            refusal = archive.download(
                source.kind, source.package, version, Path(folder), source.wants
            )
            if not refusal:
                files = {file.name: sha256_file(file) for file in sorted(Path(folder).iterdir())}
                return Source(**vars(source) | {"version": version, "files": files})
        print(f"{source.name}: {version} is listed, but not handed out: {refusal}")
    raise BuildError(f"{source.name}: the archive has no {source.package}")


def rewrite(text: str, source: Source) -> str:
    """The lock file's text with another pin for one source."""
    blocks = re.split(r"(?m)^(?=\[\[source\]\])", text)
    name = re.compile(rf'(?m)^name\s*=\s*"{re.escape(source.name)}"')
    return "".join(_moved(block, source) if name.search(block) else block for block in blocks)


def _moved(block: str, source: Source) -> str:
    pinned = _others(tomllib.loads(block)["source"][0], source) | source.files
    files = ", ".join(f'"{name}" = "{digest}"' for name, digest in pinned.items())
    block = re.sub(r"(?m)^version\s*=.*$", lambda _: f'version = "{source.version}"', block)
    return re.sub(r"(?ms)^files\s*=\s*\{.*?\}", lambda _: f"files = {{ {files} }}", block)


def _others(entry: dict, source: Source) -> dict[str, str]:
    """The files of other architectures; those of another version have to be moved, too."""
    if entry["version"] != source.version:
        return {}
    mine = lock.files_for(ARCH, entry["files"])
    return {name: digest for name, digest in entry["files"].items() if name not in mine}


def main() -> int:
    pinned = lock.load()
    names = sys.argv[1:] or list(pinned)
    for name in names:
        if name not in pinned:
            raise BuildError(f"no source is called '{name}'")
        found = newest(pinned[name])
        if found:
            print(f"{name}: {pinned[name].version} -> {found.version}")
            LOCK.write_text(rewrite(LOCK.read_text(), found))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(f"error: {error}")
