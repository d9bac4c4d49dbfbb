"""Trees -> archives: equal inputs give equal bytes whatever surrounds them, and others do not."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

INIT = Path(__file__).resolve().parents[2] / "init"


def assemble(source: Path, action: str, output: Path, umask=0o022, more=(), **environment) -> str:
    """Runs the assembler as the build does; the digest of what it wrote."""
    variables = {"STAGE_TOOLS": str(source / "stages/tools"), "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(
        [sys.executable, "-B", "-m", "assemble", action, "main.table", str(output), *more],
        cwd=source,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(INIT), **variables, **environment},
        umask=umask,
        check=True,
    )
    return hashlib.sha256(output.read_bytes()).hexdigest()


@pytest.mark.parametrize("action", ["cpio", "tar"])
def test_same_bytes_wherever_and_whenever(source, tmp_path, action):
    first = assemble(source, action, tmp_path / "first")
    other = tmp_path / "another" / "place"
    shutil.copytree(source, other, symlinks=True)
    for path in other.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    second = assemble(other, action, tmp_path / "second", umask=0o077, TZ="Asia/Tokyo")
    assert first == second


@pytest.mark.parametrize("action", ["cpio", "tar"])
@pytest.mark.parametrize("change", ["content", "mode", "time"])
def test_a_change_changes_the_bytes(source, tmp_path, action, change):
    first = assemble(source, action, tmp_path / "first")
    environment = {}
    if change == "content":
        (source / "etc/motd").write_text("hellO\n")
    elif change == "mode":
        (source / "etc/deep/run").chmod(0o600)
    else:
        environment["SOURCE_DATE_EPOCH"] = "1700000001"
    assert assemble(source, action, tmp_path / "second", **environment) != first


def test_tar_keeps_hard_links_and_metadata(source, tmp_path):
    assemble(source, "tar", tmp_path / "tree.tar")
    with tarfile.open(tmp_path / "tree.tar") as archive:
        members = {member.name: member for member in archive}
        assert archive.extractfile("bin/box").read().startswith(b"\x7fELFbox")
    links = {name for name, member in members.items() if member.islnk()}
    assert links == {"bin/ls", "bin/sh", "sbin/init"} | {
        f"images/one/bin/{name}" for name in ("box", "ls", "sh")
    }
    assert members["tmp"].mode == 0o1777
    assert (members["images/one/etc/motd"].uid, members["images/one/etc/motd"].gid) == (7, 8)
    assert members["dev/console"].ischr()
    assert {member.mtime for member in members.values()} == {1700000000}


def test_equal_files_of_different_sources_are_stored_once(source, tmp_path):
    for name, text in (("one", "library"), ("two", "library"), ("other", "LIBRARY")):
        (source / f"stages/tools/{name}").write_text(text)
    (source / "main.table").write_text(
        "file /a/lib 644 0 0 tools:one\nfile /b/lib 644 0 0 tools:two\n"
        "file /c/lib 644 0 0 tools:other\nfile /d/lib 600 0 0 tools:two\n"
        "file /e/lib 644 0 0 tools:two\n"
    )
    assemble(source, "tar", tmp_path / "tree.tar")
    with tarfile.open(tmp_path / "tree.tar") as archive:
        links = {member.name: member.linkname for member in archive if member.islnk()}
        assert archive.extractfile("c/lib").read() == b"LIBRARY"
        assert archive.extractfile("d/lib").read() == b"library"
    assert links == {"b/lib": "a/lib", "e/lib": "a/lib"}


def contents(archive: bytes) -> dict[str, int]:
    """Where the content of each file of a newc archive begins."""
    found, at = {}, 0
    while True:
        fields = [int(archive[at + 6 + i * 8 : at + 14 + i * 8], 16) for i in range(13)]
        mode, size, length = fields[1], fields[6], fields[11]
        name = archive[at + 110 : at + 110 + length].rstrip(b"\0").decode()
        if name == "TRAILER!!!":
            return found
        at = -(-(at + 110 + length) // 4) * 4
        if mode & 0o170000 == 0o100000 and size:
            found[name] = at
        at = -(-(at + size) // 4) * 4


def test_contents_begin_where_they_are_wanted(source, tmp_path):
    """Another length of a name in front of it must not move one."""
    begins = []
    for extra in range(4):
        table = source / "main.table"
        table.write_text(
            "".join(f"file /{'x' * n}y 644 {n} 0 etc/motd\n" for n in range(extra + 5))
        )
        output = tmp_path / "aligned.cpio"
        assemble(source, "cpio", output, more=["--align", "16"])
        begins += contents(output.read_bytes()).values()
    assert begins and all(begin % 16 == 0 for begin in begins)
    assemble(source, "cpio", tmp_path / "plain.cpio")
    plain = contents((tmp_path / "plain.cpio").read_bytes())
    assert any(begin % 16 for begin in plain.values()), "nothing to align in this tree"


@pytest.mark.skipif(shutil.which("cpio") is None, reason="no cpio to read it with")
def test_cpio_is_read_by_cpio(source, tmp_path):
    assemble(source, "cpio", tmp_path / "tree.cpio")
    folder = tmp_path / "unpacked"
    folder.mkdir()
    command = ["cpio", "--quiet", "-idm", "--no-preserve-owner", "--nonmatching", "dev/*"]
    with (tmp_path / "tree.cpio").open("rb") as archive:
        subprocess.run(command, cwd=folder, stdin=archive, check=True)
    box = (folder / "bin/box").stat()
    assert box.st_size == (source / "stages/tools/bin/box").stat().st_size
    assert box.st_nlink == 7
    assert (folder / "images/one/bin/ls").stat().st_ino == box.st_ino
    assert os.readlink(folder / "etc/hosts") == "/run/etc/hosts"
    assert (tmp_path / "tree.cpio").stat().st_size % 4 == 0
