"""Tables -> trees: what each directive makes, and what bad lines are told."""

from pathlib import Path

import pytest

from assemble.errors import AssembleError
from assemble.expand import Expander


def expand(source: Path) -> dict:
    return dict(Expander(source, {"tools": source / "stages/tools"}).expand("main.table").finish())


def test_every_directive(source):
    nodes = expand(source)
    box = nodes["/bin/box"]
    assert (box.kind, box.mode, box.source) == ("file", 0o755, source / "stages/tools/bin/box")
    assert nodes["/sbin/init"] == nodes["/bin/sh"] == nodes["/bin/ls"] == box
    assert nodes["/tmp"].mode == 0o1777
    assert nodes["/etc/hosts"].target == "/run/etc/hosts"
    console = nodes["/dev/console"]
    assert (console.mode, console.gid, console.device) == (0o600, 5, ("c", 5, 1))
    assert nodes["/etc/copied/motd"].mode == 0o644
    assert nodes["/etc/copied/deep/run"].mode == 0o755
    assert nodes["/etc/copied/deep/link"].target == "../motd"


def test_included_table_keeps_to_its_folder(source):
    nodes = expand(source)
    assert nodes["/images/one/bin/sh"] == nodes["/images/one/bin/ls"] == nodes["/bin/box"]
    motd = nodes["/images/one/etc/motd"]
    assert (motd.mode, motd.uid, motd.gid) == (0o640, 7, 8)
    assert "/etc/motd" not in nodes


def test_parents_come_first_and_need_no_line(source):
    nodes = expand(source)
    order = list(nodes)
    assert order[0] == "/"
    assert all(order.index(str(Path(path).parent)) <= order.index(path) for path in order)
    assert nodes["/images/one"].mode == 0o755


def test_patterns_choose_files(source):
    table = source / "main.table"
    table.write_text("tree /e etc deep/*\n")
    assert set(expand(source)) == {"/", "/e", "/e/deep", "/e/deep/run", "/e/deep/link"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("dirr /a 755 0 0", "unknown directive 'dirr'"),
        ("dir /a 755 0", "3 fields, expected: dir PATH MODE UID GID"),
        ("dir /a 755 0 0 0", "5 fields, expected: dir PATH MODE UID GID"),
        ("dir a 755 0 0", "path 'a': expected a plain absolute path"),
        ("dir /a/../b 755 0 0", "path '/a/../b': expected a plain absolute path"),
        ("dir /a 799 0 0", "mode '799': expected an octal number up to 7777"),
        ("dir /a 755 x 0", "uid 'x': expected a number up to 65535"),
        ("node /a 600 0 0 p 1 1", "type 'p': expected c or b"),
        ("file /a 644 0 0 etc/none", "source 'etc/none': no such file"),
        ("file /a 644 0 0 etc", "source 'etc' is no file"),
        ("file /a 644 0 0 nostage:a", "source 'nostage:a': no result of that stage"),
        ("dir /bin/box 755 0 0", "'/bin/box' stands already at main.table:4"),
        ("dir /bin/box/a 755 0 0", "'/bin/box/a': its parent '/bin/box' is no directory"),
        ("link /a /nowhere", "link target '/nowhere' is no file"),
        ("tree /a etc *.so", "source 'etc': nothing matches '*.so'"),
        ("links / etc/motd /bin/box", "source 'etc/motd': 'hello' is no path"),
    ],
)
def test_bad_line_is_named(source, line, complaint):
    table = source / "main.table"
    lines = table.read_text().count("\n")
    table.write_text(table.read_text() + line + "\n")
    with pytest.raises(AssembleError) as error:
        expand(source)
    assert str(error.value).startswith(f"main.table:{lines + 1}: {complaint}")


def test_error_in_included_table_names_that_table(source):
    (source / "image.table").write_text("dir /x\n")
    with pytest.raises(AssembleError, match=r"^image.table:1: 1 fields"):
        expand(source)
