"""The list of modules in the kernel: what list-modules writes, and where."""

import hashlib
import struct
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "kernel/list-modules"
NAME = b"List of the kernel's modules"
ROOM = 4 + 1024 * 32


def list_modules(kernel, folder):
    return subprocess.run([TOOL, kernel, folder], capture_output=True, text=True)


@pytest.fixture
def kernel(tmp_path):
    path = tmp_path / "vmlinux"
    path.write_bytes(b"code" + NAME + bytes(ROOM) + b"data")
    return path


def module(folder, name, content):
    path = folder / "kernel" / f"{name}.ko"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    subprocess.run(["zstd", "--quiet", "--rm", path], check=True)
    return hashlib.blake2s(content).digest()


def listed(kernel):
    image = kernel.read_bytes()
    assert (image[:4], image[-4:], len(image)) == (b"code", b"data", 8 + len(NAME) + ROOM)
    record = image[4 + len(NAME) : -4]
    (count,) = struct.unpack_from("<I", record)
    assert not any(record[4 + 32 * count :])
    return [record[4 + 32 * i : 36 + 32 * i] for i in range(count)]


def test_modules_are_listed_as_they_are_unpacked(kernel, tmp_path):
    hashes = [module(tmp_path / "modules", str(i), b"module %d" % i) for i in range(9)]
    assert list_modules(kernel, tmp_path / "modules").returncode == 0
    assert listed(kernel) == sorted(hashes)


def test_another_list_takes_its_place(kernel, tmp_path):
    module(tmp_path / "first", "a", b"a")
    module(tmp_path / "first", "b", b"b")
    only = module(tmp_path / "second", "c", b"c")
    for folder in ("first", "second"):
        assert list_modules(kernel, tmp_path / folder).returncode == 0
    assert listed(kernel) == [only]


@pytest.mark.parametrize("image", [b"no place", NAME + NAME])
def test_a_kernel_with_no_or_two_places_is_an_error(kernel, tmp_path, image):
    kernel.write_bytes(image)
    result = list_modules(kernel, tmp_path)
    assert result.returncode == 1
    assert "places for the list of modules" in result.stderr
    assert kernel.read_bytes() == image
