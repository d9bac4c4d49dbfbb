"""The machine's power fails at random moments of work on its state; it comes up whole each time.

QEMU is killed: what the guest had not flushed is lost. The host keeps what was written.
"""

import random
import re
import time

from build import qemu
from machines.medium import state_disk

# Changes of the configuration, restarts of a service and new containers, until the power fails.
# Each change of the host name is told before and after it is made.
WORK = """n=$1
while :; do
  n=$((n+1))
  echo "begun $n"
  sudo ros config set hostname "h$n" >/dev/null && echo "done $n"
  case $((n % 3)) in
    0) sudo ros service restart ntp >/dev/null ;;
    1) docker run --rm --name passing IMAGE true ;;
    2) docker restart -t 0 keep >/dev/null ;;
  esac
done
"""


def cut_power(boot, registry, folder, seed, cuts):
    choose = random.Random(seed)
    disk = state_disk(folder)
    told = Told()
    for number in range(cuts + 1):
        with boot("direct", registries=[registry], disks=[disk]) as guest:
            where = f"seed {seed}, boot {number}"
            last = number == cuts
            if number > 0 and not last and choose.random() < 0.25:
                time.sleep(choose.uniform(0, 15))  # while it boots
                guest.process.kill()
                continue
            guest.ready()
            if number == 0:
                guest.run(
                    "docker run -d --restart always --stop-timeout 1 --name keep "
                    f"{registry.image} sleep 1000000",
                    180,
                )
            check(guest, told, where)
            if last:
                guest.power_off()
                continue
            guest.write("/tmp/work", WORK.replace("IMAGE", registry.image).encode())
            guest.post(f"sh /tmp/work {told.begun} >/dev/{qemu.BOARD.console}")
            time.sleep(choose.uniform(0, 12))
            guest.process.kill()
            guest.process.wait(10)
            told.read(guest.text)


class Told:
    """How far the work had come, by what was seen of it."""

    begun = 0
    done = 0

    def read(self, text):
        for name in ("begun", "done"):
            found = [int(n) for n in re.findall(rf"^{name} (\d+)$", text, re.MULTILINE)]
            setattr(self, name, max([getattr(self, name), *found]))


def kept_container_runs(guest, where, limit=120):
    deadline = time.monotonic() + limit
    while True:
        _, listed = guest.try_run("docker ps -a --format '{{.Names}} {{.State}}'", 60)
        if "keep running" in listed.splitlines():
            return
        if time.monotonic() > deadline:
            said = guest.try_run("docker inspect -f '{{json .State}}' keep", 60)[1]
            said += guest.try_run("sudo ros service logs docker", 60)[1]
            guest.fail(f"{where}: not running in {limit} s: {listed}: {said}")
        time.sleep(0.5)


def check(guest, told, where):
    """What was acknowledged is there, nothing is half there, and all that should run does."""
    failed = re.findall(r"failed: .*", guest.text)
    assert not failed, f"{where}: {failed}"
    assert guest.run("sudo ros config validate") == "", where
    status, state = guest.try_run("sudo ros state")
    assert (status, state.startswith("/dev/vda (ext4)")) == (0, True), f"{where}: {state}"
    name = guest.run("sudo ros config get hostname").strip()
    number = int(name[1:]) if re.fullmatch(r"h\d+", name) else 0
    # One more than was seen: the console may have lost the last words.
    assert told.done <= number <= told.begun + 1, f"{where}: {name}, {vars(told)}"
    told.begun = max(told.begun, number)
    kept_container_runs(guest, where)
    names = guest.run("docker ps -a --format '{{.Names}}'", 60).split()
    assert names.count("keep") == 1, f"{where}: {names}"
    assert set(names) <= {"keep", "passing"}, f"{where}: {names}"
    guest.try_run("docker rm -f passing", 60)
