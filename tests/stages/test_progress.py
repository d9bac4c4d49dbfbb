"""What is said of a stage that runs: how far it is, and the newest line of its log."""

import pytest

from build import progress


@pytest.fixture
def state(tmp_path):
    """state(log, told): what is said with these texts; without a file where one is None."""

    def of(log, told=None):
        for name, text in (("log", log), ("told", told)):
            if text is not None:
                (tmp_path / name).write_bytes(text)
        return progress.state(tmp_path / "log", tmp_path / "told")

    return of


def test_without_more_the_lines_of_the_log_are_counted(state):
    assert state(None) == "0 lines: "
    assert state(b"one\ntwo\n") == "2 lines: two"
    assert state(b"one\nt\x1bwo") == "1 lines: t wo"


def test_what_the_recipe_tells_is_shown(state):
    assert state(b"CC a.o\n", b"1200 1810 objects\n") == "1200 of 1810 objects: CC a.o"
    assert state(b"CC a.o\n", b"1812 1810 objects\n") == "1810 of 1810 objects: CC a.o"
    assert state(b"[1/2] CC a.o\n", b"12 18 files") == "12 of 18 files: [1/2] CC a.o"


def test_what_ninja_tells_is_shown(state):
    assert state(b"[1/9] CC a.o\n[12/345] CC b.o\n") == "12 of 345 steps: CC b.o"
    assert state(b"[1/9] CC a.o\nwarning\n") == "2 lines: warning"


@pytest.mark.parametrize(
    "told",
    [b"", b"\xff\xfe", b"12 objects\n", b"1 2 objects\n3 4 objects\n", b"1 2 \x1b[2J", b"-1 2 x"],
)
def test_what_is_garbled_is_ignored(state, told):
    assert state(b"one\n", told) == "1 lines: one"
