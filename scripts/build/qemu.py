"""The one place that knows how a machine is started in QEMU; scripts/run and the tests use it."""

from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = "qemu-system-x86_64"
# On a busy host the emulated timer is late, and the kernel takes that for a broken one.
TCG_APPEND = "no_timer_check"
ACCELERATORS = {
    "tcg": ["-accel", "tcg,thread=multi", "-cpu", "max"],
    "kvm": ["-accel", "kvm", "-cpu", "host"],
}


@dataclass
class Machine:
    """What is put together; command() says how."""

    kernel: Path
    initrd: Path | None = None
    append: str = ""
    memory: int = 1024  # megabytes
    cpus: int = 2
    accelerator: str = "tcg"
    disks: list[tuple[Path, str, bool]] = field(default_factory=list)  # file, format, read-only
    cdroms: list[Path] = field(default_factory=list)
    ssh_port: int | None = None  # on the host's loopback, leads to the guest's port 22
    serial: str = "stdio"  # what -serial takes: stdio, mon:stdio, file:PATH, unix:PATH,server
    network: str = ""  # more options of the user network, such as net=..., host=...


def command(machine: Machine) -> list[str]:
    """The whole command line. The machine ends instead of restarting (-no-reboot)."""
    words = [PROGRAM, "-M", "q35", *ACCELERATORS[machine.accelerator]]
    words += ["-smp", str(machine.cpus), "-m", str(machine.memory)]
    words += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    words += ["-serial", machine.serial]
    append = f"{TCG_APPEND} {machine.append}" if machine.accelerator == "tcg" else machine.append
    words += ["-kernel", str(machine.kernel), "-append", append]
    if machine.initrd:
        words += ["-initrd", str(machine.initrd)]
    for index, (file, kind, read_only) in enumerate(machine.disks):
        words += _drive(f"disk{index}", file, kind, read_only)
        words += ["-device", f"virtio-blk-pci,drive=disk{index}"]
    for index, file in enumerate(machine.cdroms):
        words += _drive(f"cd{index}", file, "raw", True)
        words += ["-device", f"ide-cd,drive=cd{index},bus=ide.{index}"]
    words += ["-netdev", ",".join(_network(machine)), "-device", "virtio-net-pci,netdev=net0"]
    return [*words, "-device", "virtio-rng-pci"]


def _drive(name: str, file: Path, kind: str, read_only: bool) -> list[str]:
    path = str(file).replace(",", ",,")
    mode = "on" if read_only else "off"
    return ["-drive", f"if=none,id={name},file={path},format={kind},readonly={mode}"]


def _network(machine: Machine) -> list[str]:
    parts = ["user", "id=net0"]
    if machine.network:
        parts.append(machine.network)
    if machine.ssh_port:
        parts.append(f"hostfwd=tcp:127.0.0.1:{machine.ssh_port}-:22")
    return parts


def disk_format(file: Path) -> str:
    """raw or qcow2, by the first bytes."""
    with file.open("rb") as content:
        return "qcow2" if content.read(4) == b"QFI\xfb" else "raw"
