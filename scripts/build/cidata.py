"""The disc that hands a cloud-config over: NoCloud, ISO 9660 with the label cidata."""

import subprocess
from pathlib import Path

KEY = "id_ed25519"


def disc(folder: Path, cloud_config: Path | None) -> Path:
    """Makes folder/cidata.iso, and the SSH key beside it when there is none yet.

    The key goes into the machine's cloud-config, unless that names keys itself.
    """
    text = cloud_config.read_text() if cloud_config else "#cloud-config\n"
    if not any(line.startswith("ssh_authorized_keys:") for line in text.splitlines()):
        text = f"{text.rstrip()}\n{key_line(_key(folder))}"
    return write(folder, text)


def key_line(key: Path) -> str:
    """What a cloud-config says to let the owner of this key in."""
    return f"ssh_authorized_keys:\n  - {key.with_suffix('.pub').read_text().strip()}\n"


def write(folder: Path, user_data: str, meta_data: str = "instance-id: roster\n") -> Path:
    """Makes folder/cidata.iso from the two documents."""
    content = folder / "cidata"
    content.mkdir(parents=True, exist_ok=True)
    (content / "user-data").write_text(user_data)
    (content / "meta-data").write_text(meta_data)
    file = folder / "cidata.iso"
    file.unlink(missing_ok=True)
    subprocess.run(
        ["xorriso", "-as", "mkisofs", "-quiet", "-V", "cidata", "-J", "-R", "-o", file, content],
        check=True,
        capture_output=True,
    )
    return file


def _key(folder: Path) -> Path:
    key = folder / KEY
    if not key.exists():
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "roster", "-f", key], check=True
        )
    return key
