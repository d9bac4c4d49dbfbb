"""A process of QEMU and its serial terminal: send lines, expect patterns, always with a limit.

The whole output is kept; a failed expectation raises GuestError, whose text ends with the last
lines of it, and the complete log stays in a file that the message names.
"""

import contextlib
import re
import subprocess
import threading
import time
from pathlib import Path

LOG_TAIL = 6000  # characters of the serial log shown with a failure


class GuestError(AssertionError):
    """An expectation about the guest that did not hold in time."""


class Console:
    """One running QEMU. Use as a context manager: it is stopped at the end, whatever happens."""

    def __init__(self, command, log_path):
        self.log_path = Path(log_path)
        self._log = self.log_path.open("wb")
        self._changed = threading.Condition()
        self._text = ""
        self._position = 0  # everything before it has been consumed by expect()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _read(self):
        while chunk := self.process.stdout.read1(65536):
            self._log.write(chunk)
            self._log.flush()
            with self._changed:
                self._text += chunk.decode("utf-8", "replace").replace("\r", "")
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def text(self):
        """Everything the guest printed so far."""
        return self._text

    def fail(self, reason):
        seconds = time.monotonic() - self.started
        raise GuestError(
            f"{reason} ({seconds:.1f} s after start; whole log: {self.log_path})\n"
            f"--- serial log, last {LOG_TAIL} characters ---\n{self._text[-LOG_TAIL:]}\n--- end ---"
        )

    def seen(self, pattern, limit):
        """Waits for `pattern` in what has not been consumed yet, and consumes up to its end; None:
        it did not come."""
        regex = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + limit
        with self._changed:
            while True:
                match = regex.search(self._text, self._position)
                if match:
                    self._position = match.end()
                    return match
                left = deadline - time.monotonic()
                if self._ended() or left <= 0:
                    return None
                self._changed.wait(min(left, 0.5))

    def expect(self, pattern, limit=60.0):
        """The same; it has to come."""
        match = self.seen(pattern, limit)
        if match:
            return match
        ended = self._ended()
        why = f"QEMU ended with status {self.process.returncode}" if ended else f"not in {limit} s"
        self.fail(f"expected /{pattern}/: {why}")

    def _ended(self):
        return self.process.poll() is not None and not self._reader.is_alive()

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def send_keys(self, keys):
        """Without a line's end."""
        self.process.stdin.write(keys.encode())
        self.process.stdin.flush()

    def wait_exit(self, limit=60.0):
        """Waits for QEMU to end by itself (power-off with -no-reboot)."""
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.fail(f"the machine did not power off in {limit} s")
        self._reader.join(5)
        return self.process.returncode

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(5)
        self._reader.join(5)
        self._log.close()
