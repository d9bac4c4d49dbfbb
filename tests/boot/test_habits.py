"""What people write out of habit, or bring along from RancherOS: one machine with all of it.

Each part was tried on RancherOS or its relatives by somebody whom it failed.
"""

import base64
import gzip
import re

CODED = base64.b64encode(gzip.compress(b"remote vpn.example 1194\n")).decode()
CONFIG = f"""#cloud-config   \r
hostname: heron
write_files:
- path: /opt/rancher/bin/start.sh
  permissions: "0755"
  content: |
    #!/bin/sh
    echo ran >/run/started
- {{path: /opt/p/a, content: a, permissions: 0644}}
- {{path: /opt/p/b, content: b, permissions: "0755"}}
- {{path: /opt/p/c, content: c, permissions: 600}}
- {{path: /opt/p/d, content: d, permissions: 0o640}}
- {{path: /opt/p/e, content: e}}
- {{path: /opt/p/f, content: f, permissions: "0999"}}
- {{path: /opt/p/g, content: g, permission: 0444}}
- {{path: /opt/z/1, encoding: gz+b64, content: {CODED}}}
- {{path: /opt/z/2, encoding: gzip+base64, content: {CODED}}}
- {{path: /opt/bin/deploy, permissions: 0755, content: "#!/bin/sh\\necho found\\n"}}
runcmd:
- deploy >/run/deployed
rancher:
  environment: {{PATH: /opt/tools}}
  sysctl:
    kernel.panic: 60
    kernel.printk: 4 4 1 7
    kernel.kptr_restrict: "1"
    net.ipv4.tcp_syncookies: on
  network:
    dns: {{nameservers: [10.0.2.77, 10.0.2.78], override: true}}
    interfaces: {{eth0: {{dhcp: true, mtu: 1450}}}}
  docker:
    bip: 192.168.231.1/24
    extra_args: ["--bip", "192.168.232.1/24", --mtu=1450]
  services:
    share:
      image: console
      container_name: files
      restart: unless-stopped
      net: "host"
      mem_limit: '64m'
      entrypoint: [/bin/sh, -c, "printenv | sort; echo said >/dev/stdout; exec sleep 100000"]
      volumes:
      - /mnt/data:/mount
      environment:
      - RIGHTS="true"
      - SHARE=scan;/mount/scan;yes;no
      - EMPTY=
      - DEBUG=yes
      labels:
      - io.rancher.os.scope=system
      - io.rancher.os.detach=true
      - io.rancher.os.reloadconfig=true
    beat:
      image: console
      entrypoint: [/bin/sh, -c, "date +%s >>/opt/beat"]
      volumes: ["/opt:/opt"]
      labels: {{cron.schedule: "*/5 * * * *", io.rancher.os.createonly: 'false'}}
    panel:
      image: console
      entrypoint: /bin/sh -c "ls -d /home /opt /var/lib/rancher/conf; echo shown; exec sleep 100000"
      privileged: true
      links: [cloud-init]
      ports: ["8000:8000", 8400:8400]
      restart: always
      environment: ["URL=https://10.0.2.2:8443/ova", "NO_VERIFY=1"]
      labels: {{io.rancher.os.scope: system, io.rancher.os.after: "console, preload-user-images"}}
      volumes: [/var/lib:/var/lib, /opt]
      volumes-from: [all-volumes]
      volumes_from: [command-volumes]
      ipc: host
      pid: host
""".replace("\n", "\r\n")

# What is reported, each once, by the beginning of its place and of its message.
REPORTED = (
    "write_files[6].permissions: expected octal permissions",
    "write_files[7].permission: unknown key; did you mean 'write_files[7].permissions'?",
    "rancher.network.dns.override: ",
    "rancher.services.share.container_name: has no effect here",
    "rancher.services.share.labels.io.rancher.os.reloadconfig: has no effect here",
    "rancher.services.panel.ports: has no effect here",
    "rancher.services.panel.volumes[1]: ",
    "rancher.services.panel.volumes-from: unknown key; did you mean",
    "rancher.services.panel.volumes_from: has no effect here; write the directories of the host",
    "rancher.services.panel: unknown service 'cloud-init' is not waited for",
    "rancher.services.panel: unknown service 'preload-user-images' is not waited for",
)


