"""Fixtures of the boot tests: a real registry, and machines (tests/machines)."""

import itertools
import os
import random
import re
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "scripts"), str(TREE / "tests"), str(TREE / "tests/boot")]

from build import cidata, qemu  # noqa: E402
from build.paths import BUILD  # noqa: E402
from machines import saved  # noqa: E402
from machines.guest import Guest  # noqa: E402
from machines.medium import artefact  # noqa: E402
from machines.registry import Registry, free_port  # noqa: E402
from machines.traces import Traces  # noqa: E402

CONSOLE = f"console={qemu.BOARD.console} quiet rancher.autologin=[{qemu.BOARD.console}]"
ACCELERATOR = os.environ.get("ROS_TEST_ACCEL", "tcg")
# The kernel that knows the modules, and the initramfs with the system image inside.
STARTED_DIRECTLY = {
    "direct": ("kernel/vmlinuz", "initramfs-virtual/initramfs-full"),
    "full": ("kernel-drivers/vmlinuz", "initramfs-full/initramfs-full"),
}
WITHOUT_SYSTEM = ("kernel-drivers/vmlinuz", "initramfs/initramfs")
FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser):
    parser.addoption(
        "--shuffle", type=int, metavar="SEED", help="files, and tests of each, in random order"
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: not in ci, which has another test of the idea")


def pytest_collection_modifyitems(config, items):
    seed = config.getoption("--shuffle")
    if seed is None:
        return
    choose = random.Random(seed)
    files = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    groups = list(files.values())
    choose.shuffle(groups)
    for group in groups:
        choose.shuffle(group)
    items[:] = [item for group in groups for item in group]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def registry(tmp_path_factory):
    server = Registry(tmp_path_factory.mktemp("registry"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def ssh_key():
    return saved.key()


@pytest.fixture
def log(request):
    """Names for the logs of this test's machines: log() is the next one."""
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    return _logs(name)


def _logs(name):
    folder = BUILD / "logs/boot"
    folder.mkdir(parents=True, exist_ok=True)
    count = itertools.count(1)
    return lambda: folder / f"{name}-{next(count)}.log"


@pytest.fixture
def boot(tmp_path, log, ssh_key):
    """boot(medium, ...) starts a machine: 'direct' (all in the initramfs, as scripts/run does),
    'full' (the same with every driver), 'disk' (the system image as /dev/vda), 'none' (no system
    image) or 'firmware' (what the firmware finds on `media`).

    With ssh=True guest.ssh is the way in, and its cloud-config has the key, unless own_key=False.
    `inside`: words before QEMU's own. What has no argument here is a field of qemu.Machine.
    """
    count = itertools.count(1)

    def start(
        medium,
        append="",
        registries=(),
        user_data=None,
        disks=(),
        read_only_disks=(),
        ssh=False,
        own_key=True,
        inside=(),
        console=CONSOLE,
        **more,
    ):
        folder = tmp_path / f"machine{next(count)}"
        folder.mkdir()
        machine = qemu.Machine(
            accelerator=ACCELERATOR, monitor=folder / "qmp", channel=folder / "channel", **more
        )
        line = [append]
        if registries:
            names = ",".join(registry.guest_address for registry in registries)
            line.append(f"rancher.docker.insecure_registry=[{names}]")
        if medium != "firmware":
            _start_directly(machine, medium)
            line.insert(0, console)
        if medium == "disk":
            line.append("rancher.system.dev=/dev/vda")
        machine.append = " ".join(part for part in line if part)
        machine.disks += [(disk, "raw", False) for disk in disks]
        machine.disks += [(disk, "raw", True) for disk in read_only_disks]
        if ssh:
            machine.ssh_port = free_port()
        if ssh and own_key:
            user_data = f"{user_data or '#cloud-config'}\n{cidata.key_line(ssh_key)}"
        if user_data is not None:
            machine.cdroms.append(cidata.write(folder, user_data))
        return Guest(machine, log(), ssh_key, inside)

    return start


def _start_directly(machine, medium):
    kernel, initrd = STARTED_DIRECTLY.get(medium, WITHOUT_SYSTEM)
    machine.kernel = machine.kernel or artefact(kernel)
    machine.initrd = machine.initrd or artefact(initrd)
    if medium == "disk":
        machine.disks.append((artefact("system-image/system.erofs"), "raw", True))


@pytest.fixture
def resume(tmp_path, log):
    """resume(kind) goes on with a copy, of this test's own, of a machine of saved.KINDS."""
    count = itertools.count(1)

    def start(kind="direct", inside=()):
        folder = tmp_path / f"resumed{next(count)}"
        folder.mkdir()
        return saved.resume(kind, folder, log(), ACCELERATOR, inside)

    return start


class Shared:
    """A resumed machine for the tests of one file that leave it as they found it."""

    def __init__(self, folder, log):
        self._folder, self._log = folder, log
        self._count = itertools.count(1)
        self.guest = self.traces = None

    def take(self):
        if not self.guest:
            folder = self._folder / str(next(self._count))
            folder.mkdir()
            self.guest = saved.resume("direct", folder, self._log(), ACCELERATOR)
            self.traces = Traces(lambda command: self.guest.try_run(command, 120)[1])
        return self.guest

    def drop(self):
        if self.guest:
            self.guest.stop()
        self.guest = None


@pytest.fixture(scope="module")
def _shared(request, tmp_path_factory):
    machine = Shared(tmp_path_factory.mktemp("shared"), _logs(f"shared-{request.path.stem}"))
    yield machine
    machine.drop()


@pytest.fixture
def shared(request, _shared):
    """A machine that is ready, and that others use after this test: leaving traces is a failure."""
    yield _shared.take()
    left = {} if request.node.stash.get(FAILED, False) else _shared.traces.gone()
    if left or request.node.stash.get(FAILED, False):
        _shared.drop()
    assert not left, f"left behind: {left}"
