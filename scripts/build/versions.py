"""Debian version numbers: order, and which ones may stand in for a pinned one."""

import functools
import re
import subprocess

DATE = r"\b20\d{6}\b"


def upstream(version: str) -> str:
    """Without epoch and Debian revision."""
    return version.split(":", 1)[-1].rsplit("-", 1)[0]


def same_series(candidate: str, pinned: str) -> bool:
    """Same upstream version, or one that differs from it in the last number only.

    6.12.117 -> 6.12.118 and 2.41 -> 2.41.1 are patch releases; 6.12 -> 7.0 is not. Where a date
    stands behind a number, as in 3.20260925.1 of microcode, any other date will do.
    """
    if upstream(candidate) == upstream(pinned):
        return True
    dated = re.match(rf"(.+?){DATE}", upstream(pinned))
    if dated:
        return bool(re.match(rf"{re.escape(dated[1])}{DATE}", upstream(candidate)))
    prefix = upstream(pinned).rpartition(".")[0]
    return bool(prefix) and upstream(candidate).startswith(prefix + ".")


def newest_first(versions: list[str]) -> list[str]:
    """Distinct versions, sorted the way dpkg does."""
    return sorted(set(versions), key=functools.cmp_to_key(_compare), reverse=True)


def _compare(left: str, right: str) -> int:
    if left == right:
        return 0
    status = subprocess.run(["dpkg", "--compare-versions", left, "lt", right], check=False)
    return -1 if status.returncode == 0 else 1
