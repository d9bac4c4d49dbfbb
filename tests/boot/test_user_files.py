"""What a cloud-config puts into the services' file systems, and what it has run in the console."""

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
    with boot("direct", user_data=USER_DATA) as guest:
        guest.login(120)
        order = guest.wait_for("cat /run/order", RC_LOCAL).splitlines()
        assert order == ["runcmd 0", "start.sh", RC_LOCAL]
        assert guest.try_run("test -e /run/second")[0] == 0
        assert guest.try_run("test -e /run/never")[0] == 1
        log = guest.run("sudo ros service logs --lines 100 console")
        assert "runcmd 'sh -c false': exit status 1" in log

        assert guest.run("stat -c '%U %a' /etc/mine/secret") == "rancher 600"
        assert guest.try_run("test -e /etc/mine/text")[0] == 1
        guest.wait_for("sudo ros service logs box", r"inside$")
        assert guest.run("sh -lc 'echo $http_proxy'") == "http://proxy.example:3128"
        _, complaints = guest.try_run("sudo ros config validate")
        assert "no service 'no-such'" in complaints
