"""Fifty cloud-configs with one random mistake each: their owner logs in, and is told file and line.

ROS_SEED chooses the mistakes, ROS_COUNT how many.
"""

import os
import random
import re

import pytest

from build import cidata

SEED = int(os.environ.get("ROS_SEED", "1"))
COUNT = int(os.environ.get("ROS_COUNT", "50"))
CONFIG = """#cloud-config
hostname: heron
write_files:
- path: /opt/a
  permissions: "0755"
  content: |
    #!/bin/sh
    echo "a: b"
- {{path: /opt/b, content: b}}
{key}
runcmd:
- echo done
rancher:
  sysctl:
    vm.swappiness: 7
  network:
    dns:
      search: [lan.example]
  docker:
    debug: false
  services:
    sleeper:
      image: console
      entrypoint: [/bin/sleep, "100000"]
      volumes:
      - /opt:/opt
      labels:
        io.rancher.os.scope: system
"""
# Of another type, or of another name.
OTHERS = {
    "hostname: heron": "hostname: [heron]",
    "runcmd:\n- echo done": "runcmd: {a: b}",
    "search: [lan.example]": "search: {a: b}",
    "debug: false": "debug: [1]",
    "volumes:": "volume:",
    "write_files:": "write_file:",
    "network:": "netwrok:",
    "vm.swappiness: 7": "vm.swappiness: [7]",
}


def with_a_mistake(text, choose):
    at = choose.randrange(len(text))
    line = text.rfind("\n", 0, at) + 1
    kind = choose.randrange(6)
    if kind == 0:
        return text[:at] + chr(choose.randrange(1, 127)) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:line] + "  " + text[line:]
    if kind == 3:
        return text[:line] + '"[what: is} this\n' + text[line:]
    if kind == 4:
        return text[:line] + "\t" + text[line:]
    right, wrong = choose.choice(list(OTHERS.items()))
    return text.replace(right, wrong, 1)


@pytest.mark.parametrize("number", range(COUNT))
def test_a_mistake_locks_nobody_out(boot, ssh_key, number):
    key = cidata.key_line(ssh_key).strip()
    text = with_a_mistake(CONFIG.format(key=key), random.Random(SEED * 1000 + number))
    if key not in text:
        pytest.skip("the lines of the key themselves")
    with boot("direct", user_data=text, ssh=True, own_key=False) as guest:
        guest.ssh.wait()
        _, complaints = guest.ssh.try_run("sudo ros config validate")
        for place in re.findall(r"^(cidata/user-data:\d+:\d+): (?!.*no effect)", complaints, re.M):
            guest.expect(re.escape(place), 60)
        print(f"\n{number}: {complaints.strip() or 'nothing is wrong'}")
