"""What a cloud-config puts into the services' file systems, and what it has run in the console."""

import time

USER_DATA = """#cloud-config
write_files:
- path: /etc/rc.local
  permissions: "0755"
  content: "#!/bin/sh\\necho rc.local $(ls /run/console-done) >>/run/order\\n"
- path: /opt/rancher/bin/start.sh
  permissions: "0755"
  content: "#!/bin/sh\\necho start.sh $(ls /run/console-done 2>/dev/null) >>/run/order\\n"
- {path: /etc/mine/secret, content: s, owner: rancher, permissions: "0600"}
- {path: /etc/mine/text, content: inside, container: box}
- {path: /etc/mine/text, content: nowhere, container: no-such}
runcmd:
- echo runcmd $(id -u) >>/run/order
- [touch, /run/second]
- "false"
- touch /run/never
rancher:
  services:
    box: {image: network, read_only: true, entrypoint: [/bin/cat, /etc/mine/text]}
  environment:
    http_proxy: http://proxy.example:3128
"""
RC_LOCAL = "rc.local /run/console-done"


def test_files_and_commands_reach_their_place(boot):
    with boot("direct", ssh=True, user_data=USER_DATA) as guest:
        guest.ssh.wait()
        ssh = guest.ssh
        deadline = time.monotonic() + 60
        while RC_LOCAL not in (order := ssh.run("cat /run/order").splitlines()):
            assert time.monotonic() < deadline, order
            time.sleep(0.3)
        assert order == ["runcmd 0", "start.sh", RC_LOCAL]
        assert ssh.try_run("test -e /run/second")[0] == 0
        assert ssh.try_run("test -e /run/never")[0] == 1
        log = ssh.run("sudo ros service logs --lines 100 console")
        assert "runcmd 'sh -c false': exit status 1" in log

        assert ssh.run("stat -c '%U %a' /etc/mine/secret") == "rancher 600"
        assert ssh.try_run("test -e /etc/mine/text")[0] == 1
        assert ssh.run("sudo ros service logs box").endswith("inside")
        assert ssh.run("sh -lc 'echo $http_proxy'") == "http://proxy.example:3128"
        _, complaints = ssh.try_run("sudo ros config validate")
        assert "no service 'no-such'" in complaints
