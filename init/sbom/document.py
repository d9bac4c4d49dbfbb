"""Packages -> an SPDX 2.3 document. The same packages give the same bytes."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from .packages import Package

DOCUMENT = "SPDXRef-DOCUMENT"
Link = tuple[str, str, str]  # id, relationship, id


def render(name: str, packages: Iterable[Package], links: Iterable[Link], time: int) -> dict:
    """The document as a value; sorted, each package and relationship once."""
    by_id: dict[str, Package] = {}
    for package in packages:
        if by_id.setdefault(package.id, package) != package:
            raise ValueError(f"two packages have the id {package.id}")
    listed = [_package(by_id[key]) for key in sorted(by_id)]
    return finish(name, listed, [_link(*link) for link in sorted(set(links))], time)


def finish(name: str, packages: list[dict], links: list[dict], time: int) -> dict:
    """The frame around packages and relationships; its name space is a hash of them."""
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
    }


def extend(document: dict, name: str, packages: list[Package], links: list[Link], time: int):
    """The document of something that holds what another one describes."""
    added = sorted((_package(package) for package in packages), key=lambda one: one["SPDXID"])
    relations = document["relationships"] + [_link(*link) for link in sorted(set(links))]
    return finish(name, document["packages"] + added, relations, time)


def write(path: Path, document: dict) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n")


def _link(one: str, relationship: str, other: str) -> dict:
    return {
        "spdxElementId": one,
        "relationshipType": relationship,
        "relatedSpdxElement": other,
    }


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
