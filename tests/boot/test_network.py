"""The network: cards with and without an answer, cards that come later, names everywhere."""

import contextlib
import json
import re
import socket
import threading

from machines.registry import HOST_SEEN_BY_GUEST

DOCKER_LIMIT = 120

TWO_CARDS = """#cloud-config
rancher:
  network:
    interfaces:
      eth0: {dhcp: true}
      eth1:
        address: 10.7.0.9/24
        addresses: ["2001:db8:7::9/64"]
        mtu: 1400
"""

# The card without an answer comes first; the other one is the way out.
SILENT_AND_STATIC = """#cloud-config
rancher:
  network:
    interfaces:
      eth0: {dhcp: true}
      eth1: {address: 10.7.0.9/24, gateway: 10.7.0.2}
"""


def network_of(guest):
    """The boot report, and what it says of the service `network`."""
    report = json.loads(guest.run("sudo ros boot --json"))
    return report, next(e for e in report["entries"] if e["name"] == "network")


def addresses(guest, card):
    return sorted(re.findall(r"inet6? (\S+)", guest.run(f"ip addr show {card}")))


def netconf_process(guest):
    return guest.run("pgrep -f '^/sbin/ros netconf'").split()[0]


class Echo:
    """A server on the host's loopback that answers lines, and counts connections."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    @staticmethod
    def _answer(connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rw") as stream:
            for line in stream:
                stream.write("echo " + line)
                stream.flush()

    def close(self):
        self._listener.close()


def check_least_privilege(guest):
    """netconf may configure cards, and nothing else of the kernel."""
    process = netconf_process(guest)
    status = guest.run(f"cat /proc/{process}/status")
    wanted = sum(1 << bit for bit in (0, 5, 6, 7, 10, 12, 13, 18))  # capabilities(7)
    for name in ("CapBnd", "CapEff", "CapPrm"):
        assert int(re.search(rf"{name}:\s+(\w+)", status).group(1), 16) == wanted, status
    assert re.search(r"NoNewPrivs:\s+1", status), status
    # As the console's root, so that only mounts forbid it.
    inside = f"sudo nsenter -t {process} -m /bin/sh -c"
    guest.run(f"{inside} 'echo 0 >/proc/sys/net/ipv6/conf/lo/accept_ra'")
    for file in ("kernel/printk_ratelimit", "vm/swappiness", "fs/pipe-max-size"):
        _, output = guest.try_run(f"{inside} 'cat /proc/sys/{file} >/proc/sys/{file}'")
        assert "Read-only file system" in output, f"{file}: {output}"
    _, roots = guest.try_run(f"{inside} 'ls --color=never /proc/sys'")
    known = {"abi", "crypto", "debug", "dev", "fs", "kernel", "net", "sunrpc", "user", "vm", "xen"}
    assert set(roots.split()) <= known, "a folder of /proc/sys that may be written: oci_spec.cc"


def check_names(guest, image):
    """The same name servers and host name in the host, a system service and a container."""
    process = netconf_process(guest)
    resolver = guest.run("cat /etc/resolv.conf")
    assert re.findall(r"nameserver (\S+)", resolver)[0] == "10.0.2.3", resolver
    assert "search lan.example" in resolver, resolver
    assert guest.run(f"sudo cat /proc/{process}/root/run/etc/resolvconf/resolv.conf") == resolver
    guest.until('[ "$(hostname)" = sparrow ]')
    guest.until("grep -q '127.0.1.1 sparrow' /etc/hosts && grep -qx sparrow /etc/hostname")
    inside = guest.run(f"docker run --rm {image} cat /etc/resolv.conf", DOCKER_LIMIT)
    assert "nameserver 10.0.2.3" in inside, inside
    assert "search lan.example" in inside, inside


def check_restart(guest):
    """A restart of the service: same addresses, same lease, a connection goes on."""
    before = addresses(guest, "eth0"), addresses(guest, "eth1")
    server = Echo()
    guest.run(
        f"mkfifo /tmp/in; nc {HOST_SEEN_BY_GUEST} {server.port} </tmp/in >/tmp/out &"
        "sleep 9999 >/tmp/in & echo one >/tmp/in"
    )
    guest.until("grep -q 'echo one' /tmp/out")
    process = netconf_process(guest)
    lease = "/run/ros/netconf/leases/eth0.dhcp"
    guest.run(f"sudo touch -d @0 {lease}")
    guest.run("sudo ros service restart network", 60)
    assert netconf_process(guest) != process
    assert (addresses(guest, "eth0"), addresses(guest, "eth1")) == before
    guest.until(f'[ "$(stat -c %Y {lease})" -gt 0 ]')  # the lease is had again
    guest.run("echo two >/tmp/in")
    guest.until("grep -q 'echo two' /tmp/out")
    assert (addresses(guest, "eth0"), addresses(guest, "eth1")) == before
    assert server.connections == 1
    guest.run("sudo ls /var/lib/rancher/dhcpcd/eth0.lease")
    server.close()


def test_two_cards_a_restart_of_the_service_and_dhcp_without_an_answer(boot, registry):
    """Without an answer nothing is held up: that boot is measured against the one with answers."""
    with boot(
        "direct",
        registries=[registry],
        user_data=TWO_CARDS,
        network="hostname=sparrow,dnssearch=lan.example",
        networks=["user,net=10.7.0.0/24,restrict=on"],
    ) as guest:
        normal = guest.ready()
        _, normal_service = network_of(guest)
        check_addresses(guest)
        check_names(guest, registry.image)
        check_least_privilege(guest)
        check_restart(guest)
        guest.run(f"docker run --rm {registry.image} true", DOCKER_LIMIT)
    silent = {"card": "", "networks": ["hubport,hubid=7", "user,net=10.7.0.0/24"]}
    with boot("direct", user_data=SILENT_AND_STATIC, **silent) as guest:
        late = guest.ready()
        report, service = network_of(guest)
        # How much slower this boot was before the network had a part in it.
        slower = max(1, service["start_ms"] / normal_service["start_ms"])
        limit = 2 * normal * slower + 5
        assert late < limit, f"{late} s without an answer, {normal} s with one; limit {limit:.1f}"
        assert service["end_ms"] <= report["ready_ms"]
        assert [one for one in addresses(guest, "eth0") if "." in one] == []
        port = registry.guest_address.split(":")[1]
        guest.run(f"wget -q -O - http://10.7.0.2:{port}/v2/", 60)
        assert "8.8.8.8" in guest.run("cat /etc/resolv.conf")  # nobody said anything better


def check_addresses(guest):
    guest.until("ip addr show eth0 | grep -q 10.0.2.15")
    static = [one for one in addresses(guest, "eth1") if not one.startswith("fe80")]
    assert {"10.7.0.9/24", "2001:db8:7::9/64"} <= set(static), static
    assert not [one for one in static if "." in one and one != "10.7.0.9/24"], static
    assert "mtu 1400" in guest.run("ip link show eth1")
    guest.run("sudo ping -c 1 -W 10 10.7.0.2")
    guest.until("ip addr show eth0 | grep -q 'inet6 fec0:'")  # by router advertisement
    guest.until("ip -6 route | grep -q '^default .*eth0'")


def plug(monitor, number, dns):
    monitor.run("netdev_add", type="user", id=f"late{number}", dns=dns)
    monitor.run(
        "device_add", driver="virtio-net-pci", id=f"card{number}", netdev=f"late{number}",
        bus=f"port{number}",
    )  # fmt: skip


def test_no_card_then_one_then_another(boot, registry):
    image = registry.image
    with boot("direct", registries=[registry], card="", free_ports=2) as guest:
        guest.ready()
        assert "Server Version" in guest.run("docker info", DOCKER_LIMIT)
        assert "no network card" in guest.run("sudo ros service logs network")
        assert not re.search(r"^\d+: eth", guest.run("ip -o link"), re.MULTILINE)
        plug(guest.monitor, 0, "10.0.2.3")
        guest.until("grep -q 'nameserver 10.0.2.3' /etc/resolv.conf", 120)
        guest.run(f"docker run --rm {image} true", DOCKER_LIMIT)
        guest.run("docker network create own", DOCKER_LIMIT)
        for name in ("one", "two"):
            guest.run(f"docker run -d --network own --name {name} {image} sleep 9999", 120)
        # The same network with another name server: what a lease change looks like.
        guest.monitor.unplug("card0")
        guest.monitor.run("netdev_del", id="late0")
        guest.until("grep -q 'nameserver 8.8.8.8' /etc/resolv.conf")
        plug(guest.monitor, 1, "10.0.2.77")
        guest.until("grep -q 'nameserver 10.0.2.77' /etc/resolv.conf", 120)
        resolver = guest.run(f"docker run --rm {image} cat /etc/resolv.conf", DOCKER_LIMIT)
        assert "nameserver 10.0.2.77" in resolver, resolver
        # A running container asks Docker's own server, which still knows its neighbours.
        assert "127.0.0.11" in guest.run("docker exec one cat /etc/resolv.conf", DOCKER_LIMIT)
        guest.run("docker exec one wget -q -T 5 -O - http://two:1/ 2>&1 | grep -i refused", 60)
