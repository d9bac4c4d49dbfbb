"""Machines that are booted once, brought to ready and saved. A test resumes a copy in a second.

Saved is a folder: `memory` (the guest's, sparse), `devices` (by QEMU's migration), the
disks as they lay, and `key`, what all of that was made from. A resumed machine maps the memory
privately and writes to overlays of the disks, so that the next one finds all as it was saved.
"""

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from build import cidata, qemu
from build.paths import BUILD, ROOT
from machines.guest import Guest
from machines.medium import artefact, state_disk
from machines.registry import HOST_SEEN_BY_GUEST, free_port
from machines.ssh import make_key

FOLDER = BUILD / "machines"
MADE_FROM = ("kernel", "initramfs-virtual")  # stages
SAVE_LIMIT = 60  # seconds
# The registry of any test, whatever its port.
USER_DATA = f"""#cloud-config
rancher:
  docker:
    insecure_registry: [{HOST_SEEN_BY_GUEST}/32]
"""


@dataclass(frozen=True)
class Kind:
    """What distinguishes a saved machine from the others."""

    state: bool = False  # has a disk with the state, /dev/vda
    memory: int = 1024  # megabytes


KINDS = {
    "direct": Kind(),  # all in the initramfs, nothing is kept
    "state": Kind(state=True),
}


def key() -> Path:
    """The SSH key that all saved machines let in."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _locked("key"):
        file = FOLDER / "id_ed25519"
        return file if file.exists() else make_key(FOLDER)


def resume(name: str, folder: Path, log: Path, accelerator: str, inside=()) -> Guest:
    """A machine of that kind, saved now if it is not yet. Its files are in `folder`.

    `inside`: words before QEMU's own, such as those that enter a namespace.
    """
    saved = FOLDER / name
    with _locked(name):
        if not _is_current(saved):
            _make(KINDS[name], saved, log, accelerator)
    machine = _machine(KINDS[name], saved, accelerator)
    machine.resumed = True
    machine.disks = [(_overlay(file, folder), "qcow2", ro) for file, _, ro in machine.disks]
    machine.monitor, machine.channel = folder / "qmp", folder / "channel"
    guest = Guest(machine, log, key(), inside)
    try:
        _restore(guest, saved)
    except BaseException:
        guest.stop()
        raise
    return guest


def _machine(kind: Kind, saved: Path, accelerator: str) -> qemu.Machine:
    machine = qemu.Machine(
        kernel=artefact("kernel/vmlinuz"),
        initrd=artefact("initramfs-virtual/initramfs-full"),
        append=f"console={qemu.BOARD.console} quiet rancher.autologin=[{qemu.BOARD.console}]",
        memory=kind.memory,
        memory_file=saved / "memory",
        cdroms=[saved / "cidata.iso"],
        ssh_port=free_port(),
        monitor=saved / "qmp",
        channel=saved / "channel",
        free_ports=2,
    )
    machine.accelerator = accelerator
    if kind.state:
        machine.disks.append((saved / "rancher_state.img", "raw", False))
    return machine


def _make(kind: Kind, saved: Path, log: Path, accelerator: str) -> None:
    shutil.rmtree(saved, ignore_errors=True)
    saved.mkdir(parents=True)
    cidata.write(saved, f"{USER_DATA}{cidata.key_line(key())}")
    if kind.state:
        state_disk(saved)
    machine = _machine(kind, saved, accelerator)
    with Guest(machine, log.with_name(f"saved-{saved.name}.log"), key()) as guest:
        guest.ready()
        guest.run("docker version >/dev/null", 120)
        guest.ssh.wait(fresh=True)  # makes what a first login makes; no connection stays
        guest.until("ip addr show eth0 | grep -q 10.0.2.15")
        guest.run("sync")
        guest.monitor.run("migrate-set-capabilities", capabilities=[_IGNORE_SHARED])
        guest.monitor.run("migrate", uri=f"exec:cat >{saved / 'devices'}")
        guest.monitor.wait_status("completed", SAVE_LIMIT)
        guest.monitor.run("quit")
        guest.wait_exit(20)
    (saved / "key").write_text(_key())


def _restore(guest: Guest, saved: Path) -> None:
    _ = guest.channel  # before: a guest whose channel is closed takes that for its end
    guest.monitor.run("migrate-set-capabilities", capabilities=[_IGNORE_SHARED])
    guest.monitor.run("migrate-incoming", uri=f"exec:cat {saved / 'devices'}")
    guest.monitor.wait_event("RESUME", SAVE_LIMIT)
    # The guest's clock stands where it was saved.
    guest.run(f"sudo date -u -s @{int(time.time())} >/dev/null")


# The memory lies in its file and is not written once more.
_IGNORE_SHARED = {"capability": "x-ignore-shared", "state": True}


def _overlay(disk: Path, folder: Path) -> Path:
    file = folder / f"{disk.stem}.qcow2"
    subprocess.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", disk, file], check=True
    )
    return file


def _is_current(saved: Path) -> bool:
    return (saved / "key").exists() and (saved / "key").read_text() == _key()


def _key() -> str:
    """Hash of the artefacts, whose folders have theirs in the name, and of this package."""
    parts = [str((BUILD / stage).resolve()) for stage in MADE_FROM]
    program = subprocess.run([qemu.BOARD.program, "--version"], check=True, capture_output=True)
    parts.append(program.stdout.decode())
    sources = [*sorted((ROOT / "tests/machines").glob("*.py")), ROOT / "scripts/build/qemu.py"]
    parts += [file.read_text() for file in sources]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@contextlib.contextmanager
def _locked(name: str):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
