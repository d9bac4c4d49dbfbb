"""kill -9 of each part under services and a user container: nothing restarts, nothing is lost."""

import re
import time

from chaos import excusable, gaps_of

COUNT = "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.1; done"
PARTS = {
    # what to kill: how to find its process
    "manager": "pgrep -f '^/sbin/ros manager'",
    "logd": "pgrep -f '^/sbin/ros logd'",
    "containerd": "pgrep -f '^/usr/bin/containerd '",
    "dockerd": "pgrep -f '^(/usr/bin/)?dockerd'",
}
# containerd writes down where the shim listens once the shim's own starter has ended.
KILL_WHILE_A_SHIM_STARTS = (
    "ros service restart network & "
    r'until pgrep -f "containerd-shim.* start\$" >/dev/null; do :; done; '
    'kill -9 $(pgrep -f "^/usr/bin/containerd "); wait'
)
SHIMS = "ps -o pid,args | grep '[-]namespace system' | grep -v ' start$'"


def container_ids(guest):
    """Ids of the service containers with the start time of their first process."""
    return guest.run("sudo ros service ps -q").split()


def counts(guest):
    lines = guest.run("docker logs counter 2>&1", 60)
    return [int(n) for n in re.findall(r"count (\d+)", lines)]


def test_kill_each_part_under_a_running_container(boot, registry):
    with boot("direct", registries=[registry]) as guest:
        guest.ready(120)
        image = f"{registry.guest_address}/test/busybox:1"
        guest.run(f"docker run -d --name counter {image} sh -c '{COUNT}'", 120)
        pid = guest.run("docker inspect -f '{{.State.Pid}}' counter")
        before = container_ids(guest)
        for part, find in PARTS.items():
            old = guest.run(find).split()
            guest.run("sudo kill -9 " + " ".join(old))
            wait = (
                f'for i in $(seq 600); do new=$({find}); [ -n "$new" ] && [ "$new" != '
                f"'{' '.join(old)}' ] && break; sleep 0.1; done; [ $i -lt 600 ]"
            )
            guest.run(wait, 120)
            wait_for_services(guest, part)
            guest.run(f"kill -0 {pid} || sudo kill -0 {pid}")
            if part != "dockerd":
                assert container_ids(guest) == before, f"killing {part} changed the services"
        guest.run(
            "for i in $(seq 300); do docker version >/dev/null 2>&1 && break; sleep 0.2; done", 90
        )
        assert (
            guest.run("docker inspect -f '{{.State.Pid}} {{.RestartCount}}' counter", 60)
            == f"{pid} 0"
        )
        seen = counts(guest)
        assert excusable(gaps_of(seen), kills=1), f"the user container's log: {gaps_of(seen)}"
        time.sleep(1)
        assert len(counts(guest)) > len(seen), "the user container no longer counts"


def test_what_a_killed_manager_has_left(boot):
    """The next one goes on with what was being removed, also when containerd knows the container no
    longer, and lets go of the disc that was being read."""
    left = "/run/ros/services/ntp.99 /run/ros/logs/ntp.99.out"
    bundle = "/run/system-containerd/io.containerd.runtime.v2.task/system/ntp.99"
    disc = "/run/ros/nocloud"
    in_host = "sudo nsenter -t 1 -m"
    with boot("direct") as guest:
        guest.ready(120)
        guest.run("sudo mkdir /run/ros/services/ntp.99 && sudo mkfifo /run/ros/logs/ntp.99.out")
        guest.run(f"sudo mkdir -p {bundle}/rootfs && {in_host} mount -t tmpfs x {bundle}/rootfs")
        guest.run(f"sudo mkdir -p {disc} && {in_host} mount -t tmpfs x {disc}")
        guest.run(f"grep {bundle} /proc/1/mounts && grep {disc} /proc/1/mounts")
        guest.run(f"sudo kill -9 $({PARTS['manager']})")
        gone = f'[ -z "$(sudo ls -d {left} {bundle} 2>/dev/null)" ]'
        guest.run(f"for i in $(seq 100); do {gone} && break; sleep 0.1; done; {gone}", 60)
        guest.run(f"! grep {bundle} /proc/1/mounts && ! grep {disc} /proc/1/mounts")
        wait_for_services(guest, "manager")


