"""Fixtures of the boot tests: artefacts of the build, a real registry, and machines."""

import contextlib
import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from build import cidata, qemu  # noqa: E402
from build.paths import ARCH, BUILD, DEBIAN_ARCHITECTURES  # noqa: E402
from guest import Guest  # noqa: E402
from ssh import Ssh, make_key  # noqa: E402

HOST_SEEN_BY_GUEST = "10.0.2.2"  # QEMU's user network: the host's loopback
CONSOLE = f"console={qemu.BOARD.console} quiet rancher.autologin=[{qemu.BOARD.console}]"
_logins = itertools.count(100)


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: not in ci, which has another test of the idea")


def artefact(path):
    found = BUILD / path
    assert found.exists(), f"build/{path} is missing: run scripts/test, or scripts/stage first"
    return found


class BootGuest(Guest):
    """A guest with this product in it; `ssh` when it was started with a way in."""

    ssh: Ssh | None = None

    def login(self, limit=60):
        """Until the shell of the autologin answers."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            attempt = next(_logins)  # the late answer to an earlier one is none to this
            self.send("")
            self.send(f"stty -echo 2>/dev/null; PS1=; PS2=; echo shell-$(({attempt}+0))")
            with contextlib.suppress(AssertionError):
                self.expect(f"shell-{attempt}", 5)
                time.sleep(0.2)
                return
        self.fail("no shell on the console")

    def ready(self, limit=240):
        """Until everything has settled, and a shell answers."""
        self.expect(r"roster \S+ ready in", limit)
        self.login()

    def wait_for(self, command, pattern, limit=90):
        """Until the command's output fits; returns the output."""
        deadline = time.monotonic() + limit
        while True:
            _, output = self.try_run(command)
            if re.search(pattern, output, re.MULTILINE):
                return output
            if time.monotonic() > deadline:
                self.fail(f"'{command}' did not print /{pattern}/ in {limit} s: {output}")
            time.sleep(0.5)


class Registry:
    """The distribution server on a free port of loopback, with one image pushed to it.

    Under a name of its own, and under one of Docker Hub for those who use it as a mirror of that.
    """

    def __init__(self, folder):
        self.port = free_port()
        self.guest_address = f"{HOST_SEEN_BY_GUEST}:{self.port}"
        tools = artefact("test-registry/bin")
        config = folder / "registry.yml"
        config.write_text(
            f"version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: "
            f"{{rootdirectory: {folder}/data}}\nhttp: {{addr: '127.0.0.1:{self.port}'}}\n"
        )
        self.log = (folder / "registry.log").open("wb")
        self.process = subprocess.Popen(
            [tools / "registry", "serve", config], stdout=self.log, stderr=subprocess.STDOUT
        )
        self._wait()
        root = folder / "root"
        (root / "bin").mkdir(parents=True)
        (root / "tmp").mkdir()
        shutil.copy(artefact("busybox/bin/busybox"), root / "bin/busybox")
        for name in ("sh", "echo", "cat", "sleep", "true", "wget", "nc", "ls", "touch"):
            (root / "bin" / name).symlink_to("busybox")
        make = [tools / "mkimage", "-arch", DEBIAN_ARCHITECTURES[ARCH], root]  # Go's names, too
        for name in ("test/busybox:1", "library/busybox:latest"):
            image = f"127.0.0.1:{self.port}/{name}"
            subprocess.run([*make, image], check=True, capture_output=True)

    def _wait(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            assert self.process.poll() is None, "the registry ended at once"
            time.sleep(0.05)
        raise AssertionError("the registry does not listen")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


@pytest.fixture(scope="session")
def registry(tmp_path_factory):
    server = Registry(tmp_path_factory.mktemp("registry"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def ssh_key(tmp_path_factory):
    return make_key(tmp_path_factory.mktemp("ssh"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def state_disk(folder, files=None, megabytes=2048, last_written=None):
    """A disk whose file system is the state: ext4 labelled RANCHER_STATE, with these files.

    `last_written`, in seconds since 1970, is what it says of itself; without it that is now.
    """
    disk = folder / "state.img"
    with disk.open("wb") as file:
        file.truncate(megabytes << 20)
    root = folder / "state"
    root.mkdir()
    for path, text in (files or {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    label = ["-L", "RANCHER_STATE", "-d", root]
    clock = {"E2FSPROGS_FAKE_TIME": str(last_written)} if last_written else {}
    subprocess.run(
        ["mkfs.ext4", "-q", "-F", *label, disk],
        check=True, capture_output=True, env=os.environ | clock,
    )  # fmt: skip
    return disk


@pytest.fixture
def boot(tmp_path, request, ssh_key):
    """boot(medium, ...) starts a machine: 'direct' (all in the initramfs), 'disk' or 'none'.

    With ssh=True guest.ssh is the way in, and its cloud-config has the key, unless own_key=False.
    `inside`: words before QEMU's own. What has no argument here is a field of qemu.Machine.
    """
    count = itertools.count(1)
    logs = BUILD / "logs/boot"
    logs.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", request.node.name).strip("-")

    def start(
        medium,
        append="",
        registries=(),
        user_data=None,
        disks=(),
        read_only_disks=(),
        memory=1024,
        network="",
        ssh=False,
        own_key=True,
        inside=(),
        console=CONSOLE,
        **more,
    ):
        full = medium == "direct"
        initrd = "initramfs-virtual/initramfs-full" if full else "initramfs/initramfs"
        line = [console, append]
        if registries:
            names = ",".join(registry.guest_address for registry in registries)
            line.append(f"rancher.docker.insecure_registry=[{names}]")
        machine = qemu.Machine(
            kernel=artefact("kernel/vmlinuz"),
            initrd=artefact(initrd),
            memory=memory,
            network=network,
            **more,
        )
        if medium == "disk":
            machine.disks.append((artefact("system-image/system.erofs"), "raw", True))
            line.append("rancher.system.dev=/dev/vda")
        machine.disks += [(disk, "raw", False) for disk in disks]
        machine.disks += [(disk, "raw", True) for disk in read_only_disks]
        if ssh and own_key:
            user_data = f"{user_data or '#cloud-config'}\n{cidata.key_line(ssh_key)}"
        if ssh:
            machine.ssh_port = free_port()
        if user_data is not None:
            machine.cdroms.append(cidata.write(tmp_path, user_data))
        machine.append = " ".join(part for part in line if part)
        machine.accelerator = os.environ.get("ROS_TEST_ACCEL", "tcg")
        guest = BootGuest([*inside, *qemu.command(machine)], logs / f"{name}-{next(count)}.log")
        guest.ssh = Ssh(machine.ssh_port, ssh_key) if ssh else None
        return guest

    return start
