"""Too much of everything: processes, files in memory, log lines, connections. The owner still gets
in, the services go on, and all is as before once the cause is gone."""

import re
import time

import pytest

from machines.medium import artefact

FLOOD = 15  # seconds
MOST_LOG = 80 << 20  # bytes that all logs may take: 50 MB of a container, 8 of a service, spools


@pytest.fixture
def machine(resume, registry):
    with resume() as guest:
        guest.image = registry.image
        guest.run(f"docker pull -q {guest.image}", 120)
        guest.before = guest.run("sudo ros service ps -q")
        guest.ssh.wait()
        yield guest
        assert guest.ssh.run("sudo ros service ps -q", 120, fresh=True) == guest.before
        guest.run(f"docker run --rm {guest.image} true", 120)


def test_a_fork_bomb_can_be_ended(machine):
    ssh = machine.ssh
    bomb = "bomb() { bomb | bomb & }; bomb; sleep 1000"
    ssh.run(f"docker run -d --name bomb {machine.image} sh -c '{bomb}'", 120)
    limit = int(ssh.run("cat /sys/fs/cgroup/user/pids.max"))
    machine.wait_for("cat /sys/fs/cgroup/user/pids.events", r"max [1-9]", 120)
    assert int(ssh.run("cat /sys/fs/cgroup/user/pids.current", 120)) > limit * 0.9
    # Docker waits ten seconds for those that it has killed, too short for thousands on a busy host.
    ssh.run("until docker rm -f bomb; do sleep 1; done", 180)
    machine.wait_for("cat /sys/fs/cgroup/user/pids.current", r"^\d?\d$")


@pytest.mark.soak
@pytest.mark.parametrize("folder", ["/run", "/tmp"])
def test_a_full_file_system_in_memory(machine, folder):
    ssh = machine.ssh
    status, said = ssh.try_run(f"sudo dd if=/dev/zero of={folder}/full bs=1M", 120)
    assert status != 0
    assert "No space left" in said, said
    assert ssh.run(f"df -P {folder} | tail -n 1").split()[3] == "0"
    assert ssh.run("echo in") == "in"
    # What cannot be started now comes back by itself afterwards.
    status, said = ssh.try_run("sudo ros service restart ntp", 120)
    print(f"{folder} full, restart of ntp: {status} {said}")
    ssh.run(f"sudo rm {folder}/full")
    machine.wait_for("sudo ros service list", r"ntp +running")
    machine.before = ssh.run("sudo ros service ps -q", 120)


@pytest.mark.soak
def test_log_floods(boot, registry):
    line = "x" * 200
    service = f"""#cloud-config
rancher:
  services:
    flood:
      image: console
      net: none
      read_only: true
      restart: "no"
      entrypoint: [/bin/busybox]
      command: ["yes", {line}]
      labels:
        io.rancher.os.scope: system
"""
    with boot("direct", ssh=True, registries=[registry], user_data=service) as guest:
        guest.ready()
        guest.ssh.wait()
        ssh = guest.ssh
        ssh.run(f"docker run -d --name flood {registry.image} busybox yes {line}", 120)
        group = "/sys/fs/cgroup/system/flood.*/cgroup.procs"
        written = f"sudo cat {group} | xargs -I{{}} sudo cat /proc/{{}}/io"
        time.sleep(FLOOD)
        count = int(re.search(r"wchar: (\d+)", ssh.run(written, 120))[1])
        print(f"the service wrote {count / 1e6:.0f} MB")
        ssh.run("docker rm -f flood", 120)
        ssh.run("sudo ros service stop flood", 120)
        files = "/var/log /var/lib/docker/containers /run/ros"
        taken = int(ssh.run(f"sudo du -sk {files} | awk '{{n += $1}} END {{print n}}'", 120))
        assert taken << 10 < min(MOST_LOG, count)
        # The others' lines are there, and its last ones are whole or counted as dropped.
        assert "chronyd" in ssh.run("sudo ros service logs ntp", 120)
        last = ssh.run("sudo ros service logs --lines 1000 flood", 120).splitlines()
        assert len(last) > 900
        assert all(text.endswith(f" {line}") or "lines dropped" in text for text in last[:-1])


def test_connections_and_nonsense_at_the_control_socket(machine):
    machine.write("connect", artefact("test-programs/connect").read_bytes())
    machine.run("chmod +x connect")
    for socket in ("control/control.sock", "pid1.sock"):
        said = machine.run(f"sudo /home/rancher/connect /run/ros/{socket} 3000 5", 180)
        assert re.fullmatch(r"made 3000\nclosed (29\d{2}|3000)", said), (socket, said)
        # Whoever is not root does not get that far.
        refused = machine.run(f"/home/rancher/connect /run/ros/{socket} 1 0")
        assert refused == "made 0\nclosed 0", socket