def test_a_configuration_as_people_write_them(boot, registry):
    with boot("direct", user_data=CONFIG, ssh=True, registries=[registry]) as guest:
        guest.ready()
        what_is_wrong_is_reported_once(guest)
        lines_end_as_on_windows(guest)
        files_have_their_permissions_and_content(guest)
        kernel_settings_are_numbers(guest)
        programs_are_found_everywhere(guest)
        services_run_as_they_are_written(guest)
        name_servers_are_those_that_are_given(guest)
        arguments_of_docker_win(guest, registry.image)
        the_machine_at_a_glance(guest)


def what_is_wrong_is_reported_once(guest):
    status, complaints = guest.try_run("sudo ros config validate")
    assert status == 1
    lines = complaints.splitlines()
    for wanted in REPORTED:
        assert sum(wanted in line for line in lines) == 1, f"{wanted}: {complaints}"
    assert len(lines) == len(REPORTED), complaints


def lines_end_as_on_windows(guest):
    assert guest.run("hostname") == "heron"
    assert guest.run("cat /run/started") == "ran"
    assert guest.run("tr -cd '\\r' </opt/rancher/bin/start.sh | wc -c") == "0"


def files_have_their_permissions_and_content(guest):
    modes = guest.run("stat -c '%n %a' /opt/p/*").split("\n")
    assert modes == [f"/opt/p/{name}" for name in ("a 644", "b 755", "c 600", "d 640", "e 644")]
    assert guest.run("cat /opt/z/*") == "remote vpn.example 1194\nremote vpn.example 1194"


def kernel_settings_are_numbers(guest):
    names = "panic printk kptr_restrict"
    values = guest.run(f"cd /proc/sys/kernel && sudo cat {names}").split("\n")
    assert [value.split() for value in values] == [["60"], ["4", "4", "1", "7"], ["1"]]
    assert "net.ipv4.tcp_syncookies" in guest.run("sudo ros boot")
    for value in ("600000", "'\"600001\"'"):
        guest.run(f"sudo ros config set rancher.sysctl.fs.inotify.max_user_watches {value}")
        number = value.strip("'\"")
        assert guest.run("cat /proc/sys/fs/inotify/max_user_watches") == number
        key = "rancher.sysctl.fs.inotify.max_user_watches"
        assert guest.run(f"sudo ros config get {key}") == number


def programs_are_found_everywhere(guest):
    """In /opt/bin, the place that stays: from each kind of shell, and from runcmd."""
    for command in ("deploy", "sudo deploy", "sh -lc deploy", "sudo -i deploy"):
        assert guest.ssh.run(command).strip() == "found", command
    guest.wait_for("cat /run/deployed", "^found$")


def services_run_as_they_are_written(guest):
    assert "running" in guest.run("sudo ros service ps share")
    output = guest.run("sudo ros service logs share")
    for text in ('RIGHTS="true"', "SHARE=scan;/mount/scan;yes;no", "EMPTY=", "DEBUG=yes", "said"):
        assert re.search(rf" O {re.escape(text)}$", output, re.MULTILINE), f"{text}: {output}"
    assert guest.run("cat /sys/fs/cgroup/system/share.1/memory.max") == str(64 << 20)
    guest.run("test -d /mnt/data")
    assert "running" in guest.run("sudo ros service ps panel")
    assert " O shown" in guest.run("sudo ros service logs panel")
    # Every five minutes: at the start, and then perhaps once.
    assert int(guest.run("wc -l </opt/beat")) <= 2


def name_servers_are_those_that_are_given(guest):
    text = guest.run("cat /etc/resolv.conf")
    assert re.findall(r"nameserver (\S+)", text) == ["10.0.2.77", "10.0.2.78"], text
    guest.run("sudo ros service restart network", 120)
    assert guest.run("cat /etc/resolv.conf") == text
    assert guest.run("cat /sys/class/net/eth0/mtu") == "1450"


def arguments_of_docker_win(guest, image):
    assert "192.168.232.1/24" in guest.run("ip -4 addr show docker0")
    guest.run(f"docker pull -q {image}", 120)
    assert guest.run(f"docker run --rm {image} cat /sys/class/net/eth0/mtu", 120) == "1450"


def the_machine_at_a_glance(guest):
    _, text = guest.try_run("sudo ros")
    for name in ("Roster OS", "Memory", "Network", "Services", "State", "Configuration"):
        assert re.search(rf"^{name} +\S", text, re.MULTILINE), text
    assert "eth0 10.0.2.15" in text
    assert "sudo ros" in guest.run("ros")
