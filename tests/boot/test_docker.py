"""Docker's life in the system: Swarm, restarts of the service, power-off."""

import json
import re

from machines.medium import file_on, state_disk

LIVE_RESTORE = "docker info -f '{{.LiveRestoreEnabled}}'"
TRAP = (
    "trap 'sleep 1; echo by-signal > /data/stopped; exit 0' TERM; touch /data/trapping;"
    " while :; do sleep 0.2; done"
)


def swarm_works(guest, image):
    """`docker swarm init` is refused while live-restore is on."""
    guest.run("docker swarm init --advertise-addr 127.0.0.1", 120)
    guest.run(
        f"docker service create -d -q --no-resolve-image --replicas 2 --name web {image} sleep 9999"
    )
    guest.wait_for("docker service ls --format '{{.Replicas}}'", "^2/2$", 180)
    guest.run("docker service rm web")
    # Docker gives itself a limit, which a busy host exceeds.
    left = "docker info -f '{{.Swarm.LocalNodeState}}' | grep -qx inactive"
    guest.until(f"docker swarm leave --force || {left}", 120)


def restart_keeps_containers(guest, image):
    guest.run(f"docker run -d --stop-timeout 1 --name counter {image} sleep 9999", 120)
    pid = guest.run("docker inspect -f '{{.State.Pid}}' counter")
    dockerd = guest.run("pgrep -f '^/usr/bin/dockerd'")
    guest.run("sudo ros service restart docker", 120)
    assert guest.run("pgrep -f '^/usr/bin/dockerd'") != dockerd, "it was not restarted"
    assert guest.run("docker inspect -f '{{.State.Pid}}' counter") == pid
    guest.run(f"test -d /proc/{pid}")


def test_docker_lives_with_the_system(boot, registry, tmp_path):
    disk = state_disk(tmp_path)
    image = registry.image
    user_data = "#cloud-config\nrancher: {docker: {log_opts: {max-size: 5m}, bip: 172.30.0.1/16}}\n"
    with boot("direct", registries=[registry], user_data=user_data, disks=[disk]) as guest:
        guest.ready()
        guest.wait_for(LIVE_RESTORE, "^false$", 30)
        assert "172.30.0.1/16" in guest.run("ip addr show docker0")
        swarm_works(guest, image)
        restart_keeps_containers(guest, image)
        guest.wait_for(LIVE_RESTORE, "^false$", 30)
        options = guest.run("docker inspect -f '{{.HostConfig.LogConfig.Config}}' counter")
        assert options == "map[max-size:5m]"
        guest.run(f'docker run -d --name trap -v /home:/data {image} sh -c "{TRAP}"', 120)
        guest.until("test -e /home/trapping")
        guest.power_off(limit=90)
    assert file_on(disk, "/home/stopped") == "by-signal\n"


def test_live_restore_of_the_user_wins(resume):
    """The negative control of the Swarm test, and of the policy."""
    with resume() as guest:
        guest.run("sudo ros config set rancher.docker.live_restore true")
        guest.run("sudo ros service restart docker", 120)
        guest.wait_for(LIVE_RESTORE, "^true$", 30)
        status, output = guest.try_run("docker swarm init", 60)
        assert status != 0
        assert "incompatible with swarm mode" in output


def test_templates(resume, registry):
    """The methods that the linker keeps (images/engine/template-methods) are those one asks for."""
    image = registry.image
    with resume() as guest:
        run = guest.run
        tag = "tag='{{.Name}}.{{.ImageName}}'"
        what = "sh -c 'echo said; sleep 9999'"
        run(f"docker run -d --name one --label x=1 --log-opt {tag} {image} {what}", 120)
        row = json.loads(run("docker ps --format json"))
        assert (row["Names"], row["State"], row["Labels"]) == ("one", "running", "x=1")
        assert len(row) >= 15, row
        assert run("docker ps --format '{{.Names}} {{.Label \"x\"}} {{.RunningFor}}'").startswith(
            "one 1 "
        )
        assert "tag=one." in run("docker logs --details one")
        image_row = json.loads(run("docker images --format '{{json .}}'"))
        assert image_row["Tag"] == "1"
        mode = run("docker inspect -f '{{.State.Status}} {{.HostConfig.NetworkMode.IsHost}}' one")
        assert mode == "running false"
        for command in ("stats --no-stream", "network ls", "system df", f"history {image}"):
            assert json.loads(run(f"docker {command} --format json", 60).splitlines()[0]), command
        assert re.search(r"^Server:.* Version:", run("docker version"), re.MULTILINE | re.DOTALL)
        assert "Management Commands:" in run("docker --help")
        assert "--privileged" in run("docker run --help")
        status, said = guest.try_run("docker ps --format '{{.Nothing}}'")
        assert (status != 0, "can't evaluate field Nothing" in said) == (True, True), said


def test_containers_are_confined(resume, registry):
    """By seccomp and AppArmor: with a capability too many, what the profile denies is denied."""
    image = registry.image
    mount = f"docker run --rm --cap-add SYS_ADMIN {image} mount -t tmpfs none /tmp"
    free = mount.replace("--rm", "--rm --security-opt apparmor=unconfined")
    with resume() as guest:
        options = guest.run("docker info -f '{{.SecurityOptions}}'")
        for name in ("name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"):
            assert name in options
        shown = guest.run(f"docker run --rm {image} cat /proc/self/attr/current 2>/dev/null", 120)
        assert shown == "docker-default (enforce)"
        status, said = guest.try_run(mount, 120)
        assert (status != 0, "permission denied" in said.lower()) == (True, True), said
        guest.run(free, 120)
