"""QEMU command lines: one place that knows how this project's machines look.

scripts/run and the boot tests build a Machine and run `command(machine)`.
"""

import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

KVM_PROBE_SECONDS = 3


@dataclass
class Machine:
    """What stands in the machine. Paths may be relative to the caller's folder."""

    kernel: Path
    initrd: Path
    append: str = ""
    memory: int = 1024  # MiB
    cpus: int = 2
    disks: list = field(default_factory=list)  # (path, format, read_only): virtio, in this order
    cdroms: list = field(default_factory=list)  # images, read-only
    forwards: list = field(default_factory=list)  # (port on 127.0.0.1, guest port)
    accelerator: str = "tcg"  # tcg or kvm
    serial: str = "stdio"
    network: bool = True


def command(machine):
    """The argument list; nothing in it goes through a shell."""
    kvm = machine.accelerator == "kvm"
    arguments = [
        "qemu-system-x86_64",
        "-nodefaults",
        "-no-user-config",
        "-no-reboot",
        "-display", "none",
        "-machine", "q35",
        "-accel", "kvm" if kvm else "tcg,thread=multi",
        "-cpu", "host" if kvm else "max",
        "-smp", str(machine.cpus),
        "-m", str(machine.memory),
        "-kernel", str(machine.kernel),
        "-initrd", str(machine.initrd),
        "-append", machine.append,
        "-serial", machine.serial,
        "-device", "virtio-rng-pci",
    ]  # fmt: skip
    if machine.network:
        forwards = "".join(
            f",hostfwd=tcp:127.0.0.1:{host}-:{guest}" for host, guest in machine.forwards
        )
        arguments += ["-netdev", "user,id=net0" + forwards, "-device", "virtio-net-pci,netdev=net0"]
    for number, (path, kind, read_only) in enumerate(machine.disks):
        arguments += [
            "-drive",
            f"if=none,id=disk{number},file={escape(path)},format={kind}"
            + (",readonly=on" if read_only else ",cache=unsafe"),
            "-device",
            f"virtio-blk-pci,drive=disk{number}",
        ]
    for number, path in enumerate(machine.cdroms):
        arguments += [
            "-drive",
            f"if=none,id=cd{number},file={escape(path)},format=raw,media=cdrom,readonly=on",
            "-device",
            f"ide-cd,drive=cd{number}",
        ]
    return arguments


def escape(path):
    """A path inside QEMU's comma-separated options."""
    return str(path).replace(",", ",,")


def kvm_works(kernel):
    """Whether a guest gets as far as its first panic under KVM: /dev/kvm alone tells too little."""
    if not Path("/dev/kvm").exists():
        return False
    with tempfile.NamedTemporaryFile() as empty:
        probe = Machine(
            kernel,
            Path(empty.name),
            append="console=ttyS0 panic=-1",
            memory=256,
            cpus=1,
            accelerator="kvm",
            network=False,
        )
        try:
            done = subprocess.run(
                command(probe),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=KVM_PROBE_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return b"Kernel panic" in done.stdout
