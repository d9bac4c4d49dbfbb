"""Unix sockets of QEMU, which it makes a moment after it was started."""

import socket
import time
from pathlib import Path


def connect(path: Path, limit: float) -> socket.socket:
    """A connection; OSError when there is none within `limit` seconds."""
    connection = socket.socket(socket.AF_UNIX)
    deadline = time.monotonic() + limit
    while True:
        try:
            connection.connect(str(path))
            return connection
        except OSError:
            if time.monotonic() > deadline:
                connection.close()
                raise
            time.sleep(0.02)
