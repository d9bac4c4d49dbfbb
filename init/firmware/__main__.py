"""Collects firmware and microcode: PYTHONPATH=init python3 -m firmware KERNEL PACKAGES OUT

KERNEL is the result of stage `kernel`, PACKAGES a folder with unpacked packages. OUT gets
lib/ (what goes to /lib/firmware, licence texts included), microcode/ and missing, a list.
"""

import shutil
import sys
from pathlib import Path

from . import drivers, microcode
from .errors import FirmwareError

INTEL = "usr/lib/firmware/intel-ucode"
AMD = "usr/lib/firmware/amd-ucode"


def collect_firmware(kernel: Path, packages: list[Path], out: Path) -> None:
    """Files under the names that drivers ask for; a name that no package has is only listed."""
    named = drivers.named(kernel)
    found = {name: drivers.find(name, packages) for name in sorted(named)}
    missing = "".join(f"{name} ({named[name]})\n" for name, file in found.items() if not file)
    (out / "missing").write_text(missing)
    for name, file in found.items():
        if file:
            (out / "lib" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, out / "lib" / name)
    count = sum(1 for file in found.values() if file)
    print(f"{count} of {len(found)} files of {len({*named.values()})} drivers")


def collect_licences(packages: list[Path], out: Path) -> None:
    """Redistribution is allowed with these texts."""
    folder = out / "lib/licences"
    folder.mkdir(parents=True)
    for package in packages:
        for text in package.glob("usr/share/doc/*/copyright"):
            shutil.copyfile(text, folder / text.parent.name)


def collect_microcode(packages: list[Path], out: Path) -> None:
    def files(folder: str) -> list[Path]:
        found = [file for one in packages for file in (one / folder).glob("*") if file.is_file()]
        if not found:
            raise FirmwareError(f"no package has a file in {folder}")
        return sorted(found)

    (out / "microcode").mkdir()
    # A name that ends with .initramfs is one that only an early update may use, as this one is.
    (out / "microcode/GenuineIntel.bin").write_bytes(microcode.intel(files(INTEL)))
    (out / "microcode/AuthenticAMD.bin").write_bytes(microcode.amd(files(AMD)))


def main() -> int:
    kernel, folder, out = map(Path, sys.argv[1:])
    packages = sorted(folder.iterdir())
    try:
        collect_firmware(kernel, packages, out)
        collect_licences(packages, out)
        collect_microcode(packages, out)
    except FirmwareError as error:
        print(f"firmware: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
