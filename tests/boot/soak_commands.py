"""Ten thousand commands leave nothing behind: scripts/soak commands. ROS_COMMANDS: another number.

Descriptors of our processes are no more than before, and their own memory has not grown.
"""

import os
import re

COMMANDS = int(os.environ.get("ROS_COMMANDS", "10000"))
WARM = 500
PROCESSES = {
    "process 1": "echo 1",
    "manager": "pgrep -f '^/sbin/ros manager'",
    "logd": "pgrep -f '^/sbin/ros logd'",
    "containerd": "pgrep -f '^/usr/bin/containerd --config'",
}
GROWTH = {"containerd": 16_000}  # KiB: Go collects when it likes
OWN_GROWTH = 512

# What people and scripts ask; a client that is killed while it follows a log is one of them.
ROUND = """
ros service ps
ros service logs --lines 5 network
ros config get rancher.network
ros config validate
ros state
ros boot
ros version
ros plan
ros service ps no-such-service
timeout -s KILL 0.1 ros service logs --follow syslog
"""


def usage(guest):
    """{process: (descriptors, KiB of its own memory)}"""
    found = {}
    for name, find in PROCESSES.items():
        folder = f"/proc/{guest.run(find).split()[0]}"
        descriptors = guest.run(f"sudo ls {folder}/fd").split()
        memory = re.search(r"RssAnon:\s+(\d+) kB", guest.run(f"sudo cat {folder}/status"))
        found[name] = (len(descriptors), int(memory[1]))
    return found


def run(guest, commands):
    lines = ROUND.strip().splitlines()
    body = "; ".join(f"{line} >/dev/null 2>&1" for line in lines)
    rounds = commands // len(lines)
    guest.run(
        f"sudo sh -c 'i=0; while [ $i -lt {rounds} ]; do {body}; i=$((i+1)); done'", commands * 5
    )


def test_commands_leave_nothing_behind(resume):
    with resume() as guest:
        run(guest, WARM)
        before = usage(guest)
        run(guest, COMMANDS)
        after = usage(guest)
        print(f"before: {before}\nafter {COMMANDS} commands: {after}")
        for name, (descriptors, memory) in after.items():
            assert descriptors <= before[name][0], name
            assert memory - before[name][1] <= GROWTH.get(name, OWN_GROWTH), name
