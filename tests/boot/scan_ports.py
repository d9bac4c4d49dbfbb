"""TCP ports of a machine, by trying to connect: scan_ports.py ADDRESS [PORT...] prints open ones.

Without ports it tries all of them.
"""

import errno
import select
import socket
import sys

AT_ONCE = 256
ANSWER_LIMIT = 30_000  # milliseconds; a port says no at once


def open_ports(address, ports):
    """Those that take a connection. A port that does not answer at all is an error."""
    waiting = {}
    poll = select.poll()
    for port in ports:
        sock = socket.socket()
        sock.setblocking(False)
        assert sock.connect_ex((address, port)) in (0, errno.EINPROGRESS)
        waiting[sock.fileno()] = (sock, port)
        poll.register(sock, select.POLLOUT)
    found = []
    while waiting:
        events = poll.poll(ANSWER_LIMIT)
        if not events:
            sys.exit(f"no answer from ports {sorted(port for _, port in waiting.values())}")
        for number, _ in events:
            sock, port = waiting.pop(number)
            poll.unregister(number)
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.append(port)
            sock.close()
    return found


def main():
    address, *some = sys.argv[1:]
    ports = [int(port) for port in some] or range(1, 65536)
    for first in range(0, len(ports), AT_ONCE):
        for port in sorted(open_ports(address, ports[first : first + AT_ONCE])):
            print(port)


if __name__ == "__main__":
    main()
