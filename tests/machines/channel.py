"""Commands in the guest over a virtio-serial port that nothing else writes to.

One line each way. The request is `ID COMMAND`, the answer `ID STATUS STDOUT STDERR`; command and
outputs are base64, so that each is whole whatever is in it. A shell in the guest answers.
Guest.login() starts it on the terminal, as the user that is logged in there. Every command gets a
subshell: what it sets ends with it.
"""

import base64
import contextlib
import itertools
import time
from dataclasses import dataclass
from pathlib import Path

from machines import sockets

_ids = itertools.count(1)

# Takes the place of the login shell, so that the terminal reads no second one of these lines.
# `exec 3<>` and not a pipe: a command's own background processes hold nothing of it open.
SHELL = (
    "exec sh -c 'p=$(echo /dev/vport*p1) d=/tmp/.channel; sudo chown $(id -u) $p && mkdir -p $d &&"
    ' exec 3<>$p && echo "0 0  " >&3 && while read -r i c <&3; do'
    ' (eval "$(echo $c | base64 -d)") 3>&- </dev/null >$d/o 2>$d/e;'
    ' echo "$i $? $(base64 -w0 $d/o) $(base64 -w0 $d/e)" >&3; done\''
)


class ChannelError(AssertionError):
    """No answer in time."""


@dataclass(frozen=True)
class Answer:
    """What a command left; both outputs without their last line's end."""

    status: int
    out: str
    err: str

    @property
    def output(self) -> str:
        return "\n".join(part for part in (self.out, self.err) if part)


class Channel:
    """The host's end: the socket of qemu.Machine.channel."""

    def __init__(self, path: Path, limit: float = 20):
        try:
            self._socket = sockets.connect(path, limit)
        except OSError as error:
            raise ChannelError(f"no channel at {path}: {error}") from error
        self._received = b""

    def greeted(self, limit: float) -> bool:
        """Whether the guest's end says in time that it is there."""
        with contextlib.suppress(ChannelError):
            self._wait("0", time.monotonic() + limit)
            return True
        return False

    def post(self, command: str) -> str:
        """Has it run; for commands after which nobody answers. Returns the request's id."""
        request = str(next(_ids))
        self._socket.settimeout(20)
        self._socket.sendall(f"{request} {_encoded(command)}\n".encode())
        return request

    def ask(self, command: str, limit: float) -> Answer:
        return self._wait(self.post(command), time.monotonic() + limit)

    def _wait(self, request: str, deadline: float) -> Answer:
        """Skips late answers to earlier requests, whose limit had passed."""
        while True:
            ident, status, out, err = self._line(deadline).split(" ")
            if ident == request:
                return Answer(int(status), _decoded(out), _decoded(err))

    def _line(self, deadline: float) -> str:
        while b"\n" not in self._received:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.01))
            try:
                chunk = self._socket.recv(65536)
            except TimeoutError:
                raise ChannelError("no answer in time") from None
            if not chunk:
                raise ChannelError("the machine has ended")
            self._received += chunk
        line, _, self._received = self._received.partition(b"\n")
        return line.decode()


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode("utf-8", "replace").replace("\r", "").rstrip("\n")
