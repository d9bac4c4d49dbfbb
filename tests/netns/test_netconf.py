"""`ros netconf` with the real kernel, the real dhcpcd and a real server, in namespaces."""

import os

import pytest
from world import TREE, World, interface

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

DHCP = interface("lan0", dhcp=True)
STATIC = interface("lan1", address=["10.67.0.9/24"], addresses=["fd67::9/64"], gateway="10.67.0.1",
                   mtu=1400)  # fmt: skip


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


def leased(world):
    return world.four("lan0") and "10.66.0." in world.resolver


def test_a_static_interface_and_one_with_dhcp(world):
    world.configure(DHCP, STATIC)
    assert world.dry_run().splitlines() == [
        "lan0: bring up", "lan1: set mtu 1400", "lan1: bring up", "lan1: add address 10.67.0.9/24",
        "lan1: add address fd67::9/64", "lan1: add default route by 10.67.0.1",
    ]  # fmt: skip
    assert world.four("lan1") == []
    world.serve()
    world.start()
    world.until(lambda: leased(world) and "fd66::2" in world.resolver, "answers of DHCP")
    assert world.four("lan0")[0].startswith("10.66.0.5")
    assert world.addresses("lan1") == ["10.67.0.9/24", "fd67::9/64"]
    assert world.default_routes() == {("lan0", "10.66.0.1"), ("lan1", "10.67.0.1")}
    assert "mtu 1400" in world.run("ip link show lan1")
    assert "search lan.example\nnameserver 10.66.0.2\n" in world.resolver
    world.until(lambda: any(a.startswith("fd66:") for a in world.addresses("lan0")), "an address")
    assert world.read("run/ros/netconf/hostname") == "sparrow\n"
    assert world.read("run/chrony-dhcp/lan0.sources") == "server 10.66.0.9 iburst\n"
    assert world.dry_run() == ""


def test_a_restart_takes_nothing_away(world):
    world.configure(DHCP, STATIC)
    world.serve()
    world.start()
    world.until(lambda: leased(world), "a lease")
    world.until(lambda: "nameserver fd66::2" in world.resolver, "the router's name server")
    before = world.four("lan0"), world.addresses("lan1"), world.default_routes(), world.resolver
    lease = world.root / "run/ros/netconf/leases/lan0.dhcp"
    had = lease.stat().st_mtime_ns
    world.monitor()
    world.stop()
    world.start()
    world.until(lambda: lease.stat().st_mtime_ns != had, "the lease again")
    seen = world.end_monitor()
    assert "Deleted" not in seen.replace("Deleted ff", ""), seen
    assert (world.four("lan0"), world.addresses("lan1")) == before[:2]
    assert (world.default_routes(), world.resolver) == before[2:]


def test_a_changed_configuration_is_carried_out(world):
    world.configure(DHCP, STATIC)
    world.serve()
    world.start()
    world.until(lambda: leased(world), "a lease")
    moved = STATIC | {"address": ["10.67.0.10/24"]}
    world.configure(interface("lan0", address=["10.66.0.7/24"]), moved, nameservers=["1.1.1.1"])
    world.until(lambda: world.four("lan0") == ["10.66.0.7/24"], "the static address")
    world.until(lambda: world.addresses("lan1") == ["10.67.0.10/24", "fd67::9/64"], "another one")
    world.until(lambda: world.default_routes() == {("lan1", "10.67.0.1")}, "the routes")
    world.until(lambda: world.resolver == "nameserver 1.1.1.1\n", "the name server")
    assert world.run("pidof dhcpcd", check=False) == ""
    world.configure(DHCP)
    world.until(lambda: leased(world), "a lease again")
    assert "10.66.0.7/24" not in world.four("lan0")
    assert world.four("lan1") == []


def test_a_lease_with_other_servers(world):
    world.configure(DHCP)
    world.serve()
    world.start()
    world.until(lambda: "10.66.0.2\n" in world.resolver, "the first lease")
    world.run("ip link set s0 down", server=True)
    world.until(lambda: world.resolver == "nameserver 8.8.8.8\n", "the defaults")
    world.until(lambda: world.read("run/chrony-dhcp/lan0.sources") == "", "no time servers")
    world.end_server()
    world.run("ip link set s0 up", server=True)
    world.serve(dns="10.66.0.3", domain="other.example")
    world.until(lambda: "10.66.0.3\n" in world.resolver, "the second lease")
    assert "search other.example\n" in world.resolver


def test_without_an_answer_the_rest_is_there_at_once(world):
    world.configure(DHCP, STATIC)
    world.start()
    world.until(lambda: world.default_routes() == {("lan1", "10.67.0.1")}, "the static interface")
    assert world.resolver in ("", "nameserver 8.8.8.8\n")
    world.until(lambda: world.resolver, "name servers")
    assert world.four("lan0") == []
    world.serve()
    world.until(lambda: leased(world), "an answer, late")


def test_an_interface_that_comes_later(world):
    world.configure(interface("lan2", address=["10.68.0.9/24"]), DHCP)
    world.serve()
    world.start()
    world.until(lambda: leased(world), "a lease")
    for _ in range(2):
        world.cable(2, "10.68.0.1/24")
        world.until(lambda: world.four("lan2") == ["10.68.0.9/24"], "the address")
        world.run("ip link del lan2")
    assert leased(world)


def test_killed_dhcpcd_comes_back_and_a_killed_netconf_loses_nothing(world):
    world.configure(DHCP, STATIC)
    world.serve()
    world.start()
    world.until(lambda: leased(world), "a lease")
    before = world.four("lan0"), world.default_routes()
    killed = world.run("pidof dhcpcd").split()
    # Some end by themselves when the first is gone.
    world.run("kill -9 " + " ".join(killed), check=False)
    world.until(lambda: set(world.run("pidof dhcpcd", check=False).split()) - set(killed), "dhcpcd")
    world.run("kill -9 $(pidof ros dhcpcd)", check=False)
    assert (world.four("lan0"), world.default_routes()) == before
    world.start()
    world.until(lambda: world.run("pidof dhcpcd", check=False), "dhcpcd")
    assert (world.four("lan0"), world.default_routes()) == before


def test_between_cards_nothing_is_forwarded_unless_it_is_wanted(world):
    cards = [interface(f"lan{i}", address=[f"10.{66 + i}.0.9/24"]) for i in range(2)]
    world.run("echo 1 >/proc/sys/net/ipv4/ip_forward")  # as Docker needs it
    world.part()
    program = f"{TREE}/build/busybox/bin/busybox ping -c 1 -W 1"
    ping = f"{program} 10.67.0.1 >/dev/null 2>&1 && echo passed; true"
    world.configure(*cards, forwarding=True)
    world.start()
    world.until(lambda: world.run(ping, server=True), "a packet to the other network")
    world.configure(*cards)
    world.until(lambda: not world.run(ping, server=True), "no packet to the other network")
    assert world.run(f"{program} 10.66.0.9", server=True)
    world.stop()
    assert not world.run(ping, server=True)
    world.configure(*cards, forwarding=True)
    world.start()
    world.until(lambda: world.run(ping, server=True), "a packet again")
