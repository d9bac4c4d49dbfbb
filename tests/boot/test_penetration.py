"""Hostile code, run as each service that is not privileged: what it reaches, and nothing else.

docs/security.md has the same as a table.
"""

import base64
import shlex

CRUN = "nsenter -t 1 -m -- /usr/bin/crun --root /run/containerd/runc/system"
SERVICES = ("acpid", "network", "ntp", "syslog", "udev")

# What is tried, a command that works when it is possible, and the services that may.
ATTEMPTS = {
    "write accounts": ("touch /run/etc/passwd", ()),
    "read the hashes of passwords": ("cat /run/login/shadow", ()),
    "name servers for the machine": ("touch /run/etc/resolvconf/resolv.conf", ("network",)),
    "the manager": ("[ -S /run/ros/control/control.sock ]", ()),
    "the manager, for power": ("[ -S /run/ros/power/power.sock ]", ("acpid",)),
    "process 1": ("[ -S /run/ros/pid1.sock ]", ()),
    "the system's containerd": ("[ -S /run/system-containerd/containerd.sock ]", ()),
    "the image store": ("ls /run/image-store", ()),
    "docker": ("[ -S /run/docker.sock ]", ()),
    "other processes": ("pgrep containerd", ()),
    "mounts": ("mount -t tmpfs none /srv && umount /srv", ()),
    "a user namespace": ("unshare -U true", ()),
    "read the disk": ("head -c 1 /dev/vda", ("udev",)),
    "write the disk": ("[ -b /dev/vda ] && : >>/dev/vda", ()),
    "a device of its own": ("mknod /run/vda b 254 0 && rm /run/vda", ()),
    "the machine's terminals": ("[ -c /dev/ttyS0 ] && : >/dev/ttyS0", ()),
    "terminals of logins": ("[ $(stat -c %d /dev/pts) = $host_pts ]", ()),
    "control groups": (": >>/sys/fs/cgroup/cgroup.procs", ()),
    "settings of the kernel": (": >>/proc/sys/kernel/core_pattern", ()),
    "settings of devices": (": >>/sys/devices/virtual/net/lo/uevent", ("udev",)),
    "drivers": (": >>/sys/bus/pci/drivers_probe", ()),
    "modules": ("modprobe dummy", ()),
    "traces of the kernel": ("head -n 1 /sys/kernel/tracing/trace", ()),
    "SysRq": (": >>/proc/sysrq-trigger", ()),
    "the kernel's messages": ("dmesg", ("syslog",)),
    "the clock": ('! date -s @$(date +%s) 2>&1 | grep "can\'t"', ("ntp",)),
    "network cards": ("ip link set lo mtu 65536", ("network", "udev")),
    "packets as they are on the wire": ("ping -c 1 -W 5 127.0.0.1", ("network",)),
    "the user's files": ("ls /home/rancher", ()),
}


def reached(guest, shell):
    """The names of the attempts that succeed in the shell that this command starts."""
    host_pts = guest.run("stat -c %d /dev/pts").strip()
    script = f"host_pts={host_pts}\n" + "".join(
        f"({command}) >/dev/null 2>&1 && echo {shlex.quote(name)}\n"
        for name, (command, _) in ATTEMPTS.items()
    )
    coded = base64.b64encode(script.encode()).decode()
    # The runtime gives the files behind its output to the container's user: it gets pipes.
    return guest.run(f"echo {coded} | base64 -d | sudo {shell} 2>&1 | cat", 120).splitlines()


def test_what_a_service_reaches_that_was_taken_over(resume):
    with resume("state") as guest:
        # The same in the console, whose root is the host's: each attempt is one that can succeed.
        assert set(ATTEMPTS) - set(reached(guest, "sh")) == set()
        guest.run("sudo sysctl -w kernel.printk_ratelimit=0")
        for service in SERVICES:
            guest.run("sudo dmesg -c >/dev/null")
            found = reached(guest, f"{CRUN} exec {service}.1 /bin/sh")
            wanted = [name for name, (_, able) in ATTEMPTS.items() if service in able]
            assert found == wanted, f"{service}: {found}"
            assert ("unshare", 272) in guest.refused_calls(), f"{service}: its own seccomp profile"
            limit = f"cat /sys/fs/cgroup/system/{service}.1/pids.max"
            assert guest.run(limit).strip() == "4096", service
