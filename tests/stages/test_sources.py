"""Sources: the lock file, versions that may stand in, mirrors, unpacking."""

import io
import tarfile

import pytest

from build import archive, lock, sources, update
from build.errors import BuildError
from build.hashing import sha256_file
from build.unpack import unpack
from build.versions import newest_first, same_series

DIGEST = "0" * 64


def entry(**changes):
    good = {
        "name": "zlib",
        "kind": "debian-source",
        "package": "zlib",
        "version": "1.3-1",
        "licence": "Zlib",
        "files": {"zlib_1.3-1.dsc": DIGEST},
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


def test_a_good_entry_passes():
    assert lock.check([entry(), entry(name="zlib-2")]) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"licence": None}, "no 'licence'"),
        ({"url": "x"}, "unknown key 'url'"),
        ({"kind": "tarball"}, "kind 'tarball'"),
        ({"name": "Z lib"}, "lower case"),
        ({"files": {"zlib_1.3-1.dsc": "12"}}, "not a SHA-256"),
        ({"files": {"zlib.patch": DIGEST}}, "no file like"),
    ],
)
def test_a_bad_entry_is_complained_about(changes, complaint):
    assert complaint in "\n".join(lock.check([entry(**changes)]))


def test_a_name_stands_once():
    assert "more than once" in "\n".join(lock.check([entry(), entry()]))


@pytest.mark.parametrize(
    ("candidate", "pinned", "fits"),
    [
        ("6.12.118-1", "6.12.117-1", True),
        ("6.13.1-1", "6.12.117-1", False),
        ("1:1.37.0-7", "1:1.37.0-6", True),
        ("2.41.1-1", "2.41-5", True),
        ("257.10-1~deb13u1", "257.9-1~deb13u1", True),
        ("258.1-1", "257.9-1", False),
        ("3.20261110.1", "3.20260925.1~deb13u1", True),
        ("4.20261110.1", "3.20260925.1~deb13u1", False),
        ("20250420", "20250419", False),
    ],
)
def test_series(candidate, pinned, fits):
    assert same_series(candidate, pinned) is fits


def test_versions_are_sorted_as_dpkg_does():
    assert newest_first(["1.9-1", "1.10-1", "1.10-1~rc1", "1.9-1"]) == [
        "1.10-1",
        "1.10-1~rc1",
        "1.9-1",
    ]


def test_mirrors_of_the_old_format(tmp_path):
    (tmp_path / "sources.list").write_text(
        "# deb http://no/debian bookworm main\n"
        "deb https://other.example/apt tool-bookworm main\n"
        "deb [arch=amd64] http://near.example/debian bookworm main contrib\n"
        "deb http://near.example/debian-security bookworm-security main\n"
    )
    assert archive.mirrors(tmp_path) == (
        "http://near.example/debian",
        "http://near.example/debian-security",
    )


def test_mirrors_of_the_new_format(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d/debian.sources").write_text(
        "Types: deb deb-src\nURIs: http://near.example/debian\nSuites: bookworm bookworm-updates\n"
        "Components: main\n\n"
        "Types: deb\nURIs: http://near.example/security\nSuites: bookworm-security\n"
        "Components: main\n"
    )
    assert archive.mirrors(tmp_path) == (
        "http://near.example/debian",
        "http://near.example/security",
    )


def test_without_any_configuration_the_default_mirrors(tmp_path):
    assert archive.mirrors(tmp_path) == archive.DEFAULT_MIRRORS


def tar(path, **files):
    with tarfile.open(path, "w:xz") as content:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(text)
            content.addfile(member, io.BytesIO(text.encode()))


PATCH = "--- a/text\n+++ b/text\n@@ -1 +1 @@\n-one\n+two\n"


class Mirror:
    """Stands for the archive: some versions, each an .orig and a .debian archive."""

    def __init__(self, *versions):
        self.offered = list(versions)
        self.keeps_old_files = False

    def versions(self, _kind, _package):
        return newest_first(self.offered)

    def download(self, _kind, _package, version, folder, _wants):
        if version not in self.offered:
            return "not in the archive's index"
        tar(folder / "zlib_1.3.orig.tar.xz", **{"zlib-1.3__text": "one\n"})
        tar(
            folder / "zlib_1.3-1.debian.tar.xz",
            debian__patches__series="fix.patch\n",
            **{"debian__patches__fix.patch": PATCH},
        )
        return ""

    def download_unlisted(self, _kind, _package, _files, folder):
        if not self.keeps_old_files:
            return "404"
        self.offered.append("old")
        return self.download("", "", "old", folder, None)


@pytest.fixture
def mirror(tree, monkeypatch):
    made = Mirror()
    monkeypatch.setattr(archive, "versions", made.versions)
    monkeypatch.setattr(archive, "download", made.download)
    monkeypatch.setattr(archive, "download_unlisted", made.download_unlisted)
    return made


def pinned(tmp_path, version="1.3.0-1"):
    (tmp_path / "pin").mkdir()
    Mirror("x").download("", "", "x", tmp_path / "pin", None)
    files = {file.name: sha256_file(file) for file in (tmp_path / "pin").iterdir()}
    return lock.Source("zlib", "debian-source", "zlib", version, "Zlib", files)


