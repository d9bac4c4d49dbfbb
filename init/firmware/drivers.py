"""Which firmware files the kernel's drivers name (MODULE_FIRMWARE), and where they are."""

import subprocess
from pathlib import Path

FOLDER = "usr/lib/firmware"  # of a package


def named(kernel: Path) -> dict[str, str]:
    """File -> driver that names it, of the result of stage `kernel`; built-in drivers count."""
    found = {}
    (top,) = (kernel / "modules/lib/modules").iterdir()
    for module in sorted(top.rglob("*.ko*")):
        listed = subprocess.run(
            ["modinfo", "-F", "firmware", module], check=True, capture_output=True, text=True
        )
        found |= dict.fromkeys(listed.stdout.split(), module.name.partition(".")[0])
    return found | built_in((top / "modules.builtin.modinfo").read_bytes())


def built_in(modinfo: bytes) -> dict[str, str]:
    """The same, of modules.builtin.modinfo: "driver.key=value" words that end with a zero."""
    found = {}
    for word in modinfo.decode().split("\0"):
        key, _, value = word.partition("=")
        driver, _, field = key.partition(".")
        if field == "firmware":
            found[value] = driver
    return found


def find(name: str, packages: list[Path]) -> Path | None:
    """The file of that name, links followed; None when no package has it."""
    files = (package / FOLDER / name for package in packages)
    return next((file.resolve() for file in files if file.is_file()), None)
