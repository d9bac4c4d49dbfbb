"""Packages of the build machine that leave something of theirs in the results."""

import os
import subprocess
from pathlib import Path

from .packages import Package, SbomError, escaped


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def package(name: str, licence: str) -> Package:
    """An installed package of Debian."""
    query = "${Version}\t${Architecture}"
    version, architecture = _output("dpkg-query", "-W", "-f", query, name).split("\t")
    text = Path("/usr/share/doc", name.partition(":")[0], "copyright")
    if not text.is_file():
        raise SbomError(f"package '{name}': {text} is missing")
    return Package(
        name.partition(":")[0],
        version,
        licence,
        "Host",
        purl=f"pkg:deb/debian/{name.partition(':')[0]}@{escaped(version)}?arch={architecture}",
        origin="Debian, from the machine that built this",
        texts=(text,),
    )


def of_gcc() -> list[Package]:
    """What the host's compiler puts into every program: start files and its own library."""
    start = _output("gcc", "-print-file-name=Scrt1.o")
    return [package(_owner(start), "LGPL-2.1-or-later"), *of_libgcc()]


def of_libgcc() -> list[Package]:
    """Its own library alone, where the start files are those of a source."""
    library = _output("gcc", "-print-libgcc-file-name")
    return [package(_owner(library), "GPL-3.0-or-later WITH GCC-exception-3.1")]


def of_grub() -> list[Package]:
    """Whose modules and boot sectors are on the boot media (media/grub)."""
    return [package(name, "GPL-3.0-or-later") for name in ("grub-efi-amd64-bin", "grub-pc-bin")]


def _owner(file: str) -> str:
    return _output("dpkg-query", "-S", os.path.realpath(file)).partition(": ")[0]
