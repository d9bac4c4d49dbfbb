"""Bill of materials and licence texts. Run in the root of the source tree:

  PYTHONPATH=init python3 -m sbom system PROVENANCE OUT
  PYTHONPATH=init python3 -m sbom firmware PROVENANCE OUT
  PYTHONPATH=init python3 -m sbom medium ISO OUT SYSTEM_OUT [FIRMWARE_OUT]

`system` fills OUT with roster.spdx.json, licences.txt.xz and licences/, `firmware` with the first
and the last of these; `medium` makes the two files beside the ISO from them. Results of stages are
found through STAGE_<NAME>.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from . import document, host, system, texts
from .packages import Package, SbomError


def make_system(provenance: Path, out: Path, version: str, time: int) -> None:
    places = system.Places(
        Path.cwd(),
        Path(os.environ["ROS_ZIG"]).parent,
        Path(os.environ["STAGE_ENGINE"]),
        Path(os.environ["STAGE_CONTAINERD_PROTO"]),
    )
    made = system.collect(json.loads(provenance.read_text()), version, places)
    name = f"roster-{version}"
    document.write(out / "roster.spdx.json", document.render(name, made.packages, made.links, time))
    unique = sorted({package.id: package for package in made.packages}.items())
    listed = [package for _, package in unique]
    texts.write_one(out / "licences.txt.xz", f"Licence texts of Roster OS {version}", listed)
    texts.write_folder(out / "licences", listed)
    print(f"{len(listed)} packages")


def make_firmware(provenance: Path, out: Path, version: str, time: int) -> None:
    made = system.collect_firmware(json.loads(provenance.read_text()), version)
    name = f"roster-firmware-{version}"
    document.write(out / "roster.spdx.json", document.render(name, made.packages, made.links, time))
    texts.write_folder(out / "licences", made.packages)


def make_medium(iso: Path, out: Path, parts: list[Path], version: str, time: int) -> None:
    """`parts`: results of the two above."""
    inside = [json.loads((part / "roster.spdx.json").read_text()) for part in parts]
    with iso.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    medium = Package(iso.name, version, "NOASSERTION", "Medium", file=iso.name, sha256=digest)
    grub = host.of_grub()
    links = [
        (document.DOCUMENT, "DESCRIBES", medium.id),
        *((medium.id, "CONTAINS", document.described(part)) for part in inside),
        *((medium.id, "CONTAINS", package.id) for package in grub),
    ]
    made = document.extend(inside, iso.name, [medium, *grub], links, time)
    document.write(out / f"{iso.stem}.spdx.json", made)
    folder = out / f"{iso.stem}-licences"
    for part in parts:
        shutil.copytree(part / "licences", folder, dirs_exist_ok=True)
    texts.write_folder(folder, grub)
    texts.archive(out / f"{folder.name}.tar.xz", folder, time)
    shutil.rmtree(folder)


def main() -> int:
    parser = argparse.ArgumentParser(prog="sbom", description=__doc__.splitlines()[0])
    actions = parser.add_subparsers(dest="action", required=True)
    for name in ("system", "firmware"):
        one = actions.add_parser(name)
        one.add_argument("provenance", type=Path)
        one.add_argument("out", type=Path)
    medium = actions.add_parser("medium")
    medium.add_argument("iso", type=Path)
    medium.add_argument("out", type=Path)
    medium.add_argument("parts", type=Path, nargs="+")
    options = parser.parse_args()
    version = Path("VERSION").read_text().strip()
    time = int(os.environ["SOURCE_DATE_EPOCH"])
    try:
        match options.action:
            case "system":
                make_system(options.provenance, options.out, version, time)
            case "firmware":
                make_firmware(options.provenance, options.out, version, time)
            case "medium":
                make_medium(options.iso, options.out, options.parts, version, time)
    except SbomError as error:
        print(f"sbom: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
