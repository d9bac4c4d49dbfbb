"""scripts/update: moves pins of sources.lock to the newest versions in the archive.

Only the version and the files of an entry are rewritten; order, comments and licences stay.
"""

import re
import sys
import tempfile
from pathlib import Path

from . import archive, lock
from .errors import BuildError
from .hashing import sha256_file
from .lock import LOCK, Source


def newest(source: Source) -> Source | None:
    """The source as it would be pinned now; None when the pin is the newest already."""
    for version in archive.versions(source.kind, source.package):
        if version == source.version:
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
    files = ", ".join(f'"{name}" = "{digest}"' for name, digest in source.files.items())
    for index, block in enumerate(blocks):
        if re.search(rf'(?m)^name\s*=\s*"{re.escape(source.name)}"', block):
            block = re.sub(r"(?m)^version\s*=.*$", lambda _: f'version = "{source.version}"', block)
            block = re.sub(r"(?ms)^files\s*=\s*\{.*?\}", lambda _: f"files = {{ {files} }}", block)
            blocks[index] = block
    return "".join(blocks)


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
