"""The table of accounts -> passwd, group, shadow."""

from pathlib import Path

import pytest

from assemble.errors import AssembleError
from assemble.users import render_users

TABLE = """\
group root 0
group wheel 27 joe   # may become root
group joe 1100
user joe 1100 joe /home/joe /bin/sh Joe the user
user root 0 root /root /bin/sh
"""


def render(tmp_path: Path, text: str) -> dict[str, str]:
    table = tmp_path / "users.table"
    table.write_text(text)
    return render_users(table, "users.table")


def test_files_are_sorted_and_locked(tmp_path):
    files = render(tmp_path, TABLE)
    assert files["passwd"] == (
        "root:x:0:0::/root:/bin/sh\njoe:x:1100:1100:Joe the user:/home/joe:/bin/sh\n"
    )
    assert files["group"] == "root:x:0:\nwheel:x:27:joe\njoe:x:1100:\n"
    assert files["shadow"] == "root:*:::::::\njoe:*:::::::\n"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("account x 1", "unknown directive 'account'"),
        ("group x", "expected: group NAME GID"),
        ("user x 5 root /", "expected: user NAME UID GROUP HOME SHELL"),
        ("group X 5", "name 'X': expected lower case"),
        ("group x 70000", "id '70000': expected a number up to 65535"),
        ("group x 27", "gid 27 is taken"),
        ("group joe 5", "'joe' stands twice"),
        ("user x 1100 root / /bin/sh", "uid 1100 is taken"),
        ("user x 5 nogroup / /bin/sh", "no group 'nogroup' above this line"),
        ("group x 5 nobody", "no user 'nobody'"),
    ],
)
def test_bad_line_is_named(tmp_path, line, complaint):
    with pytest.raises(AssembleError) as error:
        render(tmp_path, TABLE + line + "\n")
    assert str(error.value).startswith(f"users.table:6: {complaint}")


def test_the_real_table():
    table = Path(__file__).resolve().parents[2] / "init/users.table"
    files = render_users(table, "init/users.table")
    assert "rancher:x:1100:1100::/home/rancher:/bin/sh\n" in files["passwd"]
    assert "docker:x:1101:rancher\n" in files["group"]
    assert all(line.split(":")[1] == "*" for line in files["shadow"].splitlines())
