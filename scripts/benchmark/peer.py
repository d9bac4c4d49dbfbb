"""Debian 13 with systemd and Docker as a disk, made once and kept in the cache."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from build import archive, qemu
from build.errors import BuildError
from build.hashing import sha256_value, tree_hash
from build.locks import locked
from build.paths import BUILD, CACHE, LOGS, ROOT, relative

RECIPE = "scripts/benchmark/peer/build"
PROGRAM = "mmdebstrap"
FIRST_BOOT_LIMIT = 900  # seconds
# No terminal answers on the console: systemd would ask for its size and wait.
APPEND = "root=/dev/vda ro TERM=dumb"


@dataclass(frozen=True)
class Peer:
    """The files of one."""

    folder: Path

    @property
    def disk(self) -> Path:
        return self.folder / "disk.img"

    @property
    def kernel(self) -> Path:
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.folder / "initrd"

    def size(self) -> int:
        """Bytes of all files that are installed, kernel and initrd among them."""
        return int((self.folder / "size").read_text())


def check() -> None:
    """Whether it can be made here, or is there."""
    if _folder().exists():
        return
    if not shutil.which(PROGRAM):
        raise BuildError(
            f"the peer needs the host package {PROGRAM}; as root: "
            f"apt-get install --no-install-recommends {PROGRAM}, or leave out `debian`"
        )
    if os.geteuid() != 0:
        raise BuildError("the peer's disk has to be made once by root; or leave out `debian`")


def obtain() -> Peer:
    """From the cache. It moves with the archive only when its recipe changes."""
    folder = _folder()
    with locked("peer"):
        if not folder.exists():
            check()
            _make(folder)
    return Peer(folder)


def machine(peer: Peer, disk: Path) -> qemu.Machine:
    return qemu.Machine(
        kernel=peer.kernel,
        initrd=peer.initrd,
        append=APPEND,
        disks=[(disk, qemu.disk_format(disk), False)],
    )


def throwaway(peer: Peer, file: Path) -> Path:
    """A disk that begins as the peer's and leaves it as it is."""
    backing = ["-b", peer.disk, "-F", "raw"]
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *backing, file], check=True)
    return file


def _folder() -> Path:
    guest = {file.name: file.read_bytes().hex() for file in (BUILD / "bench/guest").iterdir()}
    files = tree_hash(["scripts/benchmark/peer/*"])
    return CACHE / "peer" / sha256_value([files, guest])[:20]


def _make(folder: Path) -> None:
    work = folder.with_suffix(".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    archive.refresh()
    lines = (archive.APT / "sources.list").read_text().splitlines()
    sources = work / "sources"
    sources.write_text("".join(f"{line}\n" for line in lines if line.startswith("deb ")))
    log = LOGS / "peer.log"
    print(f"making Debian 13 once, some minutes; log: {relative(log)}", flush=True)
    with log.open("wb") as output:
        words = [ROOT / RECIPE, work, BUILD / "bench/guest", sources]
        done = subprocess.run(words, stdout=output, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise BuildError(f"Debian 13 could not be made, see {relative(log)}")
        _first_boot(Peer(work), output)
    work.rename(folder)


def _first_boot(peer: Peer, log) -> None:
    """What systemd and dockerd do only once is done before the disk is measured."""
    first = machine(peer, peer.disk)
    first.append = f"console=ttyS0 {APPEND} bench.prepare"
    try:
        subprocess.run(
            qemu.command(first), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            timeout=FIRST_BOOT_LIMIT, check=True,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise BuildError(f"the first boot of Debian 13: {error}") from None
