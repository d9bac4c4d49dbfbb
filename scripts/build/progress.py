"""What the user sees while stages run: one line a finished stage, and signs of life before.

On a terminal the last line shows every running stage with the number of lines in its log and the
newest of them. Elsewhere each running stage says every 30 s that it is still there.
"""

import os
import shutil
import sys
import threading
import time
from pathlib import Path

HEARTBEAT = 30.0  # seconds
REDRAW = 0.5

_lock = threading.RLock()
_running: dict[str, tuple[float, Path]] = {}
_quiet = False


def _terminal() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def be_quiet(quiet: bool) -> None:
    """With quiet, stages that were cached are not mentioned."""
    global _quiet
    _quiet = quiet


def note(text: str) -> None:
    """A line of its own, above the live one."""
    with _lock:
        erase = "\r\x1b[K" if _terminal() else ""
        print(f"{erase}{text}", flush=True)


def started(name: str, log: Path) -> None:
    with _lock:
        _running[name] = (time.monotonic(), log)


def finished(name: str, outcome: str, seconds: float) -> None:
    with _lock:
        _running.pop(name, None)
        if not (_quiet and outcome == "cached"):
            note(f"{name:<18} {outcome:<7} {seconds:7.1f} s")


def failed(name: str, message: str, others: list[str]) -> None:
    with _lock:
        _running.pop(name, None)
        note(message)
        if others:
            note(f"waiting for what still runs: {', '.join(others)}")


def show_until(done: threading.Event) -> None:
    """Runs in its own thread; draws until `done`."""
    beats: dict[str, float] = {}
    while not done.wait(REDRAW):
        with _lock:
            if _terminal():
                _draw()
            else:
                _beat(beats)


def _draw() -> None:
    parts = []
    for name, (since, log) in sorted(_running.items()):
        lines, last = _log_state(log)
        parts.append(f"{name} {time.monotonic() - since:.0f} s, {lines} lines: {last}")
    if parts:
        width = shutil.get_terminal_size().columns - 1
        share = max(20, width // len(parts) - 3)
        text = " | ".join(part[:share] for part in parts)
        print(f"\r\x1b[K{text[:width]}", end="", flush=True)


def _beat(beats: dict[str, float]) -> None:
    now = time.monotonic()
    for name, (since, log) in sorted(_running.items()):
        if now - max(since, beats.get(name, 0.0)) >= HEARTBEAT:
            beats[name] = now
            lines, last = _log_state(log)
            note(f"  {name}: {now - since:.0f} s, {lines} lines: {last[:80]}")


def _log_state(log: Path) -> tuple[int, str]:
    """Number of lines so far and the last one."""
    try:
        text = log.read_bytes()
    except FileNotFoundError:
        return 0, ""
    last = text.rstrip().rpartition(b"\n")[2].decode("utf-8", "replace")
    return text.count(b"\n"), "".join(c if c.isprintable() else " " for c in last)
