"""The kernel is locked down and loads its own modules only; eBPF tools find what they attach to."""

import subprocess

from machines.medium import artefact

LOCKDOWN = "/sys/kernel/security/lockdown"
TRACING = "/sys/kernel/tracing"
CALLS = 25


def test_the_kernel(resume):
    with resume() as guest:
        own_modules_alone_are_loaded(guest)
        events_are_traced(guest)
        programs_attach_by_types(guest)
        root_takes_no_lock_back(guest)


def test_an_owner_may_open_the_kernel(boot):
    with boot("direct", append="rancher.lockdown=none") as guest:
        guest.login()
        assert guest.run(f"cat {LOCKDOWN}").startswith("[none]")
        assert insert(guest, "dummy", module("dummy") + b"changed") == (0, "")


def module(name):
    """A module of the kernel that no boot loads, unpacked."""
    packed = next(artefact("kernel/modules").rglob(f"{name}.ko.zst"))
    return subprocess.run(["zstd", "-dcq", packed], check=True, capture_output=True).stdout


def insert(guest, name, content):
    guest.write(f"/tmp/{name}.ko", content)
    return guest.try_run(f"sudo insmod /tmp/{name}.ko")


def own_modules_alone_are_loaded(guest):
    assert "[integrity]" in guest.run(f"cat {LOCKDOWN}")
    status, said = insert(guest, "dummy", module("dummy") + b"changed")
    assert status != 0
    assert "not permitted" in said
    guest.run("sudo dmesg | grep 'Lockdown: insmod: unsigned module loading is restricted'")
    assert insert(guest, "dummy", module("dummy")) == (0, "")
    guest.run("sudo modprobe ifb && grep -q '^ifb ' /proc/modules")


def root_takes_no_lock_back(guest):
    assert guest.try_run(f"echo none | sudo tee {LOCKDOWN} 2>&1")[0] != 0
    guest.run("sudo ros config set rancher.lockdown confidentiality")
    guest.wait_for(f"cat {LOCKDOWN}", r"\[confidentiality\]")
    guest.run("sudo ros config set rancher.lockdown integrity")
    assert "[confidentiality]" in guest.run(f"cat {LOCKDOWN}"), "the kernel takes nothing back"


def events_are_traced(guest):
    """By kprobes, uprobes and tracepoints."""
    guest.run(
        "sudo sh -ec '"
        f"cd {TRACING}; "
        "echo p:probes/unlink do_unlinkat >>kprobe_events; "
        "echo p:probes/main /bin/busybox:0x1000 >>uprobe_events; "
        "echo 1 >events/probes/unlink/enable; "
        "for event in events/syscalls/sys_enter_unlink*; do echo 1 >$event/enable; done; "
        "rm -f /tmp/nothing; : >/tmp/nothing; rm /tmp/nothing'"
    )
    seen = guest.run(f"sudo cat {TRACING}/trace")
    assert " unlink: (do_unlinkat" in seen
    assert " sys_unlink" in seen
    guest.run(f"sudo sh -c 'cat {TRACING}/uprobe_events' | grep -q probes/main")


def programs_attach_by_types(guest):
    guest.write("/tmp/fentry", artefact("test-programs/fentry").read_bytes())
    counted = guest.run(f"chmod +x /tmp/fentry && sudo /tmp/fentry do_unlinkat /none {CALLS}")
    assert CALLS <= int(counted) < 2 * CALLS
    status, said = guest.try_run("sudo /tmp/fentry not_a_function /none 1")
    assert (status, "not_a_function" in said) == (1, True)
