"""README.md as a newcomer follows it: every block of commands and of configuration."""

import os
import pty
import re
import select
import subprocess
import time

import pytest

from conftest import TREE
from machines.guest import READY
from machines.medium import artefact, iso

README = (TREE / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(heading):
    """(language, text) of each block below a heading."""
    part = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return BLOCK.findall(part)


def commands(heading):
    lines = [line for kind, text in blocks(heading) if kind == "sh" for line in text.splitlines()]
    return [command for line in lines if (command := line.split("  #")[0].strip())]


def test_every_block_is_known_here():
    tested = ("Two commands", "First session", "Configuration", "Recipes", "Boot media")
    known = [block for heading in tested for block in blocks(heading)]
    assert BLOCK.findall(README) == known


def test_first_session(resume, registry):
    mirror = f"http://{registry.guest_address}"
    with resume() as guest:
        guest.run(f"sudo ros config set rancher.docker.registry_mirror {mirror}")
        guest.run("sudo ros service restart docker", 120)
        for command in commands("First session"):
            assert guest.ssh.run(command, 180) or "validate" in command or "set" in command, command
        assert guest.ssh.run("hostname") == "sparrow"


@pytest.mark.parametrize(("kind", "text"), [*blocks("Configuration"), *blocks("Recipes")])
def test_configuration(tmp_path, kind, text):
    assert kind == "yaml"
    file = tmp_path / "config.yml"
    file.write_text(text)
    assert complaints(file) == ""
    file.write_text(text.replace("rancher:", "ranchre:"))
    assert "ranchre" in complaints(file)


def complaints(file):
    ros, built_in = artefact("ros/ros"), TREE / "configs/os-config.yml"
    done = subprocess.run(
        [ros, "plan", "--config", built_in, file], capture_output=True, text=True, check=True
    )
    return done.stderr


def test_boot_media(tmp_path, ssh_key):
    written, make, _, run = commands("Boot media")
    assert f"if=build/iso/{iso().name} " in written
    (tmp_path / "my.yml").write_text("#cloud-config\n")
    for command in (make, make.replace(" raw ", " qcow2 ")):
        words = [str(TREE / "scripts/image"), *command.split()[1:]]
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    on_a_terminal(run)


def test_two_commands():
    run, test = commands("Two commands")
    assert test == "scripts/test"  # which is what runs this
    on_a_terminal(run)


def on_a_terminal(command, limit=300):
    """Runs it until the machine is ready and has been powered off at its console."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(command.split(), cwd=TREE, stdin=end, stdout=end, stderr=end)
    os.close(end)
    try:
        said = read_until(terminal, READY, limit)
        assert re.search(r"log in: ssh -p \d+ -i \S+ .*rancher@127\.0\.0\.1", said), said
        os.write(terminal, b"\nsudo poweroff\n")
        with pytest.raises(OSError, match="Input/output error"):  # the other end is closed
            read_until(terminal, "no such line", 120)
        assert process.wait(30) == 0
    finally:
        process.terminate()
        process.wait(30)
        os.close(terminal)


def read_until(terminal, pattern, limit):
    said, deadline = "", time.monotonic() + limit
    while not re.search(pattern, said):
        assert time.monotonic() < deadline, said
        if select.select([terminal], [], [], 1)[0]:
            said += os.read(terminal, 65536).decode("utf-8", "replace")
    return said
