"""User containers take all memory and all processors; the owner still gets in."""

import statistics
import time

EATERS = 2  # each is killed when memory ends, and begins again
BURNERS = 2
BURN = "for _ in 1 2 3 4; do while :; do :; done & done; wait"  # more than there are processors
MOST_SLOWER = 5  # times as long as without load
PROBES = 3


def login_time(ssh):
    """Seconds, the median of some."""
    times = []
    for _ in range(PROBES):
        start = time.monotonic()
        ssh.run("true", 120, fresh=True)
        times.append(time.monotonic() - start)
    return statistics.median(times)


def services(ssh):
    return ssh.run("sudo ros service ps -q", 120)


def test_logins_and_services_outlive_greedy_containers(resume, registry):
    with resume() as guest:
        guest.ssh.wait()
        ssh = guest.ssh
        image = registry.image
        ssh.run(f"docker pull -q {image}", 120)
        before = services(ssh)
        idle = login_time(ssh)
        for number in range(EATERS):
            eat = "/bin/busybox dd if=/dev/zero of=/dev/null bs=900M"
            ssh.run(f"docker run -d --restart always --name eat{number} {image} {eat}", 120)
        for number in range(BURNERS):
            ssh.run(f"docker run -d --name burn{number} {image} sh -c '{BURN}'", 120)
        guest.wait_for("sudo dmesg | grep 'Killed process'", "Killed", 400)
        busy = login_time(ssh)
        print(f"login: {idle:.2f} s idle, {busy:.2f} s under load")
        killed = ssh.run("sudo dmesg | grep 'Killed process'", 120)
        assert all("(busybox)" in line or "(dd)" in line for line in killed.splitlines()), killed
        assert services(ssh) == before
        ssh.run("docker rm -f $(docker ps -aq)", 400)
        assert busy <= MOST_SLOWER * max(idle, login_time(ssh)), "slower than before and after"
