"""Fifty small things that run: services here, containers of Docker here and in Debian 13."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from build import qemu

from . import run, systems, table

COUNT = 50  # as in guest/fifty
MARK = "scripts/bench --fifty"
MEASURES = (
    table.Measure("memory", "memory for each", "MB"),
    table.Measure("all", "start of all"),
    table.Measure("restart", "restart of one"),
)


@dataclass(frozen=True)
class Case:
    title: str
    machine: Callable[[Path], qemu.Machine]


def _services(**labels: str) -> dict:
    """A cloud-config: what sleeps is in the image of the console."""
    of_each = {
        "image": "console",
        "command": ["busybox", "sleep", "1000000"],
        "stop_signal": "SIGKILL",
        "labels": {"io.rancher.os.scope": "system", **labels},
    }
    names = (f"s{number:02}" for number in range(1, COUNT + 1))
    return {"rancher": {"services": dict.fromkeys(names, of_each)}}


def _shared(folder: Path) -> qemu.Machine:
    return systems.direct(folder, "fifty services", **_services(**{"io.rancher.os.shim": "fifty"}))


def _apart(folder: Path) -> qemu.Machine:
    return systems.direct(folder, "fifty services", **_services())


def _containers(folder: Path) -> qemu.Machine:
    return systems.direct(folder, "fifty containers")


def _debian(folder: Path) -> qemu.Machine:
    return systems.debian(folder, "bench.fifty")


CASES = {
    "shared": Case("services here, with one shim", _shared),
    "apart": Case("services here, a shim for each", _apart),
    "containers": Case("containers of Docker here", _containers),
    table.PEER: Case("containers of Docker in Debian 13", _debian),
}


def measure(machine: qemu.Machine, log: Path) -> dict[str, list[float]]:
    return values(run.read(machine, log).lines)


def values(lines: dict[str, list[run.Line]]) -> dict[str, list[float]]:
    """Of MEASURES: seconds, and megabytes for each."""
    before, after = (int(lines[name][0].text) for name in ("before", "after"))
    found = {name: [int(line.text) / 100 for line in lines[name]] for name in ("all", "restart")}
    return {"memory": [(after - before) * 1024 / 1e6 / COUNT], **found}


def render(measured: table.Values) -> str:
    titles = {name: case.title for name, case in CASES.items()}
    columns = [0, 1, 2, 3, 4]  # there is no floor and no budget
    lines = [table.HEAD, table.RULER, *table.rows(measured, titles, MEASURES)]
    return table.markdown([[line[column] for column in columns] for line in lines])
