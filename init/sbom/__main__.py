"""Bill of materials and licence texts. Run in the root of the source tree:

  PYTHONPATH=init python3 -m sbom system PROVENANCE OUT
  PYTHONPATH=init python3 -m sbom medium SYSTEM_OUT ISO OUT

`system` fills OUT with roster.spdx.json, licences.txt.xz and licences/; `medium` makes the two
files beside the ISO from these. Results of stages are found through STAGE_<NAME>.
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


def make_medium(done: Path, iso: Path, out: Path, version: str, time: int) -> None:
    base = json.loads((done / "roster.spdx.json").read_text())
    with iso.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    medium = Package(iso.name, version, "NOASSERTION", "Medium", file=iso.name, sha256=digest)
    grub = host.of_grub()
    (inside,) = [
        link["relatedSpdxElement"]
        for link in base["relationships"]
        if link["relationshipType"] == "DESCRIBES"
    ]
    links = [
        (document.DOCUMENT, "DESCRIBES", medium.id),
        (medium.id, "CONTAINS", inside),
        *((medium.id, "CONTAINS", package.id) for package in grub),
    ]
    made = document.extend(base, iso.name, [medium, *grub], links, time)
    document.write(out / f"roster-{version}.spdx.json", made)
    folder = out / f"roster-{version}-licences"
    shutil.copytree(done / "licences", folder)
    texts.write_folder(folder, grub)
    texts.archive(out / f"{folder.name}.tar.xz", folder, time)
    shutil.rmtree(folder)


def main() -> int:
    parser = argparse.ArgumentParser(prog="sbom", description=__doc__.splitlines()[0])
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("system")
    other = actions.add_parser("medium")
    one.add_argument("provenance", type=Path)
    other.add_argument("done", type=Path)
    other.add_argument("iso", type=Path)
    for action in (one, other):
        action.add_argument("out", type=Path)
    options = parser.parse_args()
    version = Path("VERSION").read_text().strip()
    time = int(os.environ["SOURCE_DATE_EPOCH"])
    try:
        if options.action == "system":
            make_system(options.provenance, options.out, version, time)
        else:
            make_medium(options.done, options.iso, options.out, version, time)
    except SbomError as error:
        print(f"sbom: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
