"""Every TCP port of a machine, by trying to connect: scan_ports.py ADDRESS prints the open ones."""

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
    for first in range(1, 65536, AT_ONCE):
        for port in sorted(open_ports(sys.argv[1], range(first, min(first + AT_ONCE, 65536)))):
            print(port)


if __name__ == "__main__":
    main()
