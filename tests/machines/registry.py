"""A real registry on the host."""

import contextlib
import shutil
import socket
import subprocess
import time

from build.paths import ARCH, DEBIAN_ARCHITECTURES
from machines.medium import artefact

HOST_SEEN_BY_GUEST = "10.0.2.2"  # QEMU's user network: the host's loopback
PROGRAMS = ("sh", "echo", "cat", "sleep", "true", "wget", "nc", "ls", "touch", "id", "mount")


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    """The distribution server on a free port of loopback, with one image pushed to it.

    Under a name of its own, and under one of Docker Hub for those who use it as a mirror of that.
    """

    def __init__(self, folder):
        self.port = free_port()
        self.guest_address = f"{HOST_SEEN_BY_GUEST}:{self.port}"
        self.image = f"{self.guest_address}/test/busybox:1"  # as the guest calls it
        tools = artefact("test-registry/bin")
        config = folder / "registry.yml"
        config.write_text(
            f"version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: "
            f"{{rootdirectory: {folder}/data}}\nhttp: {{addr: '127.0.0.1:{self.port}'}}\n"
        )
        self.log = (folder / "registry.log").open("wb")
        self.process = subprocess.Popen(
            [tools / "registry", "serve", config], stdout=self.log, stderr=subprocess.STDOUT
        )
        self._wait()
        root = folder / "root"
        (root / "bin").mkdir(parents=True)
        (root / "tmp").mkdir()
        (root / "etc").mkdir()
        (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nweb:x:77:88::/:/bin/sh\n")
        shutil.copy(artefact("busybox/bin/busybox"), root / "bin/busybox")
        for name in PROGRAMS:
            (root / "bin" / name).symlink_to("busybox")
        make = [tools / "mkimage", "-arch", DEBIAN_ARCHITECTURES[ARCH], root]  # Go's names, too
        for name in ("test/busybox:1", "library/busybox:latest"):
            image = f"127.0.0.1:{self.port}/{name}"
            subprocess.run([*make, image], check=True, capture_output=True)

    def _wait(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            assert self.process.poll() is None, "the registry ended at once"
            time.sleep(0.05)
        raise AssertionError("the registry does not listen")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
