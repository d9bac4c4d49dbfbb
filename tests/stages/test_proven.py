"""What is remembered of checks that held, and when it counts."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from build import proven, release, schedule, stages

TREE = Path(__file__).resolve().parents[2]
BUDGET = 1000


@pytest.fixture
def memory(tree, monkeypatch):
    monkeypatch.setattr(proven, "PROVEN", tree.cache / "proven")
    monkeypatch.delenv("ROS_AGAIN", raising=False)
    return tree


def test_what_is_remembered_counts_for_its_check_and_inputs(memory):
    assert proven.recall("check", "key") is None
    proven.remember("check", "key", "note")
    assert proven.recall("check", "key") == "note"
    assert proven.recall("check", "other") is None
    assert proven.recall("other", "key") is None


def test_again_forgets(memory, monkeypatch):
    proven.remember("check", "key")
    monkeypatch.setenv("ROS_AGAIN", "1")
    assert proven.recall("check", "key") is None
    monkeypatch.delenv("ROS_AGAIN")
    assert proven.recall("check", "key") is None


@pytest.fixture
def check(memory, monkeypatch):
    """Runs scripts/proven over a check that counts its runs; returns its status and that number."""
    loader = SourceFileLoader("proven_command", str(TREE / "scripts/proven"))
    command = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(command)
    monkeypatch.setattr(command, "ROOT", memory.root)
    monkeypatch.setattr(command.lock, "load", dict)
    table = {"first": memory.stage("first", tools=[])}
    monkeypatch.setattr(command.stages, "load", lambda _: table)
    monkeypatch.setattr(command.stages, "source_date_epoch", lambda: 1)
    (memory.root / "script").write_text("echo run >>runs\n")

    def run(name="check"):
        words = ["proven", name, "--inputs", "script", "--stages", "first", "--", "sh", "script"]
        monkeypatch.setattr("sys.argv", words)
        status = command.main()
        return status, len((memory.root / "runs").read_text().split())

    return run


def test_a_check_that_held_is_not_run_again_until_an_input_changes(check, memory, capsys):
    assert check() == (0, 1)
    assert check() == (0, 1)
    assert "check: held before" in capsys.readouterr().out
    assert check("other") == (0, 2)
    (memory.root / "input").write_text("another input of the stage\n")
    assert check() == (0, 3)
    (memory.root / "script").write_text("echo run >>runs; true\n")
    assert check() == (0, 4)
    assert check() == (0, 4)


def test_a_failure_is_not_remembered(check, memory):
    (memory.root / "script").write_text("echo run >>runs; exit 3\n")
    assert check() == (3, 1)
    assert check() == (3, 2)


def test_what_changed_while_the_check_ran_is_not_proven(check, memory):
    (memory.root / "script").write_text("echo run >>runs; echo new >input\n")
    assert check() == (0, 1)
    assert check() == (0, 2)
    assert check() == (0, 2)


def test_again_runs_it(check, memory, monkeypatch):
    assert check() == (0, 1)
    monkeypatch.setenv("ROS_AGAIN", "1")
    assert check() == (0, 2)
    monkeypatch.delenv("ROS_AGAIN")
    assert check() == (0, 2)


class Release:
    """A tree whose ISO holds `ros` and something beside it; both are files."""

    def __init__(self, tree):
        self.tree = tree
        for name in ("ros", "rest"):
            self.write(name, 100)
            stage = f'#!/bin/sh\ncp {name} "$OUT/{name}"\n'
            (tree.root / f"make-{name}").write_text(stage)
        (tree.root / "make-iso").write_text(
            "#!/bin/sh\necho run >>counter\n"
            'cat "$STAGE_ROS/ros" "$STAGE_ROS/ros" "$STAGE_REST/rest" >"$OUT/x.iso"\n'
        )
        for name in ("ros", "rest", "iso"):
            (tree.root / f"make-{name}").chmod(0o755)

    def write(self, name, size):
        (self.tree.root / name).write_bytes(b"x" * size)

    def table(self, _lock):
        return {
            "ros": stages.Stage("ros", "make-ros", ["ros"], tools=[]),
            "rest": stages.Stage("rest", "make-rest", ["rest"], tools=[]),
            "release": stages.Stage("release", "make-iso", [], needs=["ros", "rest"], tools=[]),
        }

    def held(self):
        """(whether the budget is held, whether the ISO was made)"""
        schedule.build([self.table(None)["ros"]], {}, 1)
        counter = self.tree.root / "counter"
        before = counter.read_text() if counter.exists() else ""
        held, _ = release.held(BUDGET)
        after = counter.read_text() if counter.exists() else ""
        return held, after != before


@pytest.fixture
def iso(memory, monkeypatch):
    made = Release(memory)
    monkeypatch.setattr(release.lock, "load", dict)
    monkeypatch.setattr(release.stages, "load", made.table)
    monkeypatch.setattr(release.stages, "source_date_epoch", lambda: 1)
    monkeypatch.setattr(release, "BUILD", memory.root / "build")
    monkeypatch.setattr(release, "packed", lambda file: file.stat().st_size)
    return made


def test_the_iso_is_made_once_for_what_is_beside_ros(iso):
    assert iso.held() == (True, True)
    iso.write("ros", 110)
    assert iso.held() == (True, False)
    iso.write("rest", 200)
    assert iso.held() == (True, True)


def test_a_ros_that_might_be_too_large_is_tried(iso):
    assert iso.held() == (True, True)  # 300 bytes
    iso.write("ros", 430)  # at most 300 + 330 * 2.2: too much, but really 960
    assert iso.held() == (True, True)
    iso.write("ros", 460)  # from 960 on
    assert iso.held() == (False, True)


def test_too_large_an_iso_is_not_remembered(iso):
    iso.write("rest", 2000)
    assert iso.held()[0] is False
    assert not list(proven.PROVEN.rglob("*"))


def test_what_an_iso_has_at_most():
    known = {"iso": 900, "ros": 100}
    assert release.most(known, 90) == 900
    assert release.most(known, 110) == 922
