"""Licence expressions of SPDX, and which licence a text is."""

import re

KNOWN = frozenset(
    [
        "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GPL-2.0-only", "GPL-2.0-or-later",
        "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "LGPL-2.0-only", "LGPL-2.0-or-later",
        "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-or-later", "MIT", "MPL-2.0",
        "X11-distribute-modifications-variant", "Zlib",
    ]
)  # fmt: skip
EXCEPTIONS = frozenset(["GCC-exception-3.1", "LLVM-exception", "Linux-syscall-note"])
NOTHING = ("NOASSERTION", "NONE")
OWN = re.compile(r"LicenseRef-([A-Za-z0-9.-]+)")  # a licence that has no name in SPDX's list

# Phrases of which every one is in a text of that licence, in lower case, with single blanks and
# without commas.
TELLTALES = {
    "Apache-2.0": ("apache license version 2.0",),
    "ISC": ("this software for any purpose with or without fee is hereby granted",),
    "MIT": ("permission is hereby granted free of charge to any person obtaining a copy",),
    "MPL-2.0": ("mozilla public license", "version 2.0", "covered software"),
}
BSD = "redistribution and use in source and binary forms"
THIRD_CLAUSE = re.compile(
    r"neither (?:the )?names? |the names? of .{1,60} may not be used to endorse"
)


def problem(expression: str) -> str:
    """What is wrong with an expression; empty when nothing is. A AND (B OR C WITH D)"""
    if expression in NOTHING:
        return ""
    words = re.findall(r"[()]|[^\s()]+", expression)
    depth, operand = 0, True  # operand: one has to come next
    for before, word in zip(["", *words], words, strict=False):
        if before == "WITH":
            if word not in EXCEPTIONS:
                return f"'{word}' is no known exception"
        elif word == "(" and operand:
            depth += 1
        elif word == ")" and not operand and depth:
            depth -= 1
        elif word in ("AND", "OR", "WITH") and not operand:
            operand = word != "WITH"
        elif (word in KNOWN or OWN.fullmatch(word)) and operand:
            operand = False
        else:
            return f"'{word}' is no known licence, or does not belong there"
    return "it ends too early" if operand or depth or words[-1] == "WITH" else ""


def all_of(expressions: list[str]) -> str:
    """One expression for what is under all of these, each part named once."""
    words = set()
    for expression in expressions:
        if " OR " in expression:
            words.add(f"({expression})")
        elif expression not in NOTHING:
            words.update(expression.split(" AND "))
    return " AND ".join(sorted(words)) or "NOASSERTION"


def own(expression: str) -> list[str]:
    """The licences of an expression that a document has to hold the texts of."""
    return sorted({match[0] for match in OWN.finditer(expression)})


def of_text(text: str) -> set[str]:
    """The licences that a text holds; empty when it is none that is known."""
    plain = re.sub(r"[\s*#>,]+", " ", text.lower())
    found = {name for name, phrases in TELLTALES.items() if all(p in plain for p in phrases)}
    bsd, third = plain.count(BSD), len(THIRD_CLAUSE.findall(plain))
    if third and bsd:
        found.add("BSD-3-Clause")
    if bsd > third:
        found.add("BSD-2-Clause")
    return found
