#!/usr/bin/env python3
"""Sizes of files and functions: no source file over 400 lines, no C++ function over 60.

A function is found by the layout of clang-format: it ends with `}` in the first column. Tables
(initialisers) end with `};` and are exempt. Status 1 when something is too long.
"""

import re
import subprocess
import sys
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60
TREE = Path(__file__).resolve().parents[1]
SOURCES = ("*.cc", "*.h", "*.py", "*.go", "scripts/*", "*/build")
NOT_A_FUNCTION = re.compile(r"^(namespace|extern|struct|class|enum|union)\b")


def files():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *SOURCES],
        cwd=TREE, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [TREE / name for name in listed.stdout.split("\n") if name and (TREE / name).is_file()]


def functions(text):
    """(first line, number of lines) of every block that begins and ends in the first column."""
    start = None
    for number, line in enumerate(text.splitlines(), 1):
        if line == "}" and start:
            yield start, number - start + 1
            start = None
        elif re.match(r"[A-Za-z_]", line):
            # The signature's first line; continued lines are indented.
            start = None if NOT_A_FUNCTION.match(line) else number


def too_long(name, text):
    """One line for each limit that the text of a file breaks."""
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{name}: {lines} lines, more than {FILE_LINES}"
    if name.endswith((".cc", ".h")):
        for first, length in functions(text):
            if length > FUNCTION_LINES:
                yield f"{name}:{first}: function of {length} lines, more than {FUNCTION_LINES}"


def main():
    found = []
    for file in files():
        found += too_long(str(file.relative_to(TREE)), file.read_text(errors="replace"))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
