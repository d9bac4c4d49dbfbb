"""The small services: system log, clock, devices, power button, schedules. One boot for all."""

import contextlib
import json
import re
import socket
import threading
import time

import pytest

from machines.medium import artefact, ext4_disk, state_disk
from machines.ntp import real_time_server
from machines.registry import HOST_SEEN_BY_GUEST

SMALL = ("acpid", "ntp", "syslog", "udev")
LONG_AGO = 1451606400  # 2016-01-01, in seconds since 1970
MEMORY_BUDGET = 150_000  # kB in use
LOG_LIMIT = 30  # seconds for a line to reach its target
# The effective capabilities and the user of each service's process, as in /proc/PID/status.
PRIVILEGES = {
    "acpid": (0, 0),
    "ntp": (102, 1 << 25),  # CAP_SYS_TIME
    "syslog": (0, 1 << 34),  # CAP_SYSLOG
    # CHOWN, DAC_OVERRIDE, FOWNER, NET_ADMIN
    "udev": (0, 1 << 0 | 1 << 1 | 1 << 3 | 1 << 12),
}
# clone3(2) of rsyslogd's C library, which goes on with clone(2): only its flags can be looked at.
C_LIBRARY_TRIES = {("rsyslogd", 435), ("in:imuxsock", 435)}
CONFIG = """#cloud-config
rancher:
  sysctl:
    kernel.printk_ratelimit: 0
  syslog:
    remote: ["udp://{host}:{udp}", "tcp://{host}:{tcp}"]
  services:
    tick:
      image: console
      entrypoint: [/bin/sh, -c, "date +%s >>/opt/ticks"]
      volumes: ["/opt:/opt"]
      labels:
        cron.schedule: "*/2 * * * * *"
        io.rancher.os.createonly: "true"
    once:
      image: console
      entrypoint: [/bin/touch, /opt/once]
      volumes: ["/opt:/opt"]
      labels:
        cron.schedule: "0 0 0 1 1 *"
        io.rancher.os.createonly: "true"
"""


