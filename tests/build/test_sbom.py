"""The bill of materials: licences of texts, licence expressions, owners of files."""

import json
import lzma
from pathlib import Path

import pytest

from assemble.expand import Expander
from assemble.tree import owners
from sbom import document, licences, packages, texts

MIT = """\
Permission is hereby granted, free of charge, to any person
obtaining a copy of this software ...
"""
BSD = """\
// Redistribution and use in source and binary forms, with or without
// modification, are permitted ...
"""
THIRD = """\
//    * Neither the name of Example nor the names of its
// contributors may be used ...
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MIT, {"MIT"}),
        (BSD, {"BSD-2-Clause"}),
        (BSD + THIRD, {"BSD-3-Clause"}),
        (BSD + THIRD + BSD, {"BSD-2-Clause", "BSD-3-Clause"}),
        ("  Apache License\n  Version 2.0, January 2004\n" + MIT, {"Apache-2.0", "MIT"}),
        ("Licensed under the Apache License, Version 2.0 (the", {"Apache-2.0"}),
        ("All rights reserved.", set()),
    ],
)
def test_a_text_says_which_licence_it_is(text, expected):
    assert licences.of_text(text) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "NONE",
        "MIT AND (ISC OR Zlib)",
        "GPL-2.0-only WITH Linux-syscall-note AND MIT",
        "LicenseRef-binary-redist-Intel AND MIT",
    ],
)
def test_good_expressions(expression):
    assert licences.problem(expression) == ""


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "MIT AND",
        "MIT MIT",
        "(MIT",
        "MIT)",
        "AND MIT",
        "MIT WITH",
        "MIT WITH ISC",
        "MIT-X11",
        "LicenseRef-",
    ],
)
def test_bad_expressions(expression):
    assert licences.problem(expression)


def test_licences_of_parts_become_one_expression():
    parts = ["MIT AND ISC", "MIT", "Zlib OR MIT", "NOASSERTION"]
    assert licences.all_of(parts) == "(Zlib OR MIT) AND ISC AND MIT"
    assert licences.all_of(["NONE"]) == "NOASSERTION"


def modules(tmp_path: Path, text: str | None, name: str = "example.org/one") -> Path:
    """A result of stage `engine` with one module."""
    module = {"path": name, "version": "v1.0.0", "sum": "h1:x", "programs": ["engine"]}
    (tmp_path / "modules.json").write_text(json.dumps([module]))
    if text is not None:
        folder = tmp_path / f"licences/{name}@v1.0.0"
        folder.mkdir(parents=True)
        (folder / "LICENSE").write_text(text)
    return tmp_path


def test_a_module(tmp_path):
    (found,) = packages.of_modules(modules(tmp_path, MIT))
    assert (found.licence, found.purl) == ("MIT", "pkg:golang/example.org/one@v1.0.0")
    assert found.id == "SPDXRef-Go-example.org-one-v1.0.0"


@pytest.mark.parametrize(("text", "said"), [("Ask me.", "unknown licence"), (None, "no licence")])
def test_a_module_without_a_known_licence_is_an_error(tmp_path, text, said):
    with pytest.raises(packages.SbomError, match=f"example.org/one.*{said}"):
        packages.of_modules(modules(tmp_path, text))


def test_each_text_stands_once(tmp_path):
    (tmp_path / "a").write_text("same\n")
    (tmp_path / "b").write_text("same\n")
    made = [packages.Package(name, "1", "MIT", "Source", texts=(tmp_path / name,)) for name in "ab"]
    texts.write_one(tmp_path / "all.xz", "Texts", made)
    text = lzma.decompress((tmp_path / "all.xz").read_bytes()).decode()
    assert text.count("same") == 1
    assert "\na 1\nb 1\n" in text


COPYRIGHT = """\
Files: a/*
License: Redist-One

License: Redist-One
 You may
 .
 pass it on.

License: Redist-One-More
 Not this.
"""


@pytest.mark.parametrize(
    ("name", "said"), [("Redist-One", "You may\n\npass it on.\n"), ("vendor", COPYRIGHT)]
)
def test_a_document_holds_the_licences_that_have_no_name(tmp_path, name, said):
    (tmp_path / "copyright").write_text(COPYRIGHT)
    licence = f"LicenseRef-{name}"
    one = packages.Package("a", "1", licence, "Source", texts=(tmp_path / "copyright",))
    made = document.render("x", [one], [], 0)
    (held,) = made["hasExtractedLicensingInfos"]
    assert (held["licenseId"], held["extractedText"]) == (licence, said)
    grown = document.extend([document.render("y", [], [], 0), made], "z", [], [], 0)
    assert grown["hasExtractedLicensingInfos"] == [held]


def test_the_document_does_not_depend_on_the_order():
    one, other = (packages.Package(name, "1", "MIT", "Source") for name in "ab")
    links = [(document.DOCUMENT, "DESCRIBES", one.id), (one.id, "CONTAINS", other.id)]
    first = document.render("x", [one, other], links, 0)
    assert first == document.render("x", [other, one, other], links[::-1], 0)
    assert first != document.render("x", [one], links[:1], 0)
    assert first["creationInfo"]["created"] == "1970-01-01T00:00:00Z"


def test_every_file_has_an_owner(source):
    nodes = Expander(source, {"tools": source / "stages/tools"}).expand("main.table").finish()
    listed = dict(reversed(line.split(" ", 1)) for line in owners(nodes).splitlines())
    assert listed["/bin/box"] == listed["/bin/sh"] == "tools"
    assert listed["/etc/copied/motd"] == listed["/etc/hosts"] == "roster"
    assert "/tmp" not in listed