def test_the_pinned_version_is_checked_patched_and_fetched_once(mirror, tmp_path):
    source = pinned(tmp_path)
    mirror.offered = [source.version]
    assert sources.fetch(source)["version"] == source.version
    assert (sources.tree(source) / "text").read_text() == "two\n"
    mirror.offered = []
    assert sources.fetch(source)["version"] == source.version


def test_other_bytes_than_pinned_are_refused(mirror, tmp_path):
    source = pinned(tmp_path)
    mirror.offered = [source.version]
    source.files["zlib_1.3.orig.tar.xz"] = DIGEST
    with pytest.raises(BuildError, match=r"zlib_1.3.orig.tar.xz.*the lock says 0000"):
        sources.fetch(source)
    assert not sources.tree(source).exists()


def test_a_version_that_is_gone_is_replaced_within_its_series(mirror, tmp_path, capsys):
    source = pinned(tmp_path)
    mirror.offered = ["1.3.2-1", "1.3.1-1", "1.4.0-1"]
    used = sources.fetch(source)
    assert (used["pinned"], used["version"]) == ("1.3.0-1", "1.3.2-1")
    assert "1.3.0-1 is gone from the archive, using 1.3.2-1" in capsys.readouterr().out


def test_files_that_the_index_forgot_are_taken_from_the_mirror(mirror, tmp_path):
    source = pinned(tmp_path)
    mirror.offered = ["1.3.2-1"]
    mirror.keeps_old_files = True
    assert sources.fetch(source)["version"] == source.version


def test_without_a_version_of_the_series_it_fails(mirror, tmp_path):
    mirror.offered = ["1.4.0-1"]
    with pytest.raises(BuildError, match="no version of zlib"):
        sources.fetch(pinned(tmp_path))


def test_a_patch_that_does_not_apply_is_an_error(tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    tar(files / "zlib_1.3.orig.tar.xz", **{"zlib-1.3__text": "three\n"})
    tar(
        files / "zlib_1.3-1.debian.tar.xz",
        debian__patches__series="fix.patch\n",
        **{"debian__patches__fix.patch": PATCH},
    )
    with pytest.raises(BuildError, match="patch"):
        unpack("debian-source", files, tmp_path / "tree")


def test_update_rewrites_one_pin_and_nothing_else():
    text = "# head\n\n" + "".join(
        f'[[source]]\nname = "{name}"\nkind = "debian-source"\npackage = "{name}"\n'
        f'version = "1-1"\nlicence = "MIT" # why\nfiles = {{ "{name}.dsc" = "{DIGEST}" }}\n\n'
        for name in ("a", "ab")
    )
    moved = lock.Source("a", "debian-source", "a", "2-1", "MIT", {"a_2.dsc": "1" * 64})
    after = update.rewrite(text, moved)
    assert (
        after.replace("2-1", "1-1", 1).replace("a_2.dsc", "a.dsc").replace("1" * 64, DIGEST) == text
    )
    assert after.index('version = "2-1"') < after.index('name = "ab"')


def test_a_pin_has_the_files_of_one_architecture(tmp_path):
    files = {"a_1_amd64.deb": DIGEST, "a_1_arm64.deb": "1" * 64, "a_1_all.deb": "2" * 64}
    assert list(lock.files_for("x86_64", files)) == ["a_1_amd64.deb", "a_1_all.deb"]
    assert list(lock.files_for("aarch64", files)) == ["a_1_arm64.deb", "a_1_all.deb"]
    file = tmp_path / "lock"
    file.write_text(
        '[[source]]\nname = "a"\nkind = "debian-binary"\npackage = "a"\nversion = "1"\n'
        f'licence = "MIT"\nfiles = {{ "a_1_arm64.deb" = "{DIGEST}" }}\n'
    )
    pin = lock.load(file)["a"]
    assert pin.files == {}
    assert pin.wants("a_2_amd64.deb")
    with pytest.raises(BuildError, match="no file of it for x86_64"):
        sources.fetch(pin)


@pytest.mark.parametrize(("version", "kept"), [("1-1", True), ("2-1", False)])
def test_update_keeps_other_architectures_of_the_same_version(version, kept):
    text = (
        '[[source]]\nname = "a"\nkind = "debian-binary"\npackage = "a"\nversion = "1-1"\n'
        f'licence = "MIT"\nfiles = {{ "a_1-1_arm64.deb" = "{DIGEST}" }}\n'
    )
    found = lock.Source("a", "debian-binary", "a", version, "MIT", {"a_amd64.deb": "1" * 64})
    assert ("a_1-1_arm64.deb" in update.rewrite(text, found)) is kept


def test_a_pin_wants_the_parts_of_other_versions_that_it_has_itself():
    files = {"tini_0.19.0.orig.tar.gz": DIGEST}
    pin = lock.Source("tini", "debian-source", "tini", "0.19.0-3", "MIT", files)
    offered = ["tini_0.19.1-1.dsc", "tini_0.19.1.orig.tar.xz", "tini_0.19.1-1.debian.tar.xz"]
    assert [name for name in offered if pin.wants(name)] == ["tini_0.19.1.orig.tar.xz"]
    whole = lock.Source("x", "debian-source", "x", "1-1", "MIT", dict.fromkeys(offered, DIGEST))
    assert all(
        whole.wants(name) for name in ("x_2-1.dsc", "x_2.orig.tar.gz", "x_2-1.debian.tar.xz")
    )
    assert not whole.wants("x_2.orig-docs.tar.gz")
