"""When sshd greets a client on the host, through the forwarded port."""

import contextlib
import select
import socket
import time

LIMIT = 120  # seconds
STEP = 0.5  # between attempts that are neither refused nor answered: the network may not be up yet
PAUSE = 0.05  # after a refusal
AT_ONCE = 8  # open attempts; sshd would drop more


def wait(port: int) -> float | None:
    """The time of time.monotonic(), None when nothing came. Asked for when sshd is known to listen.

    An attempt stays open while others are made: closing it would throw away sshd's work on it.
    """
    deadline = time.monotonic() + LIMIT
    attempts: list[socket.socket] = []
    with contextlib.ExitStack() as opened:
        while time.monotonic() < deadline:
            if len(attempts) < AT_ONCE:
                attempt = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
                attempts.append(attempt)
            for attempt in select.select(attempts, [], [], STEP)[0]:
                with contextlib.suppress(OSError):
                    if attempt.recv(8).startswith(b"SSH-"):
                        return time.monotonic()
                attempts.remove(attempt)
                attempt.close()
                time.sleep(PAUSE)
    return None
