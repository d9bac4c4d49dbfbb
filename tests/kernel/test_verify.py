"""kernel/verify: what kconfig dropped is listed with its place, and nothing else is."""

import subprocess
from pathlib import Path

VERIFY = Path(__file__).parents[2] / "kernel" / "verify"

FINAL = """\
CONFIG_NET=y
CONFIG_BRIDGE=m
CONFIG_LSM="landlock,yama"
# CONFIG_DEVMEM is not set
"""


def verify(tmp_path, **fragments):
    (tmp_path / "final").write_text(FINAL, encoding="utf-8")
    for name, text in fragments.items():
        (tmp_path / f"{name}.config").write_text(text, encoding="utf-8")
    names = [f"{name}.config" for name in fragments]
    return subprocess.run(
        [VERIFY, "final", *names], cwd=tmp_path, capture_output=True, text=True, check=False
    )


def test_all_requests_hold(tmp_path):
    text = '# topic\n\nCONFIG_NET=y\nCONFIG_LSM="landlock,yama"\nCONFIG_DEVMEM=n\nCONFIG_GONE=n\n'
    run = verify(tmp_path, base=text + "# CONFIG_ABSENT is not set\n")
    assert run.returncode == 0, run.stderr
    assert run.stdout == "kernel configuration: 5 options requested, 0 complaints\n"


def test_dropped_options_are_listed_with_their_place(tmp_path):
    run = verify(tmp_path, a="CONFIG_NET=y\nCONFIG_E1000=m\n", b="\nCONFIG_BRIDGE=y\n")
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "a.config:2: CONFIG_E1000 requested m, got n",
        "b.config:2: CONFIG_BRIDGE requested y, got m",
    ]


def test_an_option_that_should_be_off_but_is_on(tmp_path):
    run = verify(tmp_path, a="# CONFIG_NET is not set\n")
    assert run.returncode == 1
    assert run.stderr == "a.config:1: CONFIG_NET requested n, got y\n"


def test_one_option_in_two_fragments(tmp_path):
    run = verify(tmp_path, a="CONFIG_NET=y\n", b="CONFIG_NET=y\n")
    assert run.returncode == 1
    assert run.stderr == "b.config:1: CONFIG_NET is already at a.config:1\n"


def test_a_line_that_is_no_option(tmp_path):
    run = verify(tmp_path, a="CONFIG_NET = y\n")
    assert run.returncode == 2
    assert run.stderr == "a.config:1: not a configuration line: CONFIG_NET = y\n"
