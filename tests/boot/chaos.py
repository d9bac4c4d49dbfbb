"""kill -9 in random order under load, and what must hold after it.

Every random choice comes from one seed, which a failure names.
"""

import collections
import itertools
import json
import random
import re
import time

import pytest

from machines.ssh import NO_LOGIN
from machines.traces import LIMIT, Traces

COUNT = "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.2; done"
AWAY_LINES = 150  # at five a second: longer than dockerd is away
COUNTERS = ("count-a", "count-b", "count-c")
# What is killed: a command that prints the process numbers to choose one from.
TARGETS = {
    "manager": "pgrep -f '^/sbin/ros manager'",
    "logd": "pgrep -f '^/sbin/ros logd'",
    "containerd": "pgrep -f '^/usr/bin/containerd '",
    "dockerd": "pgrep -f '^(/usr/bin/)?dockerd'",
    "sshd": "pgrep -f '^sshd: /usr/sbin/sshd|^/usr/sbin/sshd -D'",
    "shim of a service": "pgrep -f 'containerd-shim-runc-v2 .*run/system-containerd'",
    "service": "sudo ros service ps --json | sed -n 's/.*\"pid\": *\\([1-9][0-9]*\\).*/\\1/p'",
}


class Chaos:
    """A guest with user containers that count; faults, and checks against the first look."""

    def __init__(self, guest, registry, seed):
        self.guest = guest
        self.random = random.Random(seed)
        self.seed = seed
        self.killed = collections.Counter()
        self.order = collections.deque(maxlen=40)  # (time, kind) of the latest
        for name in COUNTERS:
            guest.run(f"docker run -d --name {name} {registry.image} sh -c '{COUNT}'", 120)
        self.services = self._running_services()
        self.processes = self._counter_processes()
        self.traces = Traces(lambda command: self._try(command)[1])

    def kill_one(self):
        """Kills one process of a random kind."""
        kind = self.random.choice(sorted(TARGETS))
        place = self.random.randrange(1000)
        choose = f"set -- $({TARGETS[kind]}); [ $# -gt 0 ] && shift $(({place} % $#))"
        # After the logout: the victim may be what the session lives in.
        kill = "{ (sleep 0.1; sudo kill -9 $1) >/dev/null 2>&1 & }"
        if self._try(f"{choose} && {kill}")[0] == 0:  # else it is just being started again
            self.killed[kind] += 1
            self.order.append((time.strftime("%T", time.gmtime()), kind))
        time.sleep(self.random.uniform(0, 1))

    def check(self):
        """Everything is as it was, but for the logs, which are longer."""
        self._wait_until("the services run", lambda: self._running_services() == self.services)
        self._wait_until("docker answers", lambda: self._try("docker ps")[0] == 0)
        assert self._counter_processes() == self.processes, self.say("a user container was touched")
        for name in COUNTERS:
            gaps = gaps_of(self._counts(name))
            assert excusable(gaps, self.killed["dockerd"]), self.say(
                f"the log of {name} has gaps: {self._around(name, gaps)}"
            )
        self.guest.ssh.wait(fresh=True)
        if left := self.traces.gone():
            self._fail(f"left behind: {left}")

    def say(self, what):
        return f"{what} (seed {self.seed}, killed {dict(self.killed)}, last {list(self.order)})"

    def _wait_until(self, what, condition):
        deadline = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > deadline:
                self._fail(f"not so in {LIMIT} s: {what}")
            time.sleep(0.5)

    def _fail(self, what):
        listed = self._try("sudo ros service ps; ps -o pid,args | grep '[-]namespace '")[1]
        self.guest.fail(self.say(f"{what}\n{listed}"))

    def _try(self, command):
        """(exit status, output) over SSH: a terminal's shell ends with the console. Again, when
        there is no way in, or it was cut off: sshd is among what is killed."""
        deadline = time.monotonic() + LIMIT
        while True:
            status, output = self.guest.ssh.try_run(command, 120)
            if status != NO_LOGIN:
                return status, output
            if time.monotonic() > deadline:
                self.guest.fail(self.say(f"no login in {LIMIT} s: {output}"))
            time.sleep(0.5)

    def _running_services(self):
        status, text = self._try("sudo ros service ps --json")
        rows = json.loads(text) if status == 0 else []
        return {row["name"]: row["ready"] for row in rows if row["state"] == "running"}

    def _counter_processes(self):
        form = "{{.State.Pid}} {{.RestartCount}} {{.State.StartedAt}}"
        return self._try(f"docker inspect -f '{form}' {' '.join(COUNTERS)}")[1].split("\n")

    def _counts(self, name):
        lines = self._try(f"docker logs {name} 2>&1")[1]
        return [int(n) for n in re.findall(r"count (\d+)", lines)]

    def _around(self, name, gaps):
        """The lines before and after each gap, with the time at which dockerd got them."""
        ends = "|".join(f"count ({a}|{b})" for a, b in gaps)
        return self._try(f"date -u +%T; docker logs -t {name} 2>&1 | grep -E '({ends})$'")[1]


def gaps_of(counts):
    """Pairs of numbers that follow each other in a log and not in counting."""
    return [(a, b) for a, b in itertools.pairwise([0, *counts]) if b != a + 1]


def excusable(gaps, kills):
    """dockerd takes what is in the container's pipe into its memory, then writes it to the log.
    Killed in between, it has lost that, once for each kill at most: usually one line; when it has
    just started, all that came while it was away. Everything else has to be there once."""
    return len(gaps) <= kills and all(1 < b - a <= AWAY_LINES for a, b in gaps)


def kill_in_random_order(resume, registry, seed, kills, check_every):
    """Ends with the negative control: a container that was touched is noticed."""
    with resume() as guest:
        chaos = Chaos(guest, registry, seed)
        for number in range(1, kills + 1):
            chaos.kill_one()
            if number % check_every == 0 or number == kills:
                chaos.check()
        if kills > 20 * len(TARGETS):
            assert set(chaos.killed) == set(TARGETS), chaos.say("a kind was never killed")
        guest.ssh.run("docker restart -t 0 count-b", 120)
        with pytest.raises(AssertionError, match="a user container was touched"):
            chaos.check()
        print(f"{kills} kills with seed {seed}, nothing lost: {dict(chaos.killed)}")