def test_containerd_killed_while_it_starts_a_shim(boot):
    """containerd forgets such a shim, which then would stay for ever."""
    with boot("direct") as guest:
        guest.ready(120)
        before = len(guest.run(SHIMS).splitlines())
        for _ in range(3):
            guest.run(f"sudo sh -c '{KILL_WHILE_A_SHIM_STARTS}'", 120)
            wait_for_services(guest, "containerd")
            deadline = time.monotonic() + 60
            while len(shims := guest.run(SHIMS).splitlines()) != before:
                if time.monotonic() > deadline:
                    guest.fail("not as many shims as before: " + "\n".join(shims))
                time.sleep(0.5)


def test_a_shared_shim_that_containerd_has_lost(boot):
    """It ends when one of its services has ended; the one they live in stays."""
    shim = "/usr/bin/containerd-shim-runc-v2 -namespace system -id ntp.98"
    serve = f"exec {shim} -address /run/system-containerd/containerd.sock -socket /run/lost.sock"
    with boot("direct") as guest:
        guest.ready(120)
        before = guest.run(SHIMS)
        guest.run(
            "sudo mkfifo /run/log && sudo sh -c 'echo $$ >/sys/fs/cgroup/init/cgroup.procs; "
            f'exec nsenter -t 1 -m sh -c "cd /run; {serve} 3<>log"\' </dev/null >/tmp/said 2>&1 &'
        )
        assert guest.wait_for(f"pgrep -f '^{shim}'", r"\d", 30), guest.run("cat /tmp/said")
        guest.run("sudo kill -9 $(pgrep chronyd)")
        gone = f"! pgrep -f '^{shim}' >/dev/null"
        guest.run(f"for i in $(seq 100); do {gone} && break; sleep 0.1; done; {gone}", 60)
        wait_for_services(guest, "ntp")
        assert guest.run(SHIMS) == before


def test_a_process_left_in_a_service_s_cgroup(boot):
    """A runtime that is killed leaves such; they end, and the service starts again."""
    group = "/sys/fs/cgroup/system/ntp*"
    with boot("direct") as guest:
        guest.ready(120)
        guest.run(f"sleep 9999 & sudo sh -c 'echo '$!' >$(echo {group})/cgroup.procs'")
        left = guest.run("pgrep -f 'sleep 9999'")
        guest.run("sudo ros service restart ntp", 60)
        wait_for_services(guest, "ntp")
        assert guest.wait_for("sudo ros service ps", r"^ntp .* running *$", 60)
        guest.run(f"[ ! -e /proc/{left} ] && [ $(ls -d {group} | wc -l) = 1 ]")


def test_services_of_a_killed_shim_start_one_after_the_other(boot):
    """Two at once, which find its socket, would start a shim each, and one would be lost."""
    shim = "$(pgrep -f 'containerd-shim.* -id (acpid|ntp|syslog|udev)[.]')"
    # One counts once: until its exec, what a process has forked shows the same words.
    starting = "pgrep -fl 'containerd-shim.* start$' | cut -d ' ' -f 2- | sort -u | wc -l"
    with boot("direct") as guest:
        guest.ready(120)
        before = set(container_ids(guest))
        guest.run(
            f"(until [ -e /tmp/enough ]; do {starting}; done | sort -n | tail -n 1 >/tmp/most) &"
        )
        guest.run(f"sudo kill -9 {shim}")
        deadline = time.monotonic() + 60
        while len(set(container_ids(guest)) - before) < 4:
            if time.monotonic() > deadline:
                guest.fail("the services of the shim did not start again")
        wait_for_services(guest, "shim")
        assert guest.run("touch /tmp/enough; wait; cat /tmp/most") == "1"


def wait_for_services(guest, part):
    """Waits until `ros service list` is whole again."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        status, output = guest.try_run("sudo ros service ps", 30)
        running = re.findall(r"^(\w+)\b.*\brunning", output, re.MULTILINE)
        if status == 0 and {"console", "docker", "network"} <= set(running):
            return
        time.sleep(0.5)
    guest.fail(f"after killing {part} the services did not come back: {output}")
