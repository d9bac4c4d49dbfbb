"""A time server that says whatever it is told to (RFC 5905, mode 4), on a free port of loopback."""

import contextlib
import socket
import struct
import threading
import time

SECONDS_1900_TO_1970 = 2208988800


def answer(request: bytes, seconds: float) -> bytes:
    """The answer to a client's packet: `seconds` since 1970, from a clock of the first stratum."""
    now = struct.pack("!Q", int((seconds + SECONDS_1900_TO_1970) * 2**32))
    version = request[0] & 0x38
    head = struct.pack("!BBbbII4s", version | 4, 1, request[2], -20, 0, 0, b"GPS\0")
    return head + now + request[40:48] + now + now


@contextlib.contextmanager
def time_server(seconds: int):
    """Serves while the block runs, from this time on; gives the port."""
    start = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve():
            while True:
                request, client = server.recvfrom(1024)
                if len(request) < 48:
                    return
                server.sendto(answer(request, seconds + time.monotonic() - start), client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.sendto(b"", server.getsockname())
            thread.join()
