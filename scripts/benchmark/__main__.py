"""Boots every system several times, in turn, and prints one table: how soon each answers, what
memory it takes, how long a `docker run` and the restart of a service last, and the sizes.

docs/performance.md says what each figure is and keeps the result. A run of all systems takes about
five minutes on an idle machine; on a busy one the times are worthless, the ratios less so.
"""

import argparse
import json
import os
import signal
import tempfile
from pathlib import Path

from build import lock, schedule, sizes, stages
from build.errors import exit_with
from build.paths import BUILD, relative

from . import peer, run, table
from .systems import STAGES, SYSTEMS

FOLDER = BUILD / "bench-runs"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each system (5)")
    parser.add_argument("--systems", default=",".join(SYSTEMS), metavar="A,B", help="%(default)s")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also put the table there, between its marks"
    )
    parser.add_argument("--check", action="store_true", help="status 1 when a budget is missed")
    options = parser.parse_args()
    options.systems = options.systems.split(",")
    if unknown := set(options.systems) - set(SYSTEMS):
        parser.error(f"no system is called {', '.join(sorted(unknown))}")
    if options.runs < 1:
        parser.error("--runs: at least one")
    return options


def measure_all(names: list[str], runs: int) -> table.Values:
    """Interleaved, so that what disturbs this machine disturbs all of them."""
    values: table.Values = {name: {} for name in names}
    FOLDER.mkdir(exist_ok=True)
    for number in range(1, runs + 1):
        for name in names:
            with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
                machine = SYSTEMS[name].machine(Path(folder))
                found = run.measure(machine, FOLDER / f"{name}-{number}.log")
            for measure, list_of in found.items():
                values[name].setdefault(measure, []).extend(list_of)
            (FOLDER / "values.json").write_text(json.dumps(values, indent=1) + "\n")
            seconds = found["docker"][0]
            print(f"run {number}, {name}: Docker answers after {seconds:.2f} s", flush=True)
    return values


def all_sizes(names: list[str]) -> list[table.Size]:
    """Those of scripts/sizes, and the peer's."""
    found = []
    for row in sizes.ROWS:
        of = [sizes.size(file) for file in row.files]
        if None not in of:
            found.append(table.Size(row.name, sum(of), row.budget))
    if table.PEER in names:
        found.append(table.Size("Debian 13: all files", peer.obtain().size()))
    return found


def main() -> int:
    options = arguments()
    pinned = lock.load()
    wanted = stages.with_needs(stages.load(pinned), STAGES)
    schedule.build(wanted, pinned, stages.source_date_epoch())
    if table.PEER in options.systems:
        peer.obtain()
    load = os.getloadavg()[0]
    values = measure_all(options.systems, options.runs)
    titles = {name: system.title for name, system in SYSTEMS.items()}
    all_of = all_sizes(options.systems)
    text = (
        f"Runs of each system: {options.runs}, interleaved. Load of the machine before: {load:.1f}."
        f"\n\n{table.render(values, titles, all_of)}"
    )
    print(f"\n{text}", end="")
    if options.out:
        page = options.out.read_text() if options.out.exists() else ""
        options.out.write_text(table.put(page, text))
        print(f"put into {relative(options.out.absolute())}")
    missed = table.missed(values, titles, all_of)
    for name in missed:
        print(f"budget missed: {name}")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    exit_with(main)
