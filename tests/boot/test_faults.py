"""kill -9 of each part under services and a user container: nothing restarts, nothing is lost."""

import re

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


def test_kill_each_part_under_a_running_container(resume, registry):
    with resume() as guest:
        guest.run(f"docker run -d --name counter {registry.image} sh -c '{COUNT}'", 120)
        pid = guest.run("docker inspect -f '{{.State.Pid}}' counter")
        before = container_ids(guest)
        for part, find in PARTS.items():
            old = guest.run(find).split()
            guest.run("sudo kill -9 " + " ".join(old))
            guest.until(f'new=$({find}) && [ "$new" != "{" ".join(old)}" ]')
            wait_for_services(guest)
            guest.run(f"kill -0 {pid} || sudo kill -0 {pid}")
            if part != "dockerd":
                assert container_ids(guest) == before, f"killing {part} changed the services"
        guest.until("docker version >/dev/null 2>&1")
        assert (
            guest.run("docker inspect -f '{{.State.Pid}} {{.RestartCount}}' counter", 60)
            == f"{pid} 0"
        )
        seen = counts(guest)
        assert excusable(gaps_of(seen), kills=1), f"the user container's log: {gaps_of(seen)}"
        guest.until(f"[ $(docker logs counter 2>&1 | wc -l) -gt {len(seen)} ]")


def test_what_a_killed_manager_has_left(shared):
    """The next one goes on with what was being removed, also when containerd knows the container no
    longer, and lets go of the disc that was being read."""
    left = "/run/ros/services/ntp.99 /run/ros/logs/ntp.99.out"
    bundle = "/run/system-containerd/io.containerd.runtime.v2.task/system/ntp.99"
    disc = "/run/ros/nocloud"
    in_host = "sudo nsenter -t 1 -m"
    run = shared.run
    run("sudo mkdir /run/ros/services/ntp.99 && sudo mkfifo /run/ros/logs/ntp.99.out")
    run(f"sudo mkdir -p {bundle}/rootfs && {in_host} mount -t tmpfs x {bundle}/rootfs")
    run(f"sudo mkdir -p {disc} && {in_host} mount -t tmpfs x {disc}")
    run(f"grep {bundle} /proc/1/mounts && grep {disc} /proc/1/mounts")
    run(f"sudo kill -9 $({PARTS['manager']})")
    shared.until(f'[ -z "$(sudo ls -d {left} {bundle} 2>/dev/null)" ]')
    run(f"! grep {bundle} /proc/1/mounts && ! grep {disc} /proc/1/mounts")
    wait_for_services(shared)


def test_containerd_killed_while_it_starts_a_shim(shared):
    """containerd forgets such a shim, which then would stay for ever."""
    before = len(shared.run(SHIMS).splitlines())
    for _ in range(3):
        shared.run(f"sudo sh -c '{KILL_WHILE_A_SHIM_STARTS}'", 120)
        wait_for_services(shared)
        shared.wait_for(f"{SHIMS} | wc -l", f"^{before}$", 60)


def test_a_shared_shim_that_containerd_has_lost(shared):
    """It ends when one of its services has ended; the one they live in stays."""
    shim = "/usr/bin/containerd-shim-runc-v2 -namespace system -id ntp.98"
    serve = f"exec {shim} -address /run/system-containerd/containerd.sock -socket /run/lost.sock"
    before = shared.run(SHIMS)
    shared.run(
        "sudo mkfifo /run/log && sudo sh -c 'echo $$ >/sys/fs/cgroup/init/cgroup.procs; "
        f'exec nsenter -t 1 -m sh -c "cd /run; {serve} 3<>log"\' </dev/null >/tmp/said 2>&1 &'
    )
    shared.wait_for(f"pgrep -f '^{shim}' || cat /tmp/said", r"^\d+$", 30)
    shared.run("sudo kill -9 $(pgrep chronyd)")
    shared.until(f"! pgrep -f '^{shim}' >/dev/null")
    wait_for_services(shared, "ntp")
    assert shared.run(SHIMS) == before


def test_a_process_left_in_a_service_s_cgroup(shared):
    """A runtime that is killed leaves such; they end, and the service starts again."""
    group = "/sys/fs/cgroup/system/ntp*"
    shared.run(f"sleep 9999 & sudo sh -c 'echo '$!' >$(echo {group})/cgroup.procs'")
    left = shared.run("pgrep -f 'sleep 9999'")
    shared.run("sudo ros service restart ntp", 60)
    wait_for_services(shared, "ntp")
    shared.run(f"[ ! -e /proc/{left} ] && [ $(ls -d {group} | wc -l) = 1 ]")


def test_services_of_a_killed_shim_start_one_after_the_other(shared):
    """Two at once, which find its socket, would start a shim each, and one would be lost."""
    shim = "$(pgrep -f 'containerd-shim.* -id (acpid|ntp|syslog|udev)[.]')"
    # One counts once: until its exec, what a process has forked shows the same words.
    starting = "pgrep -fl 'containerd-shim.* start$' | cut -d ' ' -f 2- | sort -u | wc -l"
    ids = "sudo ros service ps -q | sort"
    shared.run(f"{ids} >/tmp/before")
    count = f"{starting}; done | sort -n | tail -n 1 >/tmp/counted && mv /tmp/counted /tmp/most"
    shared.run(f"(until [ -e /tmp/enough ]; do {count}) &")
    shared.run(f"sudo kill -9 {shim}")
    shared.until(f"{ids} >/tmp/now && [ $(grep -vxFf /tmp/before /tmp/now | wc -l) = 4 ]")
    wait_for_services(shared, "acpid", "ntp", "syslog", "udev")
    shared.run("touch /tmp/enough")
    shared.until("test -e /tmp/most")
    assert shared.run("cat /tmp/most") == "1"


def wait_for_services(guest, *more):
    """Until those that users depend on run, and `more`."""
    running = " ".join(("console", "docker", "network", *more))
    row = 'sudo ros service ps | grep -q "^$name .*running"'
    guest.until(f"( for name in {running}; do {row} || exit 1; done )", 90)
