"""Firmware: what drivers name is found in packages; microcode is checked before it is taken."""

import struct

import pytest

from firmware import drivers, microcode
from firmware.errors import FirmwareError


def update(signature: int, dwords: int = 500) -> bytes:
    """An update of Intel's with a right checksum; 500 is what a header with zero sizes means."""
    sizes = (0, 0) if dwords == 500 else (4 * dwords, 4 * dwords + 48)
    parts = [1, 0x10, 0x01012026, signature, 0, 1, 1, *sizes, 0, 0, 0, *range(dwords)]
    parts[4] = -sum(parts) % (1 << 32)
    return struct.pack(f"<{len(parts)}I", *parts)


def written(folder, **files):
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def test_each_update_is_taken_once(tmp_path):
    one, two, old = update(0x806F4, 256), update(0x806F8, 256), update(0x6F2)
    files = written(tmp_path, a=one + two, b=two + one, c=old)
    assert microcode.intel(files) == one + two + old


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda good: good[:-4], "no update begins at byte 0"),
        (lambda good: good[:60] + b"\xff" + good[61:], "wrong checksum of the update at byte 0"),
        (lambda good: good + good[:40], "40 bytes are left at the end"),
        (lambda good: b"\2" + good[1:], "no update begins at byte 0"),
        (lambda good: good + bytes(2048), "no update begins at byte 1072"),
    ],
)
def test_a_damaged_update_is_refused(tmp_path, damage, complaint):
    files = written(tmp_path, file=damage(update(0x806F4, 256)))
    with pytest.raises(FirmwareError, match=f"file: {complaint}"):
        microcode.intel(files)


def test_containers_of_amd(tmp_path):
    assert microcode.amd(written(tmp_path, a=b"DMA\0one", b=b"DMA\0two")) == b"DMA\0oneDMA\0two"
    with pytest.raises(FirmwareError, match="bad: no container"):
        microcode.amd(written(tmp_path, bad=b"AMD\0"))


def test_what_is_built_in_names_firmware():
    words = ["one.license=GPL", "one.firmware=a/b.bin", "two.firmware=c.fw", "two.parm=firmware=no"]
    assert drivers.built_in("\0".join([*words, ""]).encode()) == {"a/b.bin": "one", "c.fw": "two"}


def test_a_file_is_found_behind_a_link(tmp_path):
    folder = tmp_path / "package" / drivers.FOLDER / "ice"
    folder.mkdir(parents=True)
    (folder / "ice-1.pkg").write_text("content")
    (folder / "ice.pkg").symlink_to("ice-1.pkg")
    (folder / "broken.pkg").symlink_to("nowhere")
    packages = [tmp_path / "empty", tmp_path / "package"]
    assert drivers.find("ice/ice.pkg", packages).read_text() == "content"
    assert drivers.find("ice/broken.pkg", packages) is None
    assert drivers.find("ice", packages) is None
