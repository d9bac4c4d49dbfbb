"""Time servers on free ports of loopback: one that says whatever it is told to, and a real one."""

import contextlib
import shutil
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

from machines.registry import free_port

SECONDS_1900_TO_1970 = 2208988800


def answer(request: bytes, seconds: float) -> bytes:
    """The answer to a client's packet (RFC 5905, mode 4): `seconds` since 1970, of stratum 1."""
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


class RealServer(NamedTuple):
    """Ports of a chronyd; with NTS, the certificate that clients must trust."""

    port: int
    nts_port: int
    certificate: Path


@contextlib.contextmanager
def real_time_server(folder: Path, name: str):
    """A chronyd with the time of this machine; clients that use NTS reach it as `name`."""
    server = RealServer(free_port(socket.SOCK_DGRAM), free_port(), folder / "nts.pem")
    key = folder / "nts.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=time", "-addext", f"subjectAltName=IP:{name}",
            "-keyout", key, "-out", server.certificate,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    config = folder / "chrony.conf"
    config.write_text(
        f"port {server.port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 3\n"
        f"cmdport 0\nbindcmdaddress /\npidfile {folder}/chronyd.pid\n"
        f"ntsport {server.nts_port}\nntsserverkey {key}\nntsservercert {server.certificate}\n"
    )
    program = shutil.which("chronyd") or "/usr/sbin/chronyd"
    # -x: the clock here is left alone.
    with (folder / "chronyd.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-d", "-x", "-u", "root", "-f", config], stdout=log, stderr=log
        )
    try:
        yield server
    finally:
        process.terminate()
        process.wait(10)
