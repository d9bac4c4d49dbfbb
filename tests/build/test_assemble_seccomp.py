"""Lists of system calls become a profile; mistakes are told with file and line."""

import errno
import json
from pathlib import Path

import pytest

from assemble.errors import AssembleError
from assemble.seccomp import render_profile

ROOT = Path(__file__).resolve().parents[2]


def rendered(root, name="syscalls", architecture="x86_64"):
    return json.loads(render_profile(root, name, architecture))


def test_lists_that_include_one_another(tmp_path):
    (tmp_path / "base").write_text("read write  # files\n")
    (tmp_path / "syscalls").write_text("# a service\n\ninclude base\nclose openat\n")
    profile = rendered(tmp_path)
    assert profile["syscalls"][0]["names"] == ["close", "openat", "read", "write"]
    assert profile["defaultErrnoRet"] == errno.ENOSYS
    assert profile["architectures"] == ["SCMP_ARCH_X86_64"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("read\nread\n", "syscalls:2: 'read' is listed already: syscalls:1"),
        ("Read\n", "syscalls:1: 'Read' is no name of a system call"),
        ("include\n", "syscalls:1: expected: include FILE"),
        ("clone\n", "syscalls:1: 'clone' is always allowed, without new namespaces"),
    ],
)
def test_mistakes(tmp_path, text, message):
    (tmp_path / "syscalls").write_text(text)
    with pytest.raises(AssembleError, match=f"^{message}$"):
        rendered(tmp_path)


@pytest.mark.parametrize("service", ["acpid", "network", "ntp", "syslog", "udev"])
def test_lists_of_the_services(service):
    """None has what takes over a machine, though Docker's profile gives it for a capability."""
    names = set(rendered(ROOT, f"images/{service}/syscalls")["syscalls"][0]["names"])
    assert {"execve", "read"} <= names
    assert not names & {"bpf", "mount", "ptrace", "reboot", "setns", "unshare", "init_module"}
