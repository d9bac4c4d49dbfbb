"""The real tables, read without building anything: what they name exists and is asked for."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from assemble.table import Line, read_table

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("images/*/rootfs.table"))
STAGES = tomllib.loads((ROOT / "scripts/stages.toml").read_text())["stage"]
TABLES = {
    "initramfs": "init/initramfs.table",
    "initramfs-full": "init/initramfs-full.table",
    "system-image": "init/system.table",
    "firmware": "init/firmware-archive.table",
}
RENDERED = (
    {"passwd", "group", "shadow", "os-release", "firmware.erofs"}
    | {f"{service}.json" for service in SERVICES}
    | {f"{file.parent.name}.seccomp" for file in ROOT.glob("images/*/syscalls")}
)


def lines(table: str) -> list[Line]:
    """All lines of a table and of those that it includes."""
    found = []
    for line in read_table(ROOT / table, table):
        found.append(line)
        if line.directive == "include":
            found += lines(line["source"])
    return found


def found_as(stages: list[str]) -> set[str]:
    """Under which names recipes find the results of these stages."""
    return {STAGES[stage].get("like", stage) for stage in stages}


@pytest.mark.parametrize("stage", TABLES)
def test_sources_exist_or_come_from_a_needed_stage(stage):
    for line in lines(TABLES[stage]):
        source = line.fields.get("source", "")
        name, colon, path = source.partition(":")
        if name == "rendered":
            assert path in RENDERED, line.where
        elif colon:
            assert name in found_as(STAGES[stage]["needs"]), f"{line.where}: {source}"
        elif source:
            assert (ROOT / source).exists(), f"{line.where}: {source}"


@pytest.mark.parametrize("service", SERVICES)
def test_entrypoint_is_in_the_image(service):
    config = json.loads((ROOT / f"images/{service}/config.json").read_text())["config"]
    entrypoint = config["Entrypoint"][0]
    table = list(lines(f"images/{service}/rootfs.table"))
    paths = {line["path"] for line in table if line.directive in ("file", "link")}
    # What is in a stage's tree is not known here.
    trees = [line["path"] for line in table if line.directive == "tree"]
    assert entrypoint in paths or any(entrypoint.startswith(folder) for folder in trees)


def test_system_image_holds_every_service_image():
    paths = {line["path"] for line in lines(TABLES["system-image"])}
    for service in SERVICES:
        assert {f"/images/{service}/rootfs", f"/images/{service}/config.json"} <= paths


def test_login_shells_and_ssh_have_one_search_path():
    found = {
        re.search(r"/usr/local/sbin:[\w/:]+", (ROOT / file).read_text())[0]
        for file in (
            "images/console/etc/profile",
            "images/console/etc/ssh/sshd_config",
            "ros/plan/profile.cc",
        )
    }
    assert len(found) == 1, found
