"""Namespaces instead of a machine, with `ros netconf`, dhcpcd and a server.

The folder of the image is made from results of the build, as in images/network; the privileges are
those of the service. Two cables lead to a network of its own, where dnsmasq answers on the first.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
CAPABILITIES = (
    "net_admin", "net_raw", "net_bind_service", "setuid", "setgid", "sys_chroot", "chown", "kill",
)  # fmt: skip
DEVICES = ("null", "zero", "random", "urandom")
LIMIT = 60  # seconds; a limit, not a sleep


def namespace(*flags):
    """The first process of new namespaces; everything in them ends with it."""
    process = subprocess.Popen(
        ["unshare", *flags, "--fork", "--kill-child", "sh", "-c", "echo $$; exec sleep 9999"],
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return process, children[0]


def interface(name, **keys):
    """An entry of the configuration as the manager writes it."""
    entry = {
        "name": name, "match": "", "dhcp": False, "dhcp_args": [], "address": [], "addresses": [],
        "ipv4ll": False, "gateway": "", "gateway_ipv6": "", "mtu": 0,
    }  # fmt: skip
    return entry | keys


class World:
    def __init__(self, folder):
        self.root = folder / "root"
        self.log = folder / "netconf.log"
        self._machine, self._pid = namespace("-m", "-n", "-p", "--mount-proc")
        self._network, self._server_pid = namespace("-n")
        self._netconf = None
        self._server = None
        self._monitor = None
        self._far, self._far_pid = None, None
        self._make_root()
        self.run("ip link set lo up")
        for index, peer in enumerate(("10.66.0.1/24", "10.67.0.1/24")):
            self.cable(index, peer)

    def close(self):
        if self._monitor:
            self.end_monitor()
        for process in (self._netconf, self._server, self._machine, self._network, self._far):
            if process and process.poll() is None:
                process.kill()
                process.wait(10)

    def _enter(self, server=False):
        if server:
            return ["nsenter", "-t", self._server_pid, "-n"]
        return ["nsenter", "-t", self._pid, "-m", "-n", "-p"]

    def run(self, command, server=False, check=True):
        done = subprocess.run(
            [*self._enter(server), "sh", "-c", command],
            check=False, capture_output=True, text=True, timeout=LIMIT,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def until(self, condition, what):
        deadline = time.monotonic() + LIMIT
        while not condition():
            log = self.log.read_text() if self.log.exists() else ""
            assert time.monotonic() < deadline, f"{what}: not in {LIMIT} s\n{log}"
            time.sleep(0.05)

    def cable(self, index, peer):
        # Not in the machine's process namespace: the other end is named by a process outside.
        command = f"ip link add lan{index} type veth peer name s{index} netns {self._server_pid}"
        enter = ["nsenter", "-t", self._pid, "-n"]
        subprocess.run([*enter, *command.split()], check=True, timeout=LIMIT)
        self.run(f"ip link set s{index} up; ip addr add {peer} dev s{index}", server=True)

    def part(self):
        """The ends of the two cables lie in different networks, with the machine between them."""
        self._far, self._far_pid = namespace("-n")
        self.run(f"ip link set s1 netns {self._far_pid}", server=True)
        self.run("ip route add 10.67.0.0/24 via 10.66.0.9", server=True)
        commands = ("ip addr add 10.67.0.1/24 dev s1", "ip link set s1 up",
                    "ip route add 10.66.0.0/24 via 10.67.0.9")  # fmt: skip
        for command in commands:
            enter = ["nsenter", "-t", self._far_pid, "-n"]
            subprocess.run([*enter, *command.split()], check=True, timeout=LIMIT)

    def _make_root(self):
        root = self.root
        for name in ("bin", "sbin", "etc", "var/lib/dhcpcd", "var/empty", "usr/lib/dhcpcd", "proc",
                     "sys", "dev", "run", "tmp"):  # fmt: skip
            (root / name).mkdir(parents=True)
        ros = Path(os.environ.get("ROS_BINARY", TREE / "build/ros/ros"))
        shutil.copy(ros, root / "sbin/ros")
        os.link(root / "sbin/ros", root / "usr/lib/dhcpcd/dhcpcd-run-hooks")
        shutil.copy(TREE / "build/dhcpcd/sbin/dhcpcd", root / "sbin/dhcpcd")
        shutil.copy(TREE / "images/network/etc/dhcpcd.conf", root / "etc/dhcpcd.conf")
        shutil.copytree(TREE / "build/nft/tree", root, symlinks=True, dirs_exist_ok=True)
        (root / "etc/passwd").write_text(
            "root:x:0:0::/root:/bin/sh\ndhcpcd:x:101:101::/var/empty:/bin/false\n"
        )
        (root / "etc/group").write_text("root:x:0:\ndhcpcd:x:101:\n")
        for device in DEVICES:
            (root / "dev" / device).touch()
        self.run(
            f"mount -t proc proc {root}/proc; mount -t sysfs -o ro sysfs {root}/sys; "
            + "; ".join(f"mount --bind /dev/{name} {root}/dev/{name}" for name in DEVICES)
        )
        (root / "run/ros/network").mkdir(parents=True)
        (root / "run/etc/resolvconf").mkdir(parents=True)

    def configure(self, *interfaces, **keys):
        document = {
            "interfaces": list(interfaces), "nameservers": [], "search": [], "dhcp_timeout": 10,
            "forwarding": False, "fallback_nameservers": ["8.8.8.8"],
        }  # fmt: skip
        path = self.root / "run/ros/network/config.json"
        new = path.with_suffix(".new")
        new.write_text(json.dumps(document | keys))
        new.rename(path)

    def _chroot(self, *words):
        bounds = ",".join(["-all", *(f"+{name}" for name in CAPABILITIES)])
        limits = ["setpriv", "--bounding-set", bounds, "--inh-caps=-all", "--no-new-privs"]
        return [*self._enter(), *limits, "chroot", str(self.root), *words]

    def start(self):
        with self.log.open("a") as log:
            self._netconf = subprocess.Popen(
                self._chroot("/sbin/ros", "netconf"), stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self):
        self.run("kill $(pidof ros)")
        assert self._netconf.wait(LIMIT) == 0, self.log.read_text()

    def dry_run(self):
        command = self._chroot("/sbin/ros", "netconf", "--dry-run")
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def end_server(self):
        if self._server:
            self._server.kill()
            self._server.wait(10)
            self._server = None

    def serve(self, dns="10.66.0.2", domain="lan.example"):
        """A DHCP server and router on the first cable."""
        self.end_server()
        options = ["3,10.66.0.1", f"6,{dns}", f"119,{domain}", "42,10.66.0.9", "12,sparrow",
                   f"option6:dns-server,[fd66::{dns.split('.')[-1]}]"]  # fmt: skip
        self.run("ip addr replace fd66::1/64 dev s0", server=True)
        self._server = subprocess.Popen(
            [*self._enter(server=True), "dnsmasq", "-k", "-C", "/dev/null", "-p", "0",
             "--interface=s0", "--bind-interfaces", "--leasefile-ro", "--enable-ra",
             "--dhcp-range=10.66.0.50,10.66.0.59,3600", "--dhcp-range=fd66::,ra-stateless",
             *(f"--dhcp-option={option}" for option in options), "--log-facility=/dev/null"],
        )  # fmt: skip

    def monitor(self):
        """Records what happens to addresses and routes until end_monitor()."""
        words = [*self._enter(), "ip", "-o", "monitor", "address", "route"]
        self._monitor = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.until(lambda: self.run("pidof ip", check=False), "the monitor")

    def end_monitor(self):
        self.run("kill $(pidof ip)", check=False)
        seen, _ = self._monitor.communicate(timeout=LIMIT)
        self._monitor = None
        return seen

    def addresses(self, name):
        found = json.loads(self.run(f"ip -j addr show dev {name}"))[0]["addr_info"]
        return sorted(
            f"{one['local']}/{one['prefixlen']}" for one in found if one["scope"] == "global"
        )

    def four(self, name):
        return [address for address in self.addresses(name) if "." in address]

    def default_routes(self):
        return {(r["dev"], r["gateway"]) for r in json.loads(self.run("ip -j route show default"))}

    def read(self, path):
        file = self.root / path
        return file.read_text() if file.exists() else ""

    @property
    def resolver(self):
        return self.read("run/etc/resolvconf/resolv.conf")
