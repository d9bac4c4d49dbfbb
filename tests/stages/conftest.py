"""Tests of the build scripts and checks: on small trees of their own, never on the real cache."""

import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "scripts"), str(TREE / "tests")]

from build import hashing, runner, sources, stages, tools, twice  # noqa: E402

RECIPE = """#!/bin/bash
set -eu
echo run >>"$COUNTER"
cat "$ROOT_INPUT" >"$OUT/text"
"""


class Tree:
    """A source tree with stages first <- second, and a cache."""

    def __init__(self, folder):
        self.root = folder / "tree"
        self.cache = folder / "cache"
        self.counter = folder / "counter"
        (self.root / "scripts").mkdir(parents=True)
        for name in ("first", "second"):
            recipe = self.root / name
            recipe.write_text(RECIPE)
            recipe.chmod(0o755)
        (self.root / "input").write_text("hello\n")

    def stage(self, name, needs=(), **more):
        env = {"COUNTER": str(self.counter), "ROOT_INPUT": "input"}
        return stages.Stage(name, name, ["input"], needs=list(needs), env=env, **more)

    @property
    def runs(self):
        """How often a recipe has run."""
        return len(self.counter.read_text().split()) if self.counter.exists() else 0


@pytest.fixture
def tree(tmp_path, monkeypatch):
    made = Tree(tmp_path)
    for module in (hashing, runner, stages):
        monkeypatch.setattr(module, "ROOT", made.root)
    for module, name, value in [
        (runner, "CACHE", made.cache),
        (twice, "CACHE", made.cache),
        (runner, "BUILD", made.root / "build"),
        (runner, "LOGS", made.root / "build/logs"),
        (sources, "SOURCES", made.cache / "sources"),
    ]:
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr("build.locks.CACHE", made.cache)
    monkeypatch.setattr("build.manifest.BUILD", made.root / "build")
    monkeypatch.setattr("build.manifest.MANIFEST", made.root / "build/manifest.json")
    monkeypatch.setattr(tools, "environment", lambda: {"PATH": "/usr/bin:/bin"})
    return made
