"""Which checks of the last run took longest. CTest writes build/checks.xml (CMakePresets.json) when
it has ended, whatever came of the checks, with the times of this run alone."""

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from .paths import ROOT

REPORT = ROOT / "build" / "checks.xml"
SHOWN = 10
# A line of pytest's --durations.
TEST = re.compile(r"^\s*(\d+\.\d+)s (?:call|setup|teardown) +(?:\S+::)?(.+?)\s*$", re.MULTILINE)


def slowest(report: str) -> list[str]:
    """A line for each of the slowest checks, longest first, with the slowest test within it."""
    cases = [(float(case.get("time", 0)), case) for case in ET.fromstring(report).iter("testcase")]
    cases.sort(key=lambda timed: -timed[0])
    return [_line(seconds, case) for seconds, case in cases[:SHOWN]]


def _line(seconds: float, case: ET.Element) -> str:
    tests = TEST.findall(case.findtext("system-out") or "")
    longest = max(tests, key=lambda test: float(test[0]), default=None)
    within = f"  {longest[1]} {float(longest[0]):.1f} s" if longest else ""
    return f"{seconds:8.1f} s  {case.get('name'):<24}{within}".rstrip()


def main(report: Path = REPORT) -> int:
    if report.exists():
        print("\n".join(["", "slowest checks:", *slowest(report.read_text())]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
