"""Assembles archives from tables (formats: init/README.md). Run in the root of the source tree:

  PYTHONPATH=init python3 -m assemble cpio|tar|list TABLE [OUTPUT] [--owners FILE] [--align N]
  PYTHONPATH=init python3 -m assemble users TABLE FOLDER
  PYTHONPATH=init python3 -m assemble seccomp LIST OUTPUT

Results of stages are found through STAGE_<NAME>, times through SOURCE_DATE_EPOCH.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from .cpio import write_cpio
from .errors import AssembleError
from .expand import Expander
from .seccomp import render_profile
from .tar import write_tar
from .tree import Node, owners
from .users import render_users


def stages_of(environment: Mapping[str, str]) -> dict[str, Path]:
    """STAGE_UTIL_LINUX=/x -> {"util-linux": /x}"""
    return {
        name.removeprefix("STAGE_").lower().replace("_", "-"): Path(value)
        for name, value in environment.items()
        if name.startswith("STAGE_")
    }


def describe(path: str, node: Node) -> str:
    what = {
        "dir": "",
        "file": f" {node.source and node.source.stat().st_size}",
        "symlink": f" -> {node.target}",
        "node": f" {' '.join(map(str, node.device))}",
    }[node.kind]
    return f"{node.kind:<7} {node.mode:04o} {node.uid}:{node.gid} {path}{what}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="assemble", description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["cpio", "tar", "list", "users", "seccomp"])
    parser.add_argument("table", help="path below the root of the source tree")
    parser.add_argument("output", nargs="?", type=Path, help="a file; for users a folder")
    parser.add_argument("--owners", type=Path, help="write here what each file comes from")
    parser.add_argument("--align", type=int, default=4, help="cpio: where contents may begin")
    options = parser.parse_args()
    if options.output is None and options.action != "list":
        parser.error("no output given")
    root = Path.cwd()
    time = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    try:
        if options.action == "users":
            options.output.mkdir(parents=True, exist_ok=True)
            for name, text in render_users(root / options.table, options.table).items():
                (options.output / name).write_text(text)
            return 0
        if options.action == "seccomp":
            options.output.write_text(render_profile(root, options.table, os.environ["ARCH"]))
            return 0
        nodes = Expander(root, stages_of(os.environ)).expand(options.table).finish()
    except AssembleError as error:
        print(f"assemble: {error}", file=sys.stderr)
        return 1
    if options.action == "list":
        print("\n".join(describe(path, node) for path, node in nodes))
        return 0
    if options.owners:
        options.owners.write_text(owners(nodes))
    with options.output.open("wb") as output:
        if options.action == "cpio":
            write_cpio(nodes, output, time, options.align)
        else:
            write_tar(nodes, output, time)
    return 0


if __name__ == "__main__":
    sys.exit(main())
