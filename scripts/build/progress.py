"""What the user sees while stages run: one line a finished stage, and signs of life before.

On a terminal the last line shows every running stage with how far it is and the newest line of its
log. Elsewhere each running stage says every 30 s that it is still there. How far it is says the
file that the recipe writes ("DONE TOTAL UNIT"), or ninja in the newest line ("[DONE/TOTAL] ...");
otherwise the number of lines in the log does.
"""

import os
import re
import shutil
import sys
import threading
import time
from pathlib import Path

HEARTBEAT = 30.0  # seconds
REDRAW = 0.5

_lock = threading.RLock()
_running: dict[str, tuple[float, Path, Path]] = {}
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


def started(name: str, log: Path, told: Path) -> None:
    """`told` is the file in which the recipe may say how far it is."""
    with _lock:
        _running[name] = (time.monotonic(), log, told)


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
    for name, (since, log, told) in sorted(_running.items()):
        parts.append(f"{name} {time.monotonic() - since:.0f} s, {state(log, told)}")
    if parts:
        width = shutil.get_terminal_size().columns - 1
        share = max(20, width // len(parts) - 3)
        text = " | ".join(part[:share] for part in parts)
        print(f"\r\x1b[K{text[:width]}", end="", flush=True)


def _beat(beats: dict[str, float]) -> None:
    now = time.monotonic()
    for name, (since, log, told) in sorted(_running.items()):
        if now - max(since, beats.get(name, 0.0)) >= HEARTBEAT:
            beats[name] = now
            note(f"  {name}: {now - since:.0f} s, {state(log, told)[:110]}")


def state(log: Path, told: Path) -> str:
    """How far a recipe is, and the newest line of its log."""
    lines, last = _log_state(log)
    by_ninja = re.match(r"\[(\d+)/(\d+)\] ", last)
    if progress := _told(told):
        how_far = progress
    elif by_ninja:
        how_far, last = f"{by_ninja[1]} of {by_ninja[2]} steps", last[by_ninja.end() :]
    else:
        how_far = f"{lines} lines"
    return f"{how_far}: {last}"


def _told(file: Path) -> str:
    """ "1200 of 1810 objects"; "" when the file is absent or something else stands in it."""
    try:
        words = re.fullmatch(r"(\d{1,9}) (\d{1,9}) ([a-z]{1,20})\n?", file.read_text())
    except (OSError, UnicodeDecodeError):
        return ""
    if not words:
        return ""
    done, expected = int(words[1]), int(words[2])  # make says beforehand almost all that it will do
    return f"{min(done, expected)} of {expected} {words[3]}"


def _log_state(log: Path) -> tuple[int, str]:
    """Number of lines so far and the last one."""
    try:
        text = log.read_bytes()
    except FileNotFoundError:
        return 0, ""
    last = text.rstrip().rpartition(b"\n")[2].decode("utf-8", "replace")
    return text.count(b"\n"), "".join(c if c.isprintable() else " " for c in last)
