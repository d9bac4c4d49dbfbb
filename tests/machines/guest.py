"""A machine that runs: its terminal, a channel for commands, SSH, QEMU's monitor."""

import base64
import re
import time
from functools import cached_property
from pathlib import Path

from build import qemu
from machines.channel import SHELL, Answer, Channel, ChannelError
from machines.console import Console
from machines.monitor import Monitor
from machines.ssh import Ssh

PROMPT = r"\S+@\S+:\S+\$ "
READY = r"roster \S+ ready in (\d+\.\d+) s"
POLL = 0.3  # seconds between two looks from outside
LOOKS = 5  # a second, from inside


class Guest(Console):
    """What is put together as `machine`. With an SSH port, `ssh` is the key owner's way in."""

    def __init__(self, machine: qemu.Machine, log: Path, key: Path | None = None, inside=()):
        super().__init__([*inside, *qemu.command(machine)], log)
        self.machine = machine
        self.ssh = Ssh(machine.ssh_port, key) if machine.ssh_port and key else None

    @cached_property
    def channel(self) -> Channel:
        return Channel(self.machine.channel)

    @cached_property
    def monitor(self) -> Monitor:
        return Monitor(self.machine.monitor)

    def login(self, limit: float = 60) -> None:
        """Until commands are answered. Needs a shell on the terminal, and takes its place."""
        deadline = time.monotonic() + limit
        while not self._greeted():
            if time.monotonic() > deadline:
                self.fail(f"no shell on the terminal in {limit} s")

    def _greeted(self) -> bool:
        """The line is typed to a shell that shows its prompt: what comes before it may be lost, and
        a terminal keeps 4 KiB. An empty line makes it show another one."""
        self.send("")
        prompted = self.seen(PROMPT, 2)
        if prompted:
            self.send(SHELL)
        try:
            return self.channel.greeted(2 if prompted else 0)
        except ChannelError as error:
            self.fail(str(error))

    def ready(self, limit: float = 240) -> float:
        """Until everything has settled, and commands are answered; the boot's own seconds."""
        seconds = float(self.expect(READY, limit)[1])
        self.login()
        return seconds

    def ask(self, command: str, limit: float = 60) -> Answer:
        """The answer to a shell command, whatever its status."""
        try:
            return self.channel.ask(command, limit)
        except (ChannelError, OSError) as error:
            self.fail(f"'{command}': {error} ({limit} s)")

    def try_run(self, command: str, limit: float = 60) -> tuple[int, str]:
        """(exit status, what it printed)"""
        answer = self.ask(command, limit)
        return answer.status, answer.output

    def run(self, command: str, limit: float = 60) -> str:
        """As try_run, for commands that must succeed; returns what it printed."""
        status, output = self.try_run(command, limit)
        if status != 0:
            self.fail(f"'{command}' ended with status {status}: {output}")
        return output

    def write(self, path: str, content: bytes) -> None:
        """Makes a file, as the user; a relative path is in the home."""
        self.run(f"echo {base64.b64encode(content).decode()} | base64 -d >{path}")

    def post(self, command: str) -> None:
        """For a command that ends the machine, or whoever would answer."""
        self.channel.post(command)

    def wait_for(self, command: str, pattern: str, limit: float = 90) -> str:
        """Until the command's output fits; returns the output."""
        deadline = time.monotonic() + limit
        while True:
            _, output = self.try_run(command)
            if re.search(pattern, output, re.MULTILINE):
                return output
            if time.monotonic() > deadline:
                self.fail(f"'{command}' did not print /{pattern}/ in {limit} s: {output}")
            time.sleep(POLL)

    def until(self, condition: str, limit: float = 60) -> None:
        """Until a shell condition holds; it is looked at inside."""
        looks = int(limit * LOOKS)
        self.run(
            f"i=0; until {condition}; do i=$((i+1)); [ $i -lt {looks} ] || exit 1; "
            f"sleep {1 / LOOKS}; done",
            limit * 3 + 30,
        )

    def refused_calls(self) -> set[tuple[str, int]]:
        """Program and system call (x86_64) of each refusal by a service's own seccomp profile."""
        found = re.findall(r'type=1326 .*comm="([^"]+)".* syscall=(\d+)', self.run("sudo dmesg"))
        return {(program, int(call)) for program, call in found}

    def power_off(self, command: str = "sudo poweroff", limit: float = 120) -> None:
        """By command; or `sudo reboot`, where QEMU ends as well."""
        self.post(command)
        self.wait_exit(limit)
        assert "Kernel panic" not in self.text, self.text[-2000:]
        if command == "sudo poweroff":
            assert "Power down" in self.text, "the kernel did not say that it powers down"
