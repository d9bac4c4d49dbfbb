"""Boots every system several times, in turn, and prints one table: how soon each answers, what
memory it takes, how long a `docker run` and the restart of a service last, and the sizes.

docs/performance.md says what each figure is and keeps the result. A run of all systems takes about
five minutes on an idle machine; on a busy one the times are worthless, the ratios less so.
"""

import argparse
import json
import os
import random
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from build import lock, qemu, schedule, sizes, stages
from build.errors import exit_with
from build.paths import BUILD, relative

from . import fifty, peer, run, table
from .systems import STAGES, SYSTEMS

FOLDER = BUILD / "bench-runs"
Machine = Callable[[Path], qemu.Machine]  # in a folder of its own
Measurement = Callable[[qemu.Machine, Path], dict[str, list[float]]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each system (5)")
    parser.add_argument("--systems", default=",".join(SYSTEMS), metavar="A,B", help="%(default)s")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also put the table there, between its marks"
    )
    parser.add_argument(
        "--fifty", action="store_true", help="instead: fifty services beside fifty containers"
    )
    parser.add_argument("--check", action="store_true", help="status 1 when a budget is missed")
    options = parser.parse_args()
    options.systems = options.systems.split(",")
    if unknown := set(options.systems) - set(SYSTEMS):
        parser.error(f"no system is called {', '.join(sorted(unknown))}")
    if options.runs < 1:
        parser.error("--runs: at least one")
    return options


def measure_all(machines: dict[str, Machine], measure: Measurement, runs: int) -> table.Values:
    """Interleaved, so that what disturbs this machine disturbs all of them; each round in another
    order, and none while the disk still writes, so that none pays for the one before it."""
    values: table.Values = {name: {} for name in machines}
    FOLDER.mkdir(exist_ok=True)
    for number in range(1, runs + 1):
        order = random.Random(number)  # the same orders every time
        for name in order.sample(list(machines), len(machines)):
            with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
                machine = machines[name](Path(folder))
                os.sync()
                found = measure(machine, FOLDER / f"{name}-{number}.log")
            for what, list_of in found.items():
                values[name].setdefault(what, []).extend(list_of)
            (FOLDER / "values.json").write_text(json.dumps(values, indent=1) + "\n")
            print(f"run {number}, {name}: measured", flush=True)
    return values


def all_sizes(names: list[str]) -> list[table.Size]:
    """Those of scripts/sizes, and the peer's."""
    found = []
    for row in (*sizes.ROWS, sizes.RELEASE):
        of = [sizes.size(file) for file in row.files]
        if None not in of:
            found.append(table.Size(row.name, sum(of), row.budget))
    if table.PEER in names:
        found.append(table.Size("Debian 13: all files", peer.obtain().size()))
    return found


def boots(options: argparse.Namespace) -> int:
    """The systems from power-on to idle."""
    load = os.getloadavg()[0]
    machines = {name: SYSTEMS[name].machine for name in options.systems}
    values = measure_all(machines, run.measure, options.runs)
    titles = {name: system.title for name, system in SYSTEMS.items()}
    all_of = all_sizes(options.systems)
    text = (
        f"Runs of each system: {options.runs}, interleaved. Load of the machine before: {load:.1f}."
        f"\n\n{table.render(values, titles, all_of)}"
    )
    show(text, options.out, "scripts/bench")
    missed = table.missed(values, titles, all_of)
    for name in missed:
        print(f"budget missed: {name}")
    return 1 if missed and options.check else 0


def fifties(options: argparse.Namespace) -> int:
    machines = {name: case.machine for name, case in fifty.CASES.items()}
    values = measure_all(machines, fifty.measure, options.runs)
    text = f"Runs of each: {options.runs}, interleaved.\n\n{fifty.render(values)}"
    show(text, options.out, fifty.MARK)
    return 0


def show(text: str, out: Path | None, mark: str) -> None:
    print(f"\n{text}", end="")
    if out:
        page = out.read_text() if out.exists() else ""
        out.write_text(table.put(page, text, mark))
        print(f"put into {relative(out.absolute())}")


def main() -> int:
    options = arguments()
    pinned = lock.load()
    wanted = stages.with_needs(stages.load(pinned), STAGES)
    schedule.build(wanted, pinned, stages.source_date_epoch())
    if options.fifty or table.PEER in options.systems:
        peer.obtain()
    return fifties(options) if options.fifty else boots(options)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    exit_with(main)
