"""Packages -> an SPDX 2.3 document. The same packages give the same bytes."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from . import licences, texts
from .packages import Package

DOCUMENT = "SPDXRef-DOCUMENT"
OWN = "hasExtractedLicensingInfos"
Link = tuple[str, str, str]  # id, relationship, id


def render(name: str, packages: Iterable[Package], links: Iterable[Link], time: int) -> dict:
    """The document as a value; sorted, each package and relationship once."""
    by_id: dict[str, Package] = {}
    for package in packages:
        if by_id.setdefault(package.id, package) != package:
            raise ValueError(f"two packages have the id {package.id}")
    listed = [_package(by_id[key]) for key in sorted(by_id)]
    relations = [_link(*link) for link in sorted(set(links))]
    return finish(name, listed, relations, time, _own_licences(by_id.values()))


def finish(name: str, packages: list[dict], links: list[dict], time: int, own: list[dict]) -> dict:
    """The frame around packages and relationships; its name space is a hash of them. `own`: the
    licences that have no name in SPDX's list."""
    content = json.dumps([name, packages, links], sort_keys=True).encode()
    number = uuid.UUID(bytes=hashlib.sha256(content).digest()[:16], version=5)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": name,
        "documentNamespace": f"urn:uuid:{number}",
        "creationInfo": {
            "created": datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: roster-sbom", "Organization: Roster OS"],
        },
        "packages": packages,
        "relationships": links,
        **({OWN: own} if own else {}),
    }


def extend(documents: list[dict], name: str, packages: list[Package], links: list[Link], time: int):
    """The document of something that holds what other ones describe."""
    added = sorted((_package(package) for package in packages), key=lambda one: one["SPDXID"])
    relations = [_link(*link) for link in sorted(set(links))]
    return finish(
        name,
        [one for document in documents for one in document["packages"]] + added,
        [one for document in documents for one in document["relationships"]] + relations,
        time,
        [one for document in documents for one in document.get(OWN, [])],
    )


def described(document: dict) -> str:
    """Id of the package that the document is about."""
    (found,) = [
        link["relatedSpdxElement"]
        for link in document["relationships"]
        if link["relationshipType"] == "DESCRIBES"
    ]
    return found


def write(path: Path, document: dict) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n")


def _link(one: str, relationship: str, other: str) -> dict:
    return {
        "spdxElementId": one,
        "relationshipType": relationship,
        "relatedSpdxElement": other,
    }


def _own_licences(packages: Iterable[Package]) -> list[dict]:
    found = {
        reference: texts.of_own(reference, package)
        for package in packages
        for reference in licences.own(package.licence)
        if package.texts
    }
    return [
        {"licenseId": name, "name": licences.OWN.fullmatch(name)[1], "extractedText": found[name]}
        for name in sorted(found)
    ]


def _package(package: Package) -> dict:
    made = {
        "SPDXID": package.id,
        "name": package.name,
        "versionInfo": package.version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": package.licence,
        "copyrightText": "NOASSERTION",
    }
    if package.file:
        made["packageFileName"] = package.file
    if package.sha256:
        made["checksums"] = [{"algorithm": "SHA256", "checksumValue": package.sha256}]
    if package.origin:
        made["sourceInfo"] = package.origin
    if package.purl:
        made["externalRefs"] = [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": package.purl,
            }
        ]
    return made
