"""The private virtual environment with the pinned compilers, made by scripts/setup."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

from .errors import BuildError
from .paths import CACHE, ROOT

REQUIREMENTS = ROOT / "scripts" / "requirements.txt"


def venv() -> Path:
    """Where the environment is; scripts/setup computes the same name."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    return CACHE / f"venv-{digest}"


def ensure() -> None:
    """Sets the machine up when that has not been done for these pins."""
    if not (venv() / "ready").exists():
        status = subprocess.run([ROOT / "scripts" / "setup"], check=False).returncode
        if status != 0:
            raise SystemExit(status)


def pins() -> dict[str, str]:
    """Wheel -> version and hashes."""
    text = REQUIREMENTS.read_text().replace("\\\n", " ")
    return {name: rest.strip() for name, rest in re.findall(r"^([\w-]+)==(.*)$", text, re.M)}


def environment() -> dict[str, str]:
    """Variables for every recipe: compilers, their caches, a PATH without local surprises."""
    root = venv()
    packages = next(iter(root.glob("lib/python3*/site-packages")), None)
    if packages is None:
        raise BuildError(f"no tools in {root}; run scripts/setup")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("HOME", "USER", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE")
        or name.lower().endswith("_proxy")
        or name.startswith("SSL_CERT_")
    }
    caches = {
        "GOMODCACHE": CACHE / "go" / "mod",
        "GOCACHE": CACHE / "go" / "build",
        "GOPATH": CACHE / "go",
        "ZIG_GLOBAL_CACHE_DIR": CACHE / "zig",
        "ZIG_LOCAL_CACHE_DIR": CACHE / "zig",
        "CCACHE_DIR": CACHE / "ccache",
    }
    return kept | {name: str(path) for name, path in caches.items()} | {
        "PATH": f"{root}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "ROS_ZIG": str(packages / "ziglang" / "zig"),
        "ROS_GO": str(root / "bin" / "go"),
        "GOTOOLCHAIN": "local",
        "GOENV": "off",
        "GOTELEMETRY": "off",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "ARCH": "x86_64",
    }  # fmt: skip
