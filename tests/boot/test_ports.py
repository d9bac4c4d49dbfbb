"""All TCP ports, seen from another machine on the network. UDP: test_ssh looks from inside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a network namespace")
SCAN = Path(__file__).with_name("scan_ports.py")
CONFIG = """#cloud-config
rancher:
  network:
    interfaces:
      eth0: {address: 10.77.0.2/24}
"""


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


def scan(network):
    done = subprocess.run(
        [*network, sys.executable, SCAN, "10.77.0.2"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [int(port) for port in done.stdout.split()]


def test_only_ssh_is_open_and_what_docker_publishes(boot, network):
    cable = "tap,ifname=tap0,script=no,downscript=no"
    options = {"card": "", "networks": [cable], "inside": network, "user_data": CONFIG}
    with boot("direct", ssh=True, **options) as guest:
        guest.ready()
        guest.wait_for("ip -o address show eth0", r"10\.77\.0\.2/24")
        assert scan(network) == [22]
        # An image without a registry: busybox of the console.
        guest.run("tar -c -C / bin/busybox | docker import - web >/dev/null", 120)
        serve = "/bin/busybox nc -lk -p 80 -e /bin/busybox true"
        guest.run(f"docker run -d -p 8080:80 web {serve}", 120)
        assert scan(network) == [22, 8080]
