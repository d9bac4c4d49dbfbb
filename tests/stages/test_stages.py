"""Stages: what makes one run again, what does not, and what a failure leaves."""

import json
import os
import shutil
import signal
import threading
import time

import pytest

from build import schedule, stages, twice
from build.errors import BuildError


def build(*wanted):
    return schedule.build(list(wanted), {}, epoch=1)


def test_a_result_is_made_once_and_linked(tree):
    first = build(tree.stage("first"))["first"]
    assert (tree.root / "build/first/text").read_text() == "hello\n"
    assert not first.cached
    again = build(tree.stage("first"))["first"]
    assert again.cached
    assert again.key == first.key
    assert tree.runs == 1


def test_a_changed_input_runs_it_and_its_dependants_again(tree):
    both = [tree.stage("first"), tree.stage("second", ["first"])]
    build(*both)
    (tree.root / "input").write_text("changed\n")
    build(*both)
    assert tree.runs == 4
    assert (tree.root / "build/second/text").read_text() == "changed\n"


@pytest.mark.parametrize("part", ["content", "mode", "name", "env", "epoch", "needs"])
def test_every_part_counts_in_the_key(tree, part):
    stage, epoch, needs = tree.stage("first"), 1, {}
    before = stages.key(stage, epoch, {}, needs)
    assert stages.key(stage, epoch, {}, needs) == before
    if part == "content":
        (tree.root / "input").write_text("other")
    elif part == "mode":
        (tree.root / "input").chmod(0o755)
    elif part == "name":
        (tree.root / "input").rename(tree.root / "input2")
        stage.inputs[:] = ["input2"]
    elif part == "env":
        stage.env["MORE"] = "1"
    elif part == "epoch":
        epoch = 2
    else:
        needs = {"second": "key"}
    assert stages.key(stage, epoch, {}, needs) != before


def test_the_version_really_fetched_counts_in_the_key(tree):
    stage = tree.stage("first", sources=["zlib"])
    keys = [
        stages.key(stage, 1, {"zlib": {"version": version, "files": {}}}, {})
        for version in ("1-1", "1-2")
    ]
    assert keys[0] != keys[1]


def test_without_the_cache_it_is_made_again(tree):
    build(tree.stage("first"))
    shutil.rmtree(tree.cache, ignore_errors=True)  # its scratch folder may just be going
    build(tree.stage("first"))
    assert tree.runs == 2
    assert (tree.root / "build/first/text").exists()


def test_a_failure_shows_the_log_and_leaves_no_result(tree, capsys):
    (tree.root / "first").write_text("#!/bin/sh\nseq 100\necho went wrong\nexit 3\n")
    with pytest.raises(BuildError, match="first"):
        build(tree.stage("first"), tree.stage("second", ["first"]))
    shown = capsys.readouterr().out
    assert "went wrong" in shown
    assert "status 3" in shown
    assert shown.startswith("42\n"), "the last 60 lines are shown"
    assert not list(tree.cache.glob("stages/*"))
    assert tree.runs == 0, "what needs a failed stage does not run"


def test_a_recipe_that_makes_nothing_has_failed(tree):
    (tree.root / "first").write_text("#!/bin/sh\n")
    with pytest.raises(BuildError):
        build(tree.stage("first"))


def test_whoever_is_interrupted_starts_nothing_more(tree):
    (tree.root / "first").write_text("#!/bin/sh\necho run >>$COUNTER; exec sleep 60\n")
    names = [f"stage{i}" for i in range(schedule.SIDE_BY_SIDE + 2)]
    for name in names:
        (tree.root / name).symlink_to("first")

    def interrupt():
        while tree.runs < schedule.SIDE_BY_SIDE:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        build(*map(tree.stage, names))
    assert time.monotonic() - start < 30, "what ran is ended"
    assert tree.runs == schedule.SIDE_BY_SIDE


