"""All TCP ports, seen from another machine on the network. UDP: test_ssh looks from inside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a network namespace")
SCAN = Path(__file__).with_name("scan_ports.py")
ADDRESS = "10.77.0.2"


@pytest.fixture
def network():
    """A namespace with a cable into it: tap0, 10.77.0.1/24. Words that put a command there."""
    process = subprocess.Popen(
        ["unshare", "-n", "sh", "-c",
         "ip tuntap add dev tap0 mode tap && ip address add 10.77.0.1/24 dev tap0 && "
         "ip link set tap0 up && ip link set lo up && echo up && exec sleep 3600"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "up\n"
    yield ["nsenter", "-t", str(process.pid), "-n"]
    process.kill()
    process.wait(10)


def scan(network, *ports):
    done = subprocess.run(
        [*network, sys.executable, SCAN, ADDRESS, *map(str, ports)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [int(port) for port in done.stdout.split()]


def test_only_ssh_is_open_and_what_docker_publishes(resume, network):
    with resume(inside=network) as guest:
        guest.monitor.run("netdev_add", type="tap", id="cable", ifname="tap0", script="no",
                          downscript="no")  # fmt: skip
        guest.monitor.run(
            "device_add", driver="virtio-net-pci", netdev="cable", bus="port0", id="card"
        )
        guest.until("test -e /sys/class/net/eth1")
        guest.run(f"sudo ros config set rancher.network.interfaces.eth1.address {ADDRESS}/24")
        guest.until(f"ip -o address show eth1 | grep -q {ADDRESS}/24")
        assert scan(network, 22, 8080) == [22]
        # An image without a registry: busybox of the console.
        guest.run("tar -c -C / bin/busybox | docker import - web >/dev/null", 120)
        serve = "/bin/busybox nc -lk -p 80 -e /bin/busybox true"
        guest.run(f"docker run -d -p 8080:80 web {serve}", 120)
        assert scan(network) == [22, 8080]
