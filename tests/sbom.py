#!/usr/bin/env python3
"""Every file of the system and of the firmware has an owner that the bill of materials lists.

Lists what is really in the system image, the initramfs and the firmware image, and holds it against
the lists that the assembler wrote and against the SPDX documents, whose structure is checked as
well. Doctored lists and documents have to fail. Works on build/, or on the folder given.
"""

import copy
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TREE / "init"))
sys.dont_write_bytecode = True

from sbom import licences  # noqa: E402

REQUIRED = ("SPDXID", "name", "versionInfo", "downloadLocation", "licenseDeclared")
DOCUMENT = ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo")
# Where a package came from can be checked: by a checksum, a module's sum, or the key of its stage.
TRACE = re.compile(
    r"h1:[\w+/]{43}=|stage [\w-]+, key [0-9a-f]{20}|from the machine that built this"
)
OWN_SOURCE = "SPDXRef-System-"  # this tree


def files_of_erofs(build, image, folder):
    """Paths of all that is no directory, in the image, which is unpacked."""
    subprocess.run(
        [build / "erofs-utils/bin/fsck.erofs", f"--extract={folder}", "--no-preserve",
         build / image],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {f"/{path.relative_to(folder)}" for path in found}


def files_of_cpio(archive):
    """The same, of a newc archive."""
    found, at = set(), 0
    while True:
        fields = [int(archive[at + 6 + i * 8 : at + 14 + i * 8], 16) for i in range(13)]
        mode, size, length = fields[1], fields[6], fields[11]
        name = archive[at + 110 : at + 110 + length - 1].decode()
        if name == "TRAILER!!!":
            return found
        if mode & 0o170000 != 0o040000:
            found.add(f"/{name}")
        at = -(-(at + 110 + length) // 4) * 4
        at = -(-(at + size) // 4) * 4


def ownership(what, files, owners, packages):
    """What is wrong with the owners of these files, one line each."""
    owned = dict(reversed(line.split(" ", 1)) for line in owners.splitlines())
    known = {package["name"] for package in packages}
    wrong = [f"{what}: '{path}' has no owner" for path in sorted(files - owned.keys())]
    wrong += [f"{what}: '{path}' is listed, but not there" for path in sorted(owned.keys() - files)]
    wrong += [
        f"{what}: '{owner}', owner of files, is no package of the bill of materials"
        for owner in sorted({*owned.values()} - known)
    ]
    return wrong


def owners_of(document):
    """The system and the stages in it: packages that files can belong to."""
    kinds = ("SPDXRef-System-", "SPDXRef-Stage-")
    return [one for one in document["packages"] if one["SPDXID"].startswith(kinds)]


def structure(document):
    """What is wrong with an SPDX document, one line each."""
    wrong = [f"no '{name}'" for name in DOCUMENT if not document.get(name)]
    if document.get("spdxVersion") != "SPDX-2.3" or document.get("dataLicense") != "CC0-1.0":
        wrong.append("not SPDX 2.3 under CC0-1.0")
    ids = [package.get("SPDXID", "") for package in document["packages"]]
    wrong += [f"'{one}' stands twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    for package in document["packages"]:
        wrong += [f"'{package.get('name')}': {text}" for text in _package(package)]
    known = {document["SPDXID"], *ids}
    reached = {document["SPDXID"]}
    for link in document["relationships"]:
        ends = (link["spdxElementId"], link["relatedSpdxElement"])
        wrong += [f"a relationship with '{end}', which is none" for end in ends if end not in known]
        reached.add(ends[1])
    wrong += [f"nothing leads to '{one}'" for one in sorted(known - reached)]
    return wrong


def _package(package):
    yield from (f"no '{name}'" for name in REQUIRED if not package.get(name))
    if not re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", package.get("SPDXID", "")):
        yield f"id '{package.get('SPDXID')}'"
    problem = licences.problem(package.get("licenseDeclared", ""))
    if problem:
        yield f"licence '{package.get('licenseDeclared')}': {problem}"
    sums = [one["checksumValue"] for one in package.get("checksums", [])]
    if not all(re.fullmatch("[0-9a-f]{64}", one) for one in sums):
        yield f"checksums {sums}"
    traced = sums or TRACE.search(package.get("sourceInfo", ""))
    if not traced and not package["SPDXID"].startswith(OWN_SOURCE):
        yield "neither a checksum nor a key"


def controls(files, owners, document):
    """Doctored input: names of those that were not noticed."""
    packages = owners_of(document)
    first = owners.splitlines(keepends=True)[0]
    lists = {
        "a file too many": (files | {"/usr/bin/stranger"}, owners, packages),
        "a file too few": (files, owners + "roster /usr/bin/absent\n", packages),
        "a line less": (files, owners.replace(first, "", 1), packages),
        "an unknown owner": (files, re.sub("^busybox ", "nobody ", owners, flags=re.M), packages),
        "a package less": (files, owners, [p for p in packages if p["name"] != "busybox"]),
    }
    missed = [name for name, given in lists.items() if not ownership("control", *given)]
    for name, value in {
        "licenseDeclared": "Own-Licence AND",
        "SPDXID": "SPDXRef-elsewhere",
        "versionInfo": "",
        "checksums": [{"algorithm": "SHA256", "checksumValue": "0"}],
    }.items():
        doctored = copy.deepcopy(document)
        doctored["packages"][0][name] = value
        if not structure(doctored):
            missed.append(f"{name} '{value}'")
    return missed


def beside_the_iso(build, stage, inside):
    """The ISO's own document: its structure, its checksum, and all packages of these documents."""
    (iso,) = (build / stage).glob("roster-*.iso")
    document = json.loads(iso.with_suffix(".spdx.json").read_text())
    with iso.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    named = [one for one in document["packages"] if one["name"] == iso.name]
    wrong = structure(document)
    if [one["checksums"][0]["checksumValue"] for one in named] != [digest]:
        wrong.append("not the checksum of the ISO")
    wrong += [
        f"'{one['name']}' is missing"
        for document_inside in inside
        for one in document_inside["packages"]
        if one not in document["packages"]
    ]
    if not any("grub" in one["name"] for one in document["packages"]):
        wrong.append("no GRUB")
    return [f"{stage}: {text}" for text in wrong]


def firmware(build, document):
    """What is wrong with the firmware image, its document, and the licences that this names."""
    with tempfile.TemporaryDirectory() as scratch:
        files = files_of_erofs(build, "firmware/firmware.erofs", Path(scratch, "firmware"))
    owners = (build / "firmware/owners").read_text()
    wrong = structure(document) + ownership("firmware", files, owners, owners_of(document))
    named = {name for one in document["packages"] for name in licences.own(one["licenseDeclared"])}
    held = {one["licenseId"] for one in document["hasExtractedLicensingInfos"]}
    return wrong + [f"firmware: no text of '{name}'" for name in sorted(named ^ held)]


def main():
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else TREE / "build"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "system")
        system = files_of_erofs(build, "system-image/system.erofs", folder)
        document = json.loads((folder / "usr/share/ros/roster.spdx.json").read_text())
    # Zeros stand behind the frame, of which zstd complains; the archive has an end of its own.
    archive = subprocess.run(
        ["zstd", "-dc", build / "initramfs/initramfs"], check=False, capture_output=True
    ).stdout
    packages = owners_of(document)
    owners = (build / "system-image/owners").read_text()
    wrong = structure(document) + ownership("system image", system, owners, packages)
    wrong += ownership(
        "initramfs", files_of_cpio(archive), (build / "initramfs/owners").read_text(), packages
    )
    others = json.loads((build / "firmware/roster.spdx.json").read_text())
    wrong += firmware(build, others)
    wrong += beside_the_iso(build, "iso", [document])
    wrong += beside_the_iso(build, "iso-firmware", [document, others])
    missed = controls(system, owners, document)
    wrong += [f"control: {name} was not noticed" for name in missed]
    print("\n".join(wrong) or f"{len(system)} files, {len(document['packages'])} packages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
