"""Licence texts: a folder a package, and all of them in one file, each text once."""

import lzma
import re
import shutil
import tarfile
from pathlib import Path

from .packages import Package

# Debian's copyright files name the full texts of common licences by this path.
COMMON = Path("/usr/share/common-licenses")


def sections(packages: list[Package]) -> dict[bytes, list[str]]:
    """Text -> titles of the packages that it is for, in order of the texts."""
    found: dict[bytes, set[str]] = {}
    for package in packages:
        for file in package.texts:
            found.setdefault(file.read_bytes(), set()).add(package.title)
    for name in sorted({name for text in found for name in _common(text)}):
        found.setdefault((COMMON / name).read_bytes(), set()).add(f"common licence {name}")
    return {text: sorted(found[text]) for text in sorted(found)}


def _common(text: bytes) -> set[str]:
    names = re.findall(rb"/usr/share/common-licenses/([\w.-]*\w)", text)
    return {name.decode() for name in names if (COMMON / name.decode()).is_file()}


def of_own(reference: str, package: Package) -> str:
    """The text of LicenseRef-NAME: what stands under "License: NAME" in a copyright file of
    Debian's format, else the whole of the package's texts."""
    whole = "\n".join(file.read_text() for file in package.texts)
    name = re.escape(reference.removeprefix("LicenseRef-"))
    found = re.search(rf"^License: {name}\n((?:[ \t].*\n)+)", whole, re.MULTILINE)
    return re.sub(r"^ \.?", "", found[1], flags=re.MULTILINE) if found else whole


def write_one(path: Path, heading: str, packages: list[Package]) -> None:
    """All texts in one file, compressed: erofs alone would need half as much again for it."""
    with lzma.open(path, "wb", preset=9 | lzma.PRESET_EXTREME) as output:
        output.write(f"{heading}\n".encode())
        for text, titles in sections(packages).items():
            lines = "".join(f"{title}\n" for title in titles)
            output.write(f"\n{'=' * 80}\n{lines}{'-' * 80}\n".encode())
            output.write(text.strip(b"\n") + b"\n")


def write_folder(folder: Path, packages: list[Package]) -> None:
    """folder/<package>/<file>, and the common licences."""
    for package in packages:
        target = folder / re.sub(r"[^\w.+@-]+", "_", f"{package.name}@{package.version}")
        for number, file in enumerate(package.texts):
            target.mkdir(parents=True, exist_ok=True)
            name = file.name if not (target / file.name).exists() else f"{number}-{file.name}"
            shutil.copyfile(file, target / name)
    common = folder / "common-licences"
    common.mkdir(parents=True, exist_ok=True)
    for text, titles in sections(packages).items():
        for title in titles:
            if title.startswith("common licence "):
                (common / title.split()[-1]).write_bytes(text)


def archive(path: Path, folder: Path, time: int) -> None:
    """The folder as .tar.xz, the same bytes every time."""

    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = 0
        info.uname = info.gname = "root"
        info.mtime = time
        info.mode = 0o755 if info.isdir() else 0o644
        return info

    with lzma.open(path, "wb", preset=9) as output, tarfile.open(fileobj=output, mode="w") as tar:
        for file in sorted(folder.rglob("*")):
            name = f"{path.name.removesuffix('.tar.xz')}/{file.relative_to(folder)}"
            tar.add(file, name, recursive=False, filter=plain)
