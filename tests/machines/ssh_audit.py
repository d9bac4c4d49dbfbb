"""What an SSH server offers, as anybody who connects sees it: RFC 4253, 7.1 (SSH_MSG_KEXINIT)."""

import socket
import struct

KEXINIT = 20
COOKIE = 16
LISTS = (
    "kex", "host keys", "ciphers in", "ciphers out", "macs in", "macs out",
    "compression in", "compression out",
)  # fmt: skip


def offered(port: int, limit: float = 60) -> dict[str, list[str]]:
    """Lists of names, those of LISTS."""
    connection = socket.create_connection(("127.0.0.1", port), limit)
    with connection, connection.makefile("rb") as stream:
        while not stream.readline().startswith(b"SSH-"):
            pass
        connection.sendall(b"SSH-2.0-audit\r\n")
        length, padding = struct.unpack(">IB", stream.read(5))
        payload = stream.read(length - 1)[: length - 1 - padding]
    assert payload[0] == KEXINIT, payload[:20]
    rest = payload[1 + COOKIE :]
    found = {}
    for name in LISTS:
        (size,) = struct.unpack(">I", rest[:4])
        found[name] = rest[4 : 4 + size].decode().split(",")
        rest = rest[4 + size :]
    return found
