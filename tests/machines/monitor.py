"""QEMU's monitor (QMP): devices that come and go while the machine runs, saving and resuming."""

import json
import time

from machines import sockets


class MonitorError(AssertionError):
    """QEMU refused a command or did not report an event in time."""


class Monitor:
    """One connection to the socket of qemu.Machine.monitor."""

    def __init__(self, path, limit=20.0):
        try:
            self._socket = sockets.connect(path, limit)
        except OSError as error:
            raise MonitorError(f"no monitor at {path}: {error}") from error
        self._lines = self._socket.makefile("r")
        self._events = []
        self._receive("QMP", limit)
        self.run("qmp_capabilities")

    def run(self, command, limit=20.0, **arguments):
        """Carries out a command; returns what it returns."""
        names = {key.replace("_", "-"): value for key, value in arguments.items()}
        request = {"execute": command, "arguments": names}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        return self._receive("return", limit)["return"]

    def wait_event(self, name, limit=30.0, **data):
        """The next event of that name whose data has these members."""
        deadline = time.monotonic() + limit
        while True:
            for event in self._events:
                if event["event"] == name and data.items() <= event.get("data", {}).items():
                    self._events.remove(event)
                    return event
            self._receive("event", deadline - time.monotonic())

    def wait_status(self, wanted, limit=30.0):
        """Until a migration, out or in, is as wanted."""
        deadline = time.monotonic() + limit
        while (state := self.run("query-migrate"))["status"] != wanted:
            if state["status"] == "failed" or time.monotonic() > deadline:
                raise MonitorError(f"migration: not {wanted}: {state}")
            time.sleep(0.02)

    def unplug(self, device):
        """Takes a device away, and waits until the guest has let it go."""
        self.run("device_del", id=device)
        self.wait_event("DEVICE_DELETED", device=device)

    def _receive(self, member, limit):
        deadline = time.monotonic() + limit
        while True:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.01))
            try:
                message = json.loads(self._lines.readline())
            except (TimeoutError, ValueError) as error:
                raise MonitorError(f"no '{member}' from the monitor: {error}") from error
            if "error" in message:
                raise MonitorError(message["error"]["desc"])
            if "event" in message:
                self._events.append(message)
            if member in message:
                return message
