"""Which accelerator QEMU gets. /dev/kvm may exist and still not boot a guest, so it is tried."""

import json
import os
import subprocess
from pathlib import Path

from . import qemu
from .paths import ARCH, CACHE

LIMIT = 3.0  # seconds that a tiny guest may take with KVM; it needs one
SIGN_OF_LIFE = b"Unable to mount root fs"  # a guest that crashes ends QEMU as well


def choose(wanted: str, kernel: Path) -> str:
    """`wanted`, or what works where that is `auto`."""
    if wanted != "auto":
        return wanted
    possible = os.uname().machine == ARCH and os.access("/dev/kvm", os.R_OK | os.W_OK)
    return "kvm" if possible and _kvm_boots(kernel) else "tcg"


def _kvm_boots(kernel: Path) -> bool:
    """The answer is kept until the machine is booted again."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    memory = CACHE / "kvm.json"
    known = json.loads(memory.read_text()) if memory.exists() else {}
    if boot not in known:
        known = {boot: _try(kernel)}
        memory.write_text(json.dumps(known) + "\n")
    return known[boot]


def _try(kernel: Path) -> bool:
    """A kernel without a root panics at once, and QEMU ends by itself."""
    machine = qemu.Machine(
        kernel, append=f"console={qemu.BOARD.console} panic=-1 quiet", memory=256
    )
    machine.accelerator = "kvm"
    try:
        done = subprocess.run(
            qemu.command(machine), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return SIGN_OF_LIFE in done.stdout
