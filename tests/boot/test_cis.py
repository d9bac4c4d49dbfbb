"""The rules of the CIS Docker Benchmark for host, daemon and files (1.7.0, parts 1 to 3) as checks.

docs/cis-docker.md has the verdicts; ROS_GOLDEN_UPDATE=1 writes it from this table.
"""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/cis-docker.md"
HEAD = """# The CIS Docker Benchmark

Rules of version 1.7.0, parts 1 to 3, that concern a machine as it is built. Each is tried on a
running machine by `tests/boot/test_cis.py`: one that is not met, too, and has its reason here.
Part 4 to 7 concern images, containers and Swarm of the user. Made from the test.

| rule | what | verdict |
|---|---|---|
"""
SOCKET = "/run/docker.sock"
DOCKERD = "/proc/$(pgrep -o dockerd)/root"  # the files of its service
INFO = "docker info -f '{{%s}}'"


@dataclass(frozen=True)
class Rule:
    number: str
    text: str
    check: str  # a command that succeeds where the rule is met
    reason: str = ""  # why it is not met; "" = it is


def owned(path: str, owner: str, mode: str) -> str:
    return f'[ "$(stat -L -c "%U:%G %a" {path})" = "{owner} {mode}" ]'


def unset(option: str) -> str:
    return f"! pgrep -af '^/usr/bin/dockerd' | grep -q -e {option}"


RULES = (
    Rule("1.1.1", "containers have a partition of their own",
         "mountpoint -q /var/lib/docker"),
    Rule("1.1.2", "only trusted users control the daemon",
         "grep -qx docker:x:1101:rancher /etc/group"),
    Rule("1.1.3", "the daemon is audited",
         "command -v auditctl",
         "no audit daemon; the system log has logins and what `sudo` runs"),
    Rule("1.2.1", "the host is hardened",
         "grep -q ' / / ro,.* - erofs ' /proc/1/mountinfo"),
    Rule("1.2.2", "Docker is up to date",
         INFO % ".ServerVersion" + " | grep -q ^29[.]"),
    Rule("2.1", "the daemon is not root",
         INFO % ".SecurityOptions" + " | grep -q rootless",
         "a service of the system; rootless Docker has no `--net host`, no overlay without help"),
    Rule("2.2", "containers of the default bridge can't reach one another",
         "docker network inspect bridge | grep -q 'enable_icc\": \"false'",
         "Docker's default, which compose files of RancherOS rely on: `rancher.docker.icc: false`"),
    Rule("2.3", "the log level is info", unset("log-level")),
    Rule("2.4", "Docker manages the packet filter", unset("iptables")),
    Rule("2.5", "no registry without TLS",
         f"! grep -q insecure {DOCKERD}/etc/docker/daemon.json"),
    Rule("2.6", "the storage driver is not aufs",
         INFO % ".Driver" + " | grep -q overlayfs"),
    Rule("2.7", "TLS for the daemon's TCP socket", unset("tcp://")),
    Rule("2.8", "a limit of open files and processes for containers",
         unset("default-ulimit") + " && [ $(cat /sys/fs/cgroup/user/pids.max) -gt 0 ]"),
    Rule("2.9", "containers have user namespaces",
         INFO % ".SecurityOptions" + " | grep -q userns",
         "Docker's default; volumes of RancherOS belong to the host's users"),
    Rule("2.10", "containers have a control group of their own",
         "[ -d /sys/fs/cgroup/user ]"),
    Rule("2.12", "commands of clients are authorized",
         "! " + INFO % ".Plugins.Authorization" + " | grep -q '^.$\\|^..$'",
         "no plugin: who may talk to the socket is root ([security.md](security.md))"),
    Rule("2.13", "logs go to a central place",
         INFO % ".LoggingDriver" + " | grep -qv json-file",
         "`rancher.docker.log_driver` chooses; by default files of at most 25 MB, two a container"),
    Rule("2.14", "containers get no new privileges",
         INFO % ".SecurityOptions" + " | grep -q no-new-privileges",
         "Docker's default; `sudo` in images needs them"),
    Rule("2.15", "containers outlive the daemon",
         INFO % ".LiveRestoreEnabled" + " | grep -q true",
         "with it there is no Swarm; the system switches it on for a restart of the service alone"),
    Rule("2.16", "no userland proxy", "! pgrep docker-proxy"),
    Rule("2.17", "a seccomp profile for all containers",
         INFO % ".SecurityOptions" + " | grep -q name=seccomp,profile=builtin"),
    Rule("2.18", "no experimental features",
         INFO % ".ExperimentalBuild" + " | grep -q false"),
    Rule("3.5", "/etc/docker belongs to root", owned(f"{DOCKERD}/etc/docker", "root:root", "755")),
    Rule("3.15", "Docker's socket belongs to root and docker", owned(SOCKET, "root:docker", "660")),
    Rule("3.17", "daemon.json belongs to root",
         owned("/run/ros/docker/daemon.json", "root:root", "600")),
    Rule("3.23", "containerd's socket belongs to root",
         owned("/run/system-containerd/containerd.sock", "root:root", "660")),
)  # fmt: skip


def page() -> str:
    rows = (
        f"| {rule.number} | {rule.text} | {'not met: ' if rule.reason else 'met'}{rule.reason} |"
        for rule in RULES
    )
    return HEAD + "\n".join(rows) + "\n"


def test_each_rule_has_its_verdict(resume):
    with resume("state") as guest:
        for rule in RULES:
            status, output = guest.try_run(f"sudo sh -c {shlex.quote(rule.check)}", 60)
            assert (status == 0) == (not rule.reason), f"{rule.number} {rule.text}: {output}"


def test_the_page_is_that_of_the_table():
    if os.environ.get("ROS_GOLDEN_UPDATE"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "ROS_GOLDEN_UPDATE=1 writes it anew"
