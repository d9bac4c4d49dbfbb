"""A private apt for Debian 13, apart from the machine's own: lists, versions, downloads.

The mirror is the one that the machine's apt uses for its own release, so that a local mirror or
proxy serves this too. apt verifies signatures with the distribution's keyring.
"""

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from .errors import BuildError
from .locks import locked
from .paths import ARCH, CACHE, DEBIAN_ARCHITECTURES, NATIVE
from .versions import newest_first

SUITE = "trixie"
# Firmware and microcode are in the second one; what a stage takes from where is in sources.lock.
COMPONENTS = "main non-free-firmware"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
APT = CACHE / ("apt" if ARCH == NATIVE else f"apt-{ARCH}")
LISTS_STAY_FRESH = 6 * 3600  # seconds
DEFAULT_MIRRORS = ("http://deb.debian.org/debian", "http://deb.debian.org/debian-security")


def mirrors(folder: Path = Path("/etc/apt")) -> tuple[str, str]:
    """URIs of the main and the security archive in the machine's own apt configuration."""
    main = security = None
    for uri, suites in _configured(folder):
        if any(suite.endswith("-security") for suite in suites):
            security = security or uri
        elif "debian" in uri.rstrip("/").rsplit("/", 1)[-1] and "main" in suites:
            main = main or uri
    return main or DEFAULT_MIRRORS[0], security or DEFAULT_MIRRORS[1]


def _configured(folder: Path):
    """(URI, suites and components) of every binary source, of both file formats."""
    parts = folder / "sources.list.d"
    for file in [folder / "sources.list", *sorted(parts.glob("*.list"))]:
        for line in file.read_text().splitlines() if file.exists() else []:
            match = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(.+)", line)
            if match:
                yield match[1], match[2].split("#")[0].split()
    for file in sorted(parts.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", file.read_text()):
            fields = dict(re.findall(r"^(\w[\w-]*):[ \t]*(.*)$", stanza, re.MULTILINE))
            if "deb" in fields.get("Types", "").split() and fields.get("Enabled") != "no":
                words = f"{fields.get('Suites', '')} {fields.get('Components', '')}".split()
                for uri in fields.get("URIs", "").split():
                    yield uri, words


def _apt(*command: str) -> subprocess.CompletedProcess:
    options = {
        "Dir::Etc::sourcelist": APT / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": APT / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": APT / "cache",
        "APT::Architecture": DEBIAN_ARCHITECTURES.get(ARCH, ARCH),
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "Acquire::Retries": "3",
    }
    words = [f"-o{name}={value}" for name, value in options.items()]
    environment = os.environ | {"LC_ALL": "C"}
    return subprocess.run(
        [command[0], *words, *command[1:]],
        cwd=APT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _sources_list(main: str, security: str) -> str:
    """What sources.list(5) wants for the two archives."""
    return "".join(
        f"{kind} [signed-by={KEYRING}] {uri} {suite} {COMPONENTS}\n"
        for uri, suite in ((main, SUITE), (security, f"{SUITE}-security"))
        for kind in ("deb", "deb-src")
    )


def refresh() -> None:
    """Brings the lists up to date, unless they are a few hours old at most, of these archives."""
    with locked(APT.name):
        main, security = mirrors()
        wanted = _sources_list(main, security)
        file, stamp = APT / "sources.list", APT / "updated"
        current = file.exists() and file.read_text() == wanted and stamp.exists()
        if current and time.time() - stamp.stat().st_mtime < LISTS_STAY_FRESH:
            return
        for folder in (APT / "lists" / "partial", APT / "cache" / "archives" / "partial"):
            folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        file.write_text(wanted)
        done = _apt("apt-get", "update", "-q")
        if done.returncode != 0 or "\nE: " in done.stderr:
            raise BuildError(f"apt: lists of {main} and {security}:\n{done.stderr.strip()}")
        stamp.touch()


def versions(kind: str, package: str) -> list[str]:
    """Versions in the archive, newest first."""
    refresh()
    query = ["showsrc", "--only-source"] if kind == "debian-source" else ["show"]
    shown = _apt("apt-cache", *query, package).stdout
    return newest_first(re.findall(r"^Version: (\S+)$", shown, re.MULTILINE))


def download(
    kind: str, package: str, version: str, folder: Path, wanted: Callable[[str], bool]
) -> str:
    """Fetches the wanted files of one version into `folder`; apt checks them with the index.

    Returns "", or why nothing or not everything was handed out.
    """
    offered = _offered(kind, package, f"={version}")
    files = [(uri, folder / name, digest) for uri, name, digest in offered if wanted(name)]
    return _fetch(files) if files else "not in the archive's index"


def download_unlisted(kind: str, package: str, files: dict[str, str], folder: Path) -> str:
    """Fetches files that the index no longer lists, but that the mirror may still keep.

    They lie beside those of the version that is listed; `files` has the SHA-256 of each, which
    stands for the index's. Returns "", or why they were not handed out.
    """
    places = {uri.rpartition("/")[0] for uri, _, _ in _offered(kind, package, "")}
    refusal = "no other version is listed"
    for place in sorted(places):
        # apt puts a version's epoch into the name of a .deb; the mirror does not.
        refusal = _fetch(
            (f"{place}/{re.sub('_[0-9]+%3a', '_', name)}", folder / name, f"SHA256:{digest}")
            for name, digest in files.items()
        )
        if not refusal:
            break
    return refusal


def _offered(kind: str, package: str, version: str) -> list[tuple[str, str, str]]:
    """URI, name and checksum of every file of the package, of the newest version without one."""
    refresh()
    command = ["source", "--only-source"] if kind == "debian-source" else ["download"]
    listed = _apt("apt-get", *command, "--print-uris", "-qq", package + version)
    return re.findall(r"^'(\S+)' (\S+) \d+ (SHA256:\S+)$", listed.stdout, re.MULTILINE)


def _fetch(files: Iterable[tuple[str, Path, str]]) -> str:
    """Downloads (URI, file, checksum); returns "" or what apt complained about."""
    words = [str(word) for file in files for word in file]
    done = _apt("/usr/lib/apt/apt-helper", "download-file", *words)
    errors = [line[3:] for line in done.stderr.splitlines() if line.startswith("E: ")]
    return "" if done.returncode == 0 else "; ".join(errors) or f"status {done.returncode}"
