"""scripts/run: builds what is missing and boots it in QEMU with the console in the terminal.

Ctrl-A X ends the machine, Ctrl-A H shows what else there is.
"""

import argparse
import contextlib
import signal
import socket
import subprocess
from pathlib import Path

from . import accel, cidata, image, lock, qemu, schedule, stages
from .errors import BuildError, exit_with
from .paths import BUILD, relative

CONSOLE = f"console={qemu.BOARD.console} quiet rancher.autologin=[{qemu.BOARD.console}]"
RUN = BUILD / "run"
STATE_BYTES = 8 << 30  # of a disk that is made here; the file is sparse
MEDIA = {  # stages that each way to boot needs
    "direct": ["kernel", "initramfs-virtual"],
    "iso": ["iso"],
    "usb": ["iso"],
    "disk": image.STAGES,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/run", description=__doc__)
    parser.add_argument("--mem", type=int, default=1024, metavar="MB", help="memory (1024)")
    parser.add_argument("--cpus", type=int, default=2, metavar="N", help="processors (2)")
    parser.add_argument(
        "--disk", type=Path, metavar="FILE", help="disk that keeps the state; made when missing"
    )
    parser.add_argument(
        "--medium", choices=MEDIA, default="direct", help="what is booted: all in the initramfs, "
        "the ISO as CD or as stick, the disk image in build/run/disk.img (kept; made when missing)",
    )  # fmt: skip
    parser.add_argument("--uefi", action="store_true", help="firmware of a medium: UEFI, not BIOS")
    parser.add_argument("--accel", choices=["auto", "kvm", "tcg"], default="auto")
    parser.add_argument("--cloud-config", type=Path, metavar="FILE", help="handed to the machine")
    parser.add_argument(
        "--headless", action="store_true", help="console into build/run/console.log instead"
    )
    parser.add_argument("--append", default="", metavar="WORDS", help="more for the kernel")
    options = parser.parse_args()
    if options.medium == "direct" and options.uefi:
        parser.error("--uefi needs another --medium than direct")
    return options


def machine(options: argparse.Namespace) -> qemu.Machine:
    """Everything that the machine needs, as files in build/run."""
    RUN.mkdir(parents=True, exist_ok=True)
    kernel = BUILD / "kernel" / "vmlinuz"
    made = qemu.Machine(
        memory=options.mem,
        cpus=options.cpus,
        accelerator=accel.choose(options.accel, kernel),
        cdroms=[cidata.disc(RUN, options.cloud_config)],
        ssh_port=free_port(2222),
        serial=f"file:{RUN / 'console.log'}" if options.headless else "mon:stdio",
    )
    if options.medium == "direct":
        made.kernel = kernel
        made.initrd = BUILD / "initramfs-virtual" / "initramfs-full"
        made.append = f"{CONSOLE} {options.append}".strip()
    else:
        made.append = options.append
        made.media.append(boot_medium(options.medium))
        made.uefi_variables = RUN / "uefi-variables.fd" if options.uefi else None
    if options.disk:
        make_state_disk(options.disk)
        made.disks.append((options.disk, qemu.disk_format(options.disk), False))
    return made


def boot_medium(name: str) -> qemu.Medium:
    if name != "disk":
        iso = next((BUILD / "iso").glob("roster-*.iso"))
        return qemu.Medium(iso, "cd" if name == "iso" else "usb", read_only=True)
    file = RUN / "disk.img"
    if not file.exists():
        image.make(file)
        with file.open("r+b") as content:
            content.truncate(STATE_BYTES)
    return qemu.Medium(file)


def make_state_disk(file: Path) -> None:
    if file.exists():
        return
    with file.open("wb") as content:
        content.truncate(STATE_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-L", "RANCHER_STATE", file], check=True)


def ssh_command(port: int) -> str:
    """To copy into another terminal. The host key is another one with each new state."""
    options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
    return f"ssh -p {port} -i {relative(RUN / cidata.KEY)} {options} rancher@127.0.0.1"


def free_port(wanted: int) -> int:
    """The wanted port of the loopback, else any that is free."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise BuildError("no free port on the loopback")


def main() -> int:
    options = arguments()
    pinned = lock.load()
    wanted = stages.with_needs(stages.load(pinned), MEDIA[options.medium])
    schedule.build(wanted, pinned, stages.source_date_epoch())
    guest = machine(options)
    print(f"booting: {guest.memory} MB, {guest.cpus} processors, {guest.accelerator}")
    print(f"log in: {ssh_command(guest.ssh_port)}")
    place = relative(RUN / "console.log") if options.headless else "this terminal; Ctrl-A X ends it"
    print(f"console: {place}", flush=True)
    # Ctrl-C belongs to the guest; QEMU reads it from the terminal.
    signal.signal(signal.SIGINT, signal.SIG_DFL if options.headless else signal.SIG_IGN)
    return subprocess.run(qemu.command(guest), check=False).returncode


if __name__ == "__main__":
    exit_with(main)
