"""Whatever hangs, the machine goes off within the deadline of process 1, its state whole."""

import time

import pytest

from conftest import state_disk

DEADLINE = 90  # seconds: PowerDoor::kSignalDeadline; the manager's own is shorter
UNMOUNT = 20  # seconds: kUnmountLimit of pid1/shutdown.cc
MARGIN = 20  # an emulated machine is slow

SERVICE = """#cloud-config
rancher:
  services:
    stubborn:
      image: console
      net: none
      restart: always
      stop_grace_period: 3s
      entrypoint: [/bin/sh, -c]
      command: [ "trap '' TERM INT HUP; while :; do sleep 1; done"]
      labels:
        io.rancher.os.scope: system
"""
NFS = (
    "mount -t nfs -o nolock,hard,vers=3,proto=tcp,port=9,mountport=9,addr=10.0.2.2 10.0.2.2:/x /mnt"
)
HANGING = {
    # what hangs: how it comes to that, and the longest that the machine may take
    "a service": ("true", 30),
    "dockerd": ("pkill -STOP -f '^/usr/bin/dockerd'", DEADLINE),
    "the manager": ("pkill -STOP -f '^/sbin/ros manager'", DEADLINE),
    "the system containerd": ("pkill -STOP -f '^/usr/bin/containerd '", DEADLINE),
    "the state": ("fsfreeze --freeze /var/lib/rancher", DEADLINE + UNMOUNT),
    "a network file system": (f"({NFS} >/dev/null 2>&1 &) ; sleep 2", DEADLINE + UNMOUNT),
}


@pytest.mark.parametrize("what", HANGING)
def test_the_machine_goes_off_although_something_hangs(boot, tmp_path, what):
    disk = state_disk(tmp_path)
    how, limit = HANGING[what]
    with boot("direct", user_data=SERVICE, disks=[disk]) as guest:
        guest.ready()
        guest.run("sudo ros config set hostname kept")
        guest.run(f"sudo sh -c {how!r}")
        start = time.monotonic()
        guest.send("sudo poweroff")
        guest.wait_exit(limit + MARGIN)
        print(f"{what}: off after {time.monotonic() - start:.0f} s")
    with boot("direct", disks=[disk]) as guest:
        guest.ready()
        assert guest.run("hostname") == "kept"
