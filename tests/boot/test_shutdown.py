"""Whatever hangs, the machine goes off within its deadline, its state whole."""

import contextlib
import time

import pytest

from machines.medium import file_on, first_disk, repair, state_disk

ORDERLY = 8  # seconds: rancher.shutdown_timeout of these machines
MANAGER = 10  # seconds: kPowerPatience of cli/commands.cc
UNMOUNT = 20  # seconds: kUnmountLimit of pid1/shutdown.cc
MARGIN = 25  # an emulated machine is slow

SERVICE = """rancher:
  shutdown_timeout: 8
  services:
    stubborn:
      image: console
      net: none
      restart: always
      stop_grace_period: 3s
      entrypoint: [/bin/sh, -c]
      command: ["trap '' TERM INT HUP; while :; do sleep 1; done"]
      labels:
        io.rancher.os.scope: system
"""
NFS = (
    "mount -t nfs -o nolock,hard,vers=3,proto=tcp,port=9,mountport=9,addr=10.0.2.2 10.0.2.2:/x /mnt"
)
HANGING = {
    # what hangs: how it comes to that, and the longest that the machine may take
    "a service": ("true", ORDERLY),
    "dockerd": ("pkill -STOP -f '^/usr/bin/dockerd'", ORDERLY),
    "the manager": ("pkill -STOP -f '^/sbin/ros manager'", MANAGER),
    "the system containerd": ("pkill -STOP -f '^/usr/bin/containerd '", ORDERLY),
    "the state": ("fsfreeze --freeze /var/lib/rancher", ORDERLY + UNMOUNT),
    "a network file system": (f"({NFS} >/dev/null 2>&1 &) ; sleep 2", ORDERLY + UNMOUNT),
}


IN_CI = ("a service", "the manager", "the state")


@contextlib.contextmanager
def machine_for(what, resume, boot, folder):
    """The saved machines' image has no drivers of network file systems."""
    if what != "a network file system":
        with resume("state") as guest:
            yield guest
    else:
        with boot("full", disks=[state_disk(folder)]) as guest:
            guest.ready()
            yield guest


@pytest.mark.parametrize(
    "what",
    [name if name in IN_CI else pytest.param(name, marks=pytest.mark.soak) for name in HANGING],
)
def test_the_machine_goes_off_although_something_hangs(resume, boot, tmp_path, what):
    how, limit = HANGING[what]
    with machine_for(what, resume, boot, tmp_path) as guest:
        guest.write("service.yml", SERVICE.encode())
        guest.run("sudo ros config merge -i service.yml")
        guest.run("sudo ros service up stubborn", 120)
        guest.run("sudo ros config set hostname kept")
        guest.run(f"sudo sh -c {how!r}")
        start = time.monotonic()
        guest.post("sudo poweroff")
        guest.wait_exit(limit + MARGIN)
        print(f"{what}: off after {time.monotonic() - start:.0f} s")
    disk = first_disk(guest.machine)
    repair(disk)
    assert "hostname: kept" in file_on(disk, "/var/lib/rancher/conf/cloud-config.yml")