def test_two_builds_at_once_run_a_recipe_once(tree):
    (tree.root / "first").write_text(
        "#!/bin/sh\necho run >>$COUNTER; sleep 0.3; echo x >$OUT/text\n"
    )
    threads = [threading.Thread(target=build, args=(tree.stage("first"),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tree.runs == 1


def test_the_manifest_names_keys_and_sizes(tree):
    result = build(tree.stage("first"))["first"]
    manifest = json.loads((tree.root / "build/manifest.json").read_text())
    assert manifest["stages"]["first"]["key"] == result.key
    assert manifest["stages"]["first"]["bytes"] == 6


def test_an_input_without_a_file_is_an_error(tree):
    stage = tree.stage("first")
    stage.inputs.append("missing/**")
    with pytest.raises(BuildError, match="missing"):
        stages.key(stage, 1, {}, {})


def test_a_cycle_is_named():
    loop = {
        "a": stages.Stage("a", "a", [], needs=["b"]),
        "b": stages.Stage("b", "b", [], needs=["a"]),
    }
    with pytest.raises(BuildError, match="a -> b -> a"):
        stages.with_needs(loop, ["a"])


def test_the_same_bytes_twice_or_a_difference(tree):
    for recipe, differing in [("cat input >$OUT/text", []), ("date +%N >$OUT/text", ["text"])]:
        (tree.root / "first").write_text(f"#!/bin/sh\n{recipe}\n")
        stage = tree.stage("first")
        results = build(stage)
        found = twice.differences(schedule.job(stage, {}, 1, {}), results["first"])
        assert [line.split(":")[0] for line in found] == differing


def test_an_input_that_changes_during_the_build_makes_no_result(tree):
    (tree.root / "first").write_text("#!/bin/sh\necho new >input; echo x >$OUT/text\n")
    with pytest.raises(BuildError):
        build(tree.stage("first"))
    assert not list(tree.cache.glob("stages/*"))


def test_what_runs_here_is_the_same_for_every_architecture(tree, monkeypatch):
    table = tree.root / "stages.toml"
    (tree.root / "recipe").touch()
    common = 'run = "recipe"\ninputs = []\ntools = []\n'
    table.write_text(f"[stage.tool]\n{common}host = true\n[stage.program]\n{common}")
    before = stages.load({}, table)
    monkeypatch.setattr(stages, "ARCH", "aarch64")
    after = stages.load({}, table)
    assert after["tool"] == before["tool"]
    assert before["program"].env == {}
    assert after["program"].env["CROSS_COMPILE"] == "aarch64-linux-gnu-"


def test_what_cannot_be_for_this_architecture_is_refused_and_left_out_of_all(tree, monkeypatch):
    table = tree.root / "stages.toml"
    (tree.root / "recipe").touch()
    common = 'run = "recipe"\ninputs = []\ntools = []\n'
    table.write_text(f'[stage.kernel]\n{common}[stage.iso]\n{common}only = "x86_64"\n')
    assert stages.names(stages.load({}, table)) == ["kernel", "iso"]
    monkeypatch.setattr(stages, "ARCH", "aarch64")
    loaded = stages.load({}, table)
    assert stages.names(loaded) == ["kernel"]
    with pytest.raises(BuildError, match="iso: is for x86_64 only"):
        stages.with_needs(loaded, ["iso"])


def test_a_stage_like_another_stands_for_it_and_is_made_on_request(tree):
    table = tree.root / "stages.toml"
    (tree.root / "recipe").touch()
    table.write_text("""
[stage.image]
run = "recipe"
inputs = ["input"]
tools = []
env = { LEVEL = "3", SIZE = "1" }
[stage.medium]
run = "recipe"
inputs = []
tools = []
needs = ["image"]
[stage.image-small]
like = "image"
on_request = true
env = { LEVEL = "19" }
[stage.release]
like = "medium"
on_request = true
replace = { image = "image-small" }
""")
    loaded = stages.load({}, table)
    assert stages.names(loaded) == ["image", "medium"]
    small = loaded["image-small"]
    assert (small.run, small.inputs, small.env) == (
        "recipe",
        ["input"],
        {"LEVEL": "19", "SIZE": "1"},
    )
    assert small.variable == loaded["image"].variable == "STAGE_IMAGE"
    assert loaded["release"].needs == ["image-small"]
    assert loaded["medium"].needs == ["image"]
    found = schedule.keys(stages.with_needs(loaded, ["release", "medium"]), {}, 1)
    assert found["image-small"] != found["image"]
    assert found["release"] != found["medium"]


@pytest.mark.parametrize("like", ["nobody", "second"])
def test_a_stage_is_like_one_that_says_all_itself(tree, like):
    table = tree.root / "stages.toml"
    (tree.root / "recipe").touch()
    table.write_text(
        '[stage.one]\nrun = "recipe"\ninputs = []\n[stage.second]\nlike = "one"\n'
        f'[stage.third]\nlike = "{like}"\n'
    )
    with pytest.raises(BuildError, match=f"third: like: '{like}'"):
        stages.load({}, table)


def test_the_longest_chain_starts_first(tree):
    (tree.root / "order").write_text("")
    for name in ("long", "short", "last", "slow"):
        recipe = tree.root / name
        recipe.write_text(f'#!/bin/sh\necho {name} >>order\nsleep 0.1\necho x >"$OUT/x"\n')
        recipe.chmod(0o755)
    wanted = [
        stages.Stage("short", "short", [], seconds=5, tools=[]),
        stages.Stage("slow", "slow", [], seconds=7, tools=[]),
        stages.Stage("long", "long", [], seconds=3, tools=[]),
        stages.Stage("last", "last", [], needs=["long"], seconds=6, tools=[]),
    ]
    assert schedule.chains(wanted) == {"long": 9, "slow": 7, "last": 6, "short": 5}
    build(*wanted)
    order = (tree.root / "order").read_text().split()
    assert sorted(order[:2]) == ["long", "slow"]
    assert sorted(order[2:]) == ["last", "short"]
