"""Lists of system calls -> a seccomp profile, linux.seccomp of the OCI runtime specification.

A list has names of system calls, several a line; `include FILE` reads another list, `#` begins a
comment. What is on no list fails with ENOSYS, as in a kernel that does not have it: programs and C
libraries know how to go on then. Each refusal is a line of the kernel's log (audit type 1326).
"""

import errno
import json
import re
from pathlib import Path

from .errors import AssembleError, Location

ARCHITECTURES = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}
# CLONE_NEW* of linux/sched.h: no list allows to make namespaces.
NEW_NAMESPACES = 0x7E020000


def render_profile(root: Path, name: str, architecture: str) -> str:
    """The profile of one list, a path below `root`. Raises AssembleError."""
    names = _read(root, name)
    clone = {"index": 0, "value": NEW_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
    profile = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": errno.ENOSYS,
        "architectures": [ARCHITECTURES[architecture]],
        "flags": ["SECCOMP_FILTER_FLAG_LOG"],
        "syscalls": [
            {"names": sorted(names), "action": "SCMP_ACT_ALLOW"},
            {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [clone]},
        ],
    }
    return json.dumps(profile)


def _read(root: Path, name: str) -> dict[str, Location]:
    """Name of each system call -> where it is listed."""
    names: dict[str, Location] = {}
    for number, raw in enumerate((root / name).read_text().splitlines(), 1):
        where = Location(name, number)
        words = raw.partition("#")[0].split()
        if words[:1] == ["include"]:
            if len(words) != 2:
                raise AssembleError(where, "expected: include FILE")
            found = _read(root, words[1])
        else:
            found = dict.fromkeys(words, where)
        for call, place in found.items():
            if not re.fullmatch(r"[a-z_][a-z0-9_]*", call):
                raise AssembleError(where, f"'{call}' is no name of a system call")
            if call == "clone":
                raise AssembleError(where, "'clone' is always allowed, without new namespaces")
            if call in names:
                raise AssembleError(where, f"'{call}' is listed already: {names[call]}")
            names[call] = place
    return names