class LogTargets:
    """A UDP and a TCP listener on loopback that keep what they get."""

    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp.bind(("127.0.0.1", 0))
        self.got = {"udp": b"", "tcp": b""}
        for receive in (self._receive_udp, self._receive_tcp):
            threading.Thread(target=receive, daemon=True).start()

    def config(self):
        return CONFIG.format(
            host=HOST_SEEN_BY_GUEST,
            udp=self.udp.getsockname()[1],
            tcp=self.tcp.getsockname()[1],
        )

    def _receive_udp(self):
        with contextlib.suppress(OSError):
            while True:
                self.got["udp"] += self.udp.recv(65536) + b"\0"

    def _receive_tcp(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.tcp.accept()
                while chunk := connection.recv(65536):
                    self.got["tcp"] += chunk

    def expect(self, name, pattern):
        deadline = time.monotonic() + LOG_LIMIT
        while time.monotonic() < deadline:
            if match := re.search(pattern, self.got[name]):
                return match
            time.sleep(0.1)
        raise AssertionError(f"{name}: no /{pattern}/ in {self.got[name][-3000:]}")

    def close(self):
        self.udp.close()
        self.tcp.close()


@pytest.fixture
def log_targets():
    targets = LogTargets()
    yield targets
    targets.close()


@pytest.fixture
def time_server(tmp_path):
    with real_time_server(tmp_path, HOST_SEEN_BY_GUEST) as server:
        yield server.port


def test_services(boot, log_targets, time_server, tmp_path):
    # An old state: else its time is a lower bound of the clock, and nothing is to be set.
    disk = state_disk(tmp_path, megabytes=512, last_written=LONG_AGO)
    options = {"user_data": log_targets.config(), "rtc": "base=2016-01-01T00:00:00"}
    with boot("direct", disks=[disk], free_ports=2, **options) as guest:
        guest.ready(180)
        assert guest.run("sudo ros config validate") == ""
        clock_is_not_before_the_build(guest)
        services_have_only_their_privileges(guest)
        nothing_listens(guest)
        kernel_settings_are_strict(guest)
        entropy_is_there_early(guest)
        memory_is_left(guest)
        messages_reach_files(guest)
        messages_reach_targets(guest, log_targets)
        syslog_survives_a_restart(guest)
        log_files_are_bounded(guest)
        services_run_by_schedule(guest)  # before the clock jumps, perhaps over a year's end
        clock_follows(guest, time_server)
        devices_have_links(guest)
        hot_plugged_devices_appear(guest, guest.monitor, tmp_path)
        assert guest.refused_calls() <= C_LIBRARY_TRIES
        guest.monitor.run("system_powerdown")
        guest.wait_exit(90)
        assert "Power down" in guest.text
        assert "Kernel panic" not in guest.text


def test_a_clock_ten_years_ahead_is_set_back_by_a_time_server(resume, time_server):
    with resume() as guest:
        guest.run("sudo date -u -s 2036-11-01")
        clock_follows(guest, time_server)
        services_end_when_they_are_asked(guest)


def clock_is_not_before_the_build(guest):
    """The RTC says 2016; the build is of 2026-11-23 (source_date_epoch) at least."""
    assert int(guest.run("date +%s")) >= 1795392000
    assert "set to" in guest.run("sudo dmesg | grep 'clock: '")


def services_have_only_their_privileges(guest):
    pids = {}
    for _ in range(100):
        rows = json.loads(guest.run("sudo ros service ps --json"))
        pids = {row["name"]: row["pid"] for row in rows if row["name"] in SMALL and row["pid"]}
        if len(pids) == len(SMALL):
            break
        time.sleep(0.3)
    assert sorted(pids) == sorted(SMALL), rows
    for name, (user, capabilities) in PRIVILEGES.items():
        status = guest.run(f"sudo cat /proc/{pids[name]}/status")
        assert re.search(rf"^Uid:\s+{user}\s", status, re.MULTILINE), f"{name}: {status}"
        effective = int(re.search(r"^CapEff:\s+(\w+)", status, re.MULTILINE)[1], 16)
        assert effective == capabilities, f"{name}: {effective:x}"
        assert re.search(r"^NoNewPrivs:\s+1", status, re.MULTILINE), name
        assert re.search(r"^Seccomp:\s+2", status, re.MULTILINE), name


def nothing_listens(guest):
    """Neither of time requests nor of log lines."""
    sockets = guest.run("sudo netstat -lntu")
    assert not re.search(r":(123|323|514|6514)\s", sockets), sockets


def kernel_settings_are_strict(guest):
    """Of the card that was there before them, too."""
    wanted = {
        "fs/protected_fifos": 2,
        "fs/protected_regular": 2,
        "kernel/io_uring_disabled": 1,
        "kernel/kexec_load_disabled": 1,
        "net/ipv4/conf/eth0/accept_redirects": 0,
        "net/ipv4/conf/eth0/rp_filter": 2,
        "net/ipv4/conf/eth0/send_redirects": 0,
        "net/ipv6/conf/eth0/accept_redirects": 0,
    }
    values = guest.run(f"cd /proc/sys && cat {' '.join(wanted)}").split()
    assert dict(zip(wanted, map(int, values), strict=True)) == wanted


def entropy_is_there_early(guest):
    assert guest.run("cat /sys/class/misc/hw_random/rng_current").startswith("virtio_rng")
    seconds = guest.run("sudo dmesg | sed -n 's/^\\[ *\\([0-9]*\\)\\..*crng init done.*/\\1/p'")
    assert int(seconds) <= 5


def memory_is_left(guest):
    """With all services and an idle dockerd. This boot has the system image in memory, too."""
    text = guest.run("cat /proc/meminfo")
    total, available = (
        int(re.search(rf"^{name}: +(\d+) kB", text, re.MULTILINE)[1])
        for name in ("MemTotal", "MemAvailable")
    )
    image = artefact("system-image-virtual/system.erofs").stat().st_size // 1000
    used = total - available - image
    print(f"memory in use: {used / 1000:.1f} MB")
    assert used <= MEMORY_BUDGET, text


def messages_reach_files(guest):
    guest.run(
        "logger -t boot-test -p user.notice from-console; logger -p auth.info secret-$((6*7))"
    )
    guest.until("sudo grep -q 'boot-test: from-console' /var/log/messages")
    # A pattern that does not fit itself: what sudo runs is in this file, too.
    guest.until("sudo grep -q 'secret-4[2]' /var/log/secure")
    status, _ = guest.try_run("sudo grep -q 'secret-4[2]' /var/log/messages")
    assert status == 1, "a line about logins is in the file for all"
    guest.until("sudo grep -q ' kernel: SMBIOS ' /var/log/messages")
    everything = guest.run("sudo ros logs --lines 100000 | tail -n 2000")
    assert "boot-test: from-console" in everything
    assert re.search(r"^ntp_1 \| \S+Z [OE] .*chronyd", everything, re.MULTILINE), everything[-2000:]


def messages_reach_targets(guest, targets):
    guest.run("logger -t boot-test -p user.notice to-the-targets")
    line = rb"<13>1 \d{4}-\d\d-\d\dT[\d:.]+(?:\+00:00|Z) rancher boot-test - - - to-the-targets"
    targets.expect("udp", line + rb"\0")  # nothing behind it in its datagram
    targets.expect("tcp", line)
    frames = list(octet_counted(targets.got["tcp"]))
    assert any(re.fullmatch(line, frame) for frame in frames), frames[-20:]


def octet_counted(stream):
    """The whole frames of a stream, RFC 6587 3.4.1: a length in digits, a blank, the message."""
    while match := re.match(rb"([1-9]\d*) ", stream):
        end = match.end() + int(match[1])
        if end > len(stream):
            return
        yield stream[match.end() : end]
        stream = stream[end:]
    assert not stream.strip(b"0123456789"), f"no frame: {stream[:200]}"


def syslog_survives_a_restart(guest):
    guest.run("sudo ros service restart syslog", 60)
    # What is said before it listens again is lost: it is said until it arrives.
    heard = "sudo grep -q after-the-restart /var/log/messages"
    guest.until(f"{{ logger -t boot-test after-the-restart; sleep 1; {heard}; }}")
    count = guest.run("sudo cat /var/log/messages* | grep -c ' kernel: SMBIOS '")
    assert count == "1", "the kernel's messages are there twice"


def log_files_are_bounded(guest):
    """Five times what one file may hold."""
    guest.run("yes $(seq -s . 150) | head -n 10000 | logger -t fill", 120)
    # Until the end is written, for no file is missing then because it gets its next name.
    seen = "sudo sh -c 'cat /var/log/messages*' | grep -q 'fill: the-end'"
    guest.until(f"{{ logger -t fill the-end; sleep 1; {seen}; }}")
    guest.run("sudo test -e /var/log/messages.3")
    sizes = guest.run("sudo stat -c %s /var/log/messages*").split()
    assert len(sizes) <= 4
    assert sum(map(int, sizes)) < 5 << 20


def clock_follows(guest, port):
    """A server that comes while chrony runs, as from DHCP, is used at once."""
    guest.run(f"echo 'server {HOST_SEEN_BY_GUEST} port {port} iburst' >/tmp/s")
    deadline = time.monotonic() + 90
    while abs(int(guest.run("date +%s")) - time.time()) > 10:
        # A lease that comes meanwhile takes away what it does not know.
        guest.run(
            "[ -e /run/chrony-dhcp/test.sources ] || sudo cp /tmp/s /run/chrony-dhcp/test.sources"
        )
        assert time.monotonic() < deadline, guest.run("sudo ros service logs ntp")
        time.sleep(1)
    guest.wait_for("sudo ros service logs ntp", "was stepped by", 30)


def services_run_by_schedule(guest):
    guest.until("[ $(wc -l </opt/ticks) -ge 3 ]")
    ticks = [int(line) for line in guest.run("cat /opt/ticks").split()]
    assert ticks == sorted(ticks)
    status, _ = guest.try_run("test -e /opt/once")
    assert status == 1, "a service that waits for its time ran at boot"


def services_end_when_they_are_asked(guest):
    """Not killed at the end of their time, which each power-off would wait for."""
    patience = 60
    for name in (*SMALL, "docker", "network"):
        start = time.monotonic()
        guest.run(f"sudo ros service stop -t {patience} {name}", 2 * patience)
        assert time.monotonic() - start < patience, name


def devices_have_links(guest):
    guest.until("test -e /dev/disk/by-label/RANCHER_STATE")
    guest.until("test -e /dev/disk/by-label/cidata")
    assert guest.run("readlink -f /dev/disk/by-label/RANCHER_STATE").startswith("/dev/vd")
    assert guest.run("stat -c '%G %a' /dev/vda") == "disk 660"
    assert guest.run("ls /dev/disk/by-uuid /dev/disk/by-path")
    # By what the drive says of itself, although nobody may send it commands.
    guest.until("ls /dev/disk/by-id/ata-QEMU_DVD-ROM_*")
    assert guest.run("ls /run/udev/data | grep -c .") != "0"


def hot_plugged_devices_appear(guest, monitor, folder):
    """The stick's label would be a command, and a way out of the folder of links."""
    disk = ext4_disk(folder, "$(id)/../LATER", 4)
    link = r"'/dev/disk/by-label/\x24\x28id\x29\x2f..\x2fLATER'"
    monitor.run(
        "blockdev-add", driver="raw", node_name="later",
        file={"driver": "file", "filename": str(disk)},
    )  # fmt: skip
    monitor.run(
        "device_add", driver="virtio-blk-pci", drive="later", bus="port0", id="late", serial="late"
    )
    guest.until(f"test -e {link} && test -e /dev/disk/by-id/virtio-late")
    guest.run("! ls -d /dev/LATER /dev/disk/LATER")
    monitor.run("netdev_add", type="user", id="net1")
    monitor.run("device_add", driver="virtio-net-pci", netdev="net1", bus="port1", id="late-card")
    guest.until("test -e /sys/class/net/eth1")
    monitor.unplug("late")
    guest.until("! test -e /dev/disk/by-id/virtio-late")
