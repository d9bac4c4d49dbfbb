"""SSH into a guest: OpenSSH's client with a key of its own and nothing of the user's settings."""

import subprocess
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
        words = ["ssh", *self.options(*more), "-p", str(self.port), f"{user}@127.0.0.1"]
        return [*words, command] if command else words

    def try_run(self, command: str, limit: float = 60, user: str = "rancher", more=()):
        """(exit status, output); NO_LOGIN and ssh's words when there is no login."""
        done = subprocess.run(
            self.command(command, user, more), capture_output=True, stdin=subprocess.DEVNULL,
            timeout=limit, check=False,
        )  # fmt: skip
        text = (done.stdout + done.stderr).decode("utf-8", "replace").replace("\r", "")
        return done.returncode, text.rstrip("\n")

    def run(self, command: str, limit: float = 60, user: str = "rancher") -> str:
        status, output = self.try_run(command, limit, user)
        assert status == 0, f"'{command}' ended with status {status}: {output}"
        return output

    def wait(self, limit: float = 180) -> None:
        """Until a login works."""
        deadline = time.monotonic() + limit
        said = ""
        while time.monotonic() < deadline:
            try:
                status, said = self.try_run("true", 60)
            except subprocess.TimeoutExpired:
                continue
            if status == 0:
                return
            time.sleep(0.5)
        raise AssertionError(f"no login over SSH in {limit} s: {said}")
