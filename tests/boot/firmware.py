"""Whether a machine has the firmware files of the build."""

import hashlib
import re

from machines.medium import artefact


def firmware_is_there(guest):
    """All that a driver asks for, as the kernel's own threads see it."""
    mounts = guest.run("sudo cat /proc/1/mounts")
    assert re.search(r"^\S+ /lib/firmware erofs ro", mounts, re.MULTILINE), mounts
    sums = "cd /proc/2/root/lib/firmware && find . -type f -exec sha256sum {} +"
    there = sorted(guest.run(f"sudo sh -c '{sums}'", 120).splitlines())
    folder = artefact("firmware-files/lib")
    wanted = sorted(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  ./{file.relative_to(folder)}"
        for file in folder.rglob("*")
        if file.is_file()
    )
    assert there == wanted
    assert any("./rtl_nic/" in line for line in there)
