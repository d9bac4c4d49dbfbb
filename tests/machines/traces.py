"""What is left behind in a machine that was not cleaned up: compared with an earlier look."""

import collections
import re
import time

LIMIT = 180  # seconds: what was killed is cleaned up a little later

# Commands that print one line a thing.
PLACES = {
    "shims": "ps -o args | grep -o '^[^ ]*containerd-shim[^ ]* -namespace [^ ]*'",
    "mounts": "sudo cat /proc/1/mounts | cut -d ' ' -f 2,3",
    "cgroups": "find /sys/fs/cgroup/system /sys/fs/cgroup/user -type d",
    "fifos": "sudo ls /run/ros/logs",
    "service containers": "sudo sh -c 'ls -d /run/system-containerd/*.task/*/*'",
    "user containers": "docker ps -a --format '{{.Names}} {{.State}}'",
}
SEPARATOR = "--traces--"
SESSION = re.compile(r"/session/\S+")  # logins come and go


class Traces:
    """A look at a machine. `run` takes a shell command and returns what that printed."""

    def __init__(self, run):
        self._run = run
        self._before = self._look()
        while (again := self._look()) != self._before:  # something is still under way
            self._before = again

    def left(self) -> dict:
        """What is there now and was not before, or the other way round; numbers are blanked out."""
        found = {}
        now = self._look()
        for name, before in self._before.items():
            if more := now[name] - before:
                found[f"more {name}"] = dict(more)
            if missing := before - now[name]:
                found[f"missing {name}"] = dict(missing)
        return found

    def gone(self, limit: float = LIMIT) -> dict:
        """Waits until nothing is left; what is left all the same when the limit has passed."""
        deadline = time.monotonic() + limit
        while (found := self.left()) and time.monotonic() < deadline:
            time.sleep(0.5)
        return found

    def _look(self) -> dict:
        parts = self._run(f"; echo {SEPARATOR}; ".join(PLACES.values())).split(SEPARATOR)
        return {name: _counted(text) for name, text in zip(PLACES, parts, strict=True)}


def _counted(text: str) -> collections.Counter:
    lines = [line for line in text.splitlines() if line and not SESSION.search(line)]
    return collections.Counter(re.sub(r"\d+", "N", line) for line in lines)
