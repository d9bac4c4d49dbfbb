"""kernel/tree.sh: whose modules are made is decided in the makefiles of the unpacked tree."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = """\
obj-$(CONFIG_CARD) += card.o
\tobj-$(CONFIG_CARD)	+= second.o \\
\t\tthird.o
obj-$(CONFIG_CARD) += folder/
obj-$(CONFIG_CARD_MORE) += more.o
obj-$(CONFIG_DISK) += disk.o
card-$(CONFIG_DISK) += card-disk.o
"""


def tree(folder: Path, command: str) -> None:
    """A command of bash after kernel/tree.sh; $WORK is the folder."""
    (folder / "linux").mkdir(exist_ok=True)
    (folder / "linux/Makefile").write_text(MAKEFILE)
    environment = os.environ | {"WORK": str(folder), "ARCH": "x86_64", "SOURCE_DATE_EPOCH": "1"}
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f". kernel/tree.sh\n{command}"],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip


def test_modules_of_other_options_and_parts_of_modules_stay(tmp_path):
    (tmp_path / "drivers").write_text("CONFIG_CARD\nCONFIG_ABSENT\n")
    tree(tmp_path, 'leave_out "$WORK/drivers"')
    assert (tmp_path / "linux/Makefile").read_text().splitlines() == [
        "left-out-CONFIG_CARD += card.o",
        "left-out-CONFIG_CARD	+= second.o \\",
        "\t\tthird.o",
        "obj-$(CONFIG_CARD) += folder/",
        "obj-$(CONFIG_CARD_MORE) += more.o",
        "obj-$(CONFIG_DISK) += disk.o",
        "card-$(CONFIG_DISK) += card-disk.o",
    ]


def test_progress_counts_objects_that_make_knows_beforehand(tmp_path):
    made = "  CC      a.o\n  CC [M]  b.o\n  AR      c.a\n  AS      d.o\n  CC [M]  b.mod.o\n"
    (tmp_path / "made").write_text(made)
    once = "sleep() { (( ${slept:-0} < 1 )) && slept=1; }\n"
    tree(tmp_path, f"{once}count 7")
    assert (tmp_path / "progress").read_text() == "3 7 objects\n"
