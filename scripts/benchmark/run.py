"""One run of one system: its console is read, and every marker gets the host's time.

The probe's lines go through the guest's kernel, which writes its own time before them. With both
clocks known for one line, everything that the kernel noted has a time on the host's clock, too.
"""

import re
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from build import qemu
from build.errors import BuildError
from build.paths import relative

from . import greeting

LIMIT = 900  # seconds for one run
MARKER = re.compile(r"\[ *(\d+\.\d+)\] bench: (\S+) (.*)")
KERNEL_NOTE = re.compile(r"\[ *(\d+\.\d+)\] Run /init as init process")
ANSWERS = ("containerd", "docker", "container")


@dataclass
class Line:
    """A marker: seconds on the host since power-on, seconds of the guest's kernel, the rest."""

    host: float
    guest: float
    text: str


@dataclass
class Console:
    """What a machine says, from power-on; everything is also written to a log."""

    machine: qemu.Machine
    log: Path
    lines: dict[str, list[Line]] = field(default_factory=dict)
    ssh: float | None = None

    def watch(self) -> None:
        """Starts the machine and ends it when its measurement has ended."""
        began = time.monotonic()
        process = subprocess.Popen(
            qemu.command(self.machine),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        alarm = threading.Timer(LIMIT, process.terminate)
        alarm.start()
        greeter = threading.Thread(target=self._greet, args=(began,))
        try:
            with self.log.open("wb") as log:
                for raw in process.stdout:
                    now = time.monotonic() - began
                    log.write(raw)
                    log.flush()
                    self._note(raw.decode("utf-8", "replace"), now)
                    if "ssh" in self.lines and not greeter.ident:
                        greeter.start()
                    if self._over():
                        break
            if greeter.ident:
                greeter.join()
        finally:
            alarm.cancel()
            process.terminate()
            process.wait()

    def _note(self, text: str, now: float) -> None:
        if found := MARKER.search(text):
            line = Line(now, float(found[1]), found[3].strip())
            self.lines.setdefault(found[2], []).append(line)

    def _greet(self, began: float) -> None:
        met = greeting.wait(self.machine.ssh_port)
        self.ssh = met - began if met else None

    def _over(self) -> bool:
        return "failed" in self.lines or "end" in self.lines


def read(machine: qemu.Machine, log: Path) -> Console:
    """What it has said from power-on to the end of its measurement."""
    console = Console(machine, log)
    console.watch()
    if "end" not in console.lines:
        said = [line.text for line in console.lines.get("failed", [])]
        reason = said[0] if said else f"not at its end after {LIMIT} s, or ended by itself"
        raise BuildError(f"a run failed: {reason}; console: {relative(log)}")
    return console


def measure(machine: qemu.Machine, log: Path) -> dict[str, list[float]]:
    """Values of every measure (table.py names them); several where a run has several."""
    console = read(machine, log)
    return values(console.lines, console.ssh)


def values(lines: dict[str, list[Line]], ssh: float | None) -> dict[str, list[float]]:
    """Measures from the markers; times in seconds, memory in megabytes."""
    probe = lines["probe"][0]
    kernel = probe.host - probe.guest
    note = KERNEL_NOTE.search(lines["init"][0].text)
    found = {"kernel": [kernel], "userspace": [kernel + float(note[1])], "probe": [probe.host]}
    for name in ANSWERS:
        found[name] = [lines[name][0].host]
    if ssh is not None:
        found["ssh"] = [ssh]
    for name in ("run", "restart"):
        if name in lines:
            found[name] = [int(line.text) / 100 for line in lines[name]]
    found["memory"] = [int(lines["memory"][0].text) * 1024 / 1e6]
    found["cost"] = [int(lines["cost"][0].text) / 1000]
    return found
