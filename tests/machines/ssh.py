"""SSH into a guest: OpenSSH's client with a key of its own and nothing of the user's settings.

Commands share one connection, as a key exchange costs seconds under emulation. Where the login is
what is tested, `fresh` makes a connection for it.
"""

import subprocess
import tempfile
import time
from pathlib import Path

# What ssh itself ends with when there is no connection or no login.
NO_LOGIN = 255


def make_key(folder: Path, name: str = "id_ed25519", *kind: str) -> Path:
    key = folder / name
    kind = kind or ("-t", "ed25519")
    subprocess.run(["ssh-keygen", "-q", *kind, "-N", "", "-C", "test", "-f", key], check=True)
    return key


class Ssh:
    """Ways in through a forwarded port of loopback."""

    def __init__(self, port: int, key: Path):
        self.port = port
        self.key = key
        # Removed with this object; the shared connection ends with the machine.
        self._folder = tempfile.TemporaryDirectory(prefix="ssh-", ignore_cleanup_errors=True)

    def options(self, *more: str) -> list[str]:
        """For ssh, scp and sftp; `more` are further -o options, which win."""
        fixed = (
            "BatchMode=yes",
            "ConnectTimeout=60",  # the login banner has to come in that time, too
            "IdentitiesOnly=yes",
            "LogLevel=ERROR",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
        )
        words = ["-F", "/dev/null", "-i", str(self.key)]
        for option in (*more, *fixed):
            words += ["-o", option]
        return words

    def command(self, command: str = "", user: str = "rancher", more=()) -> list[str]:
        """The words that log in by a connection of their own."""
        words = ["ssh", *self.options(*more), "-p", str(self.port), f"{user}@127.0.0.1"]
        return [*words, command] if command else words

    def _shared(self) -> tuple[str, ...]:
        path = f"{self._folder.name}/%r"
        return ("ControlMaster=auto", f"ControlPath={path}", "ControlPersist=yes")

    def try_run(self, command, limit=60, user="rancher", more=(), fresh=False):
        """(exit status, output); NO_LOGIN and ssh's words when there is no login."""
        options = more if fresh or more else self._shared()
        done = subprocess.run(
            self.command(command, user, options), capture_output=True, stdin=subprocess.DEVNULL,
            timeout=limit, check=False,
        )  # fmt: skip
        text = (done.stdout + done.stderr).decode("utf-8", "replace").replace("\r", "")
        return done.returncode, text.rstrip("\n")

    def run(self, command, limit=60, user="rancher", fresh=False) -> str:
        status, output = self.try_run(command, limit, user, fresh=fresh)
        assert status == 0, f"'{command}' ended with status {status}: {output}"
        return output

    def wait(self, limit: float = 180, fresh=False) -> None:
        """Until a command is answered; `fresh`: over a new login, whatever connection there is."""
        deadline = time.monotonic() + limit
        said = ""
        while time.monotonic() < deadline:
            try:
                status, said = self.try_run("true", 60, fresh=fresh)
            except subprocess.TimeoutExpired:
                continue
            if status == 0:
                return
            time.sleep(0.3)
        raise AssertionError(f"no login over SSH in {limit} s: {said}")
