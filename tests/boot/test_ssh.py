"""Logins: over SSH by key only, in sessions that outlive the console service; on the terminals."""

import functools
import os
import re
import select
import socket
import subprocess
import textwrap
import time

from machines import ssh_audit
from machines.guest import READY
from machines.ssh import NO_LOGIN, Ssh, make_key

COUNTER = "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.2; done"
SESSIONS = "/sys/fs/cgroup/session"
EXTRA = "/var/lib/rancher/conf/sshd_config.d/10-mine.conf"
PASSWORD = ("PreferredAuthentications=password,keyboard-interactive", "PubkeyAuthentication=no")
NO_AUTOLOGIN = "console=ttyS0 quiet"
# Nothing with SHA-1, CBC, a group of Diffie-Hellman or a key of DSA.
MARKS = {"ext-info-s", "kex-strict-s-v00@openssh.com"}
OFFERED = {
    "kex": {
        "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com",
        "curve25519-sha256", "curve25519-sha256@libssh.org", *MARKS,
    },
    "host keys": {"ssh-ed25519"},
    "ciphers out": {
        "chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com",
        "aes256-ctr", "aes192-ctr", "aes128-ctr",
    },
    "macs out": {
        "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com",
        "umac-128-etm@openssh.com",
    },
}  # fmt: skip


class Lines:
    """The output of a command that runs on, with a limit on each wait."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()

    def expect(self, wanted, limit=60):
        deadline = time.monotonic() + limit
        while not wanted(self.text):
            left = deadline - time.monotonic()
            assert left > 0, f"not in {limit} s: {self.text[-500:]}"
            if select.select([self.process.stdout], [], [], left)[0]:
                chunk = os.read(self.process.stdout.fileno(), 65536)
                assert chunk, f"ended: {self.text[-500:]}"
                self.text += chunk.decode()

    def last_count(self):
        found = re.findall(r"^count (\d+)$", self.text, re.MULTILINE)
        return int(found[-1]) if found else 0


def wait_for(condition, limit=60):
    deadline = time.monotonic() + limit
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not in {limit} s"
        time.sleep(0.3)
    return value


def test_logins_files_and_rights(resume, registry, tmp_path):
    with resume() as guest:
        offered = ssh_audit.offered(guest.ssh.port)
        assert {name: set(offered[name]) for name in OFFERED} == OFFERED
        ssh = guest.ssh
        assert ssh.run("id -un; hostname").split() == ["rancher", "rancher"]
        assert ssh.run("id -un", user="docker") == "docker"
        assert ssh.run("sudo id -u") == "0"
        for user, more in (("root", ()), ("rancher", PASSWORD), ("nobody", ())):
            status, said = ssh.try_run("true", user=user, more=more)
            assert status == NO_LOGIN, (user, said)
            assert "Permission denied (publickey)" in said, (user, said)

        exchange = subprocess.run(
            [*ssh.command("true", more=("LogLevel=DEBUG1",))], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=60, check=True,
        )  # fmt: skip
        assert re.search(r"kex: algorithm: (mlkem768x25519|sntrup761x25519)", exchange.stderr)

        content = os.urandom(300_000)
        (tmp_path / "there").write_bytes(content)
        port = ["-P", str(ssh.port)]
        for legacy in ([], ["-O"]):  # over sftp, and by scp's own protocol
            copy = ["scp", "-q", *legacy, *ssh.options(), *port]
            place = "rancher@127.0.0.1:/home/rancher/copy"
            subprocess.run([*copy, tmp_path / "there", place], check=True, timeout=60)
            subprocess.run([*copy, place, tmp_path / "back"], check=True, timeout=60)
            assert (tmp_path / "back").read_bytes() == content
        listing = subprocess.run(
            ["sftp", "-q", *ssh.options(), *port, "-b", "-", "rancher@127.0.0.1"],
            input="mkdir folder\nrename copy folder/copy\nls -l folder\n",
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert "300000" in listing.stdout

        assert "hello" in ssh.run(f"docker run --rm {registry.image} echo hello", 120).split()
        check_listening(ssh)


def test_keys_of_every_type(boot, tmp_path):
    """Of RSA, ECDSA and ed25519, as users bring them along; DSA is reported; a given host key.

    Without a password nobody logs in on a terminal.
    """
    keys = [
        make_key(tmp_path, name, *words)
        for name, words in (
            ("rsa", ("-t", "rsa", "-b", "2048")),
            ("nistp256", ("-t", "ecdsa", "-b", "256")),
            ("nistp521", ("-t", "ecdsa", "-b", "521")),
        )
    ]
    host_key = make_key(tmp_path, "host", "-t", "rsa", "-b", "3072")
    lines = "".join(f"- {key.with_suffix('.pub').read_text()}" for key in keys)
    indented = textwrap.indent(host_key.read_text(), " " * 8)
    user_data = (
        f"#cloud-config\nrancher:\n  ssh:\n    keys:\n      rsa: |\n{indented}"
        f"ssh_authorized_keys:\n- ssh-dss AAAA old\n{lines}"
    )
    options = {"console": NO_AUTOLOGIN, "user_data": user_data, "own_key": False}
    with boot("direct", ssh=True, **options) as guest:
        ways = [Ssh(guest.ssh.port, key) for key in keys]
        ways[0].wait()
        for way in ways:
            assert way.run("id -un") == "rancher", way.key
        status, _ = guest.ssh.try_run("true")  # ed25519, but not one of them
        assert status == NO_LOGIN
        said = ways[0].run("sudo ros config validate || true")
        assert "ssh_authorized_keys[0]: expected a public key" in said
        scan = subprocess.run(
            ["ssh-keyscan", "-p", str(guest.ssh.port), "-t", "rsa,ed25519", "127.0.0.1"],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        public = host_key.with_suffix(".pub").read_text().split()[1]
        assert public in scan.stdout
        assert "ssh-ed25519" in scan.stdout
        kept = keys[1].with_suffix(".pub").read_text().strip()
        ways[0].run(f"sudo ros config set ssh_authorized_keys '[{kept}]'")
        assert ways[1].run("id -un") == "rancher"
        status, _ = ways[0].try_run("true", fresh=True)
        assert status == NO_LOGIN, "a key that is taken out logs in no more"

        guest.expect(READY, 240)  # no report falls into an answer later
        guest.send("")
        guest.expect(r"login: ", 60)
        log_in(guest, "guess")
        # Asked anew. What login(1) said ("bad salt") may be lost: getty starts again at once.
        guest.expect(r"rancher login: ", 60)


def reachable(table, state):
    """Ports in a table of /proc/net (proc(5)) that take something from anywhere but loopback."""
    ports = set()
    for line in table.splitlines():
        number, local, remote, current, *_ = line.split()
        address, port = local.split(":") if number.endswith(":") else ("", "")
        loopback = address.startswith(("0100007F", "00000000000000000000000001000000"))
        if address and not loopback and remote.endswith(":0000") and current == state:
            ports.add(int(port, 16))
    return ports


def check_listening(ssh):
    """Nothing but sshd and the DHCP clients: Docker has published nothing."""
    assert reachable(ssh.run("cat /proc/net/tcp /proc/net/tcp6"), "0A") == {22}
    # A question to a name server looks the same while it waits for its answer.
    wait_for(lambda: reachable(ssh.run("cat /proc/net/udp /proc/net/udp6"), "07") <= {68, 546})


def test_a_session_outlives_the_console_service(resume):
    with resume() as guest:
        ssh = guest.ssh
        run = functools.partial(ssh.run, fresh=True)  # each a session of its own
        before = run("sudo ros service ps -q console")
        host_key = run("sudo cat /var/lib/rancher/ssh/ssh_host_ed25519_key.pub")
        with Lines(ssh.command(COUNTER)) as session:
            session.expect(lambda _: session.last_count() > 3)
            assert len(run(f"ls -d {SESSIONS}/*/").split()) == 2
            logs = "for p in $(pgrep sshd-session); do sudo readlink /proc/$p/fd/2; done | sort -u"
            assert run(logs) == "/dev/null", "the console's log is held open by a session"
            run("sudo ros service restart console", 120)
            ssh.wait(fresh=True)
            assert run("sudo ros service ps -q console") != before
            assert run("sudo cat /var/lib/rancher/ssh/ssh_host_ed25519_key.pub") == host_key
            count = session.last_count()
            session.expect(lambda _: session.last_count() > count + 5)
            assert len(run(f"ls -d {SESSIONS}/*/").split()) == 2
        run("sudo grep -q 'Accepted publickey for rancher' /var/log/secure")
        # Groups of ended sessions go with the next login.
        wait_for(lambda: len(run(f"ls -d {SESSIONS}/*/").split()) == 1)
        assert run("cat /proc/self/cgroup").startswith("0::/session/")


def test_a_broken_configuration_is_refused_and_the_old_one_stays(boot):
    """And the password of the command line counts on the terminals, and there only."""
    user_data = """#cloud-config
write_files:
- path: /etc/ssh/sshd_config.d/50-mine.conf
  content: "MaxSessions 7\n"
"""
    options = {"console": NO_AUTOLOGIN, "append": "rancher.password=apple"}
    with boot("direct", ssh=True, user_data=user_data, **options) as guest:
        guest.expect(READY, 240)  # no report falls into an answer later
        password_counts_on_a_terminal(guest)
        ssh = guest.ssh
        assert "maxsessions 7" in effective(ssh)
        set_extra(ssh, "VersionAddendum one\n")
        assert banner(ssh).endswith(" one")

        set_extra(ssh, "VersionAddendum two\nNoSuchWord yes\n")
        assert banner(ssh).endswith(" one")
        assert "maxsessions 7" in effective(ssh)
        log = ssh.run("sudo ros service logs --lines 200 console")
        assert re.search(rf"{EXTRA}: line 2: Bad configuration option: NoSuchWord", log)

        set_extra(ssh, "VersionAddendum three\n")
        assert banner(ssh).endswith(" three")


def set_extra(ssh, text):
    ssh.run(f"printf '{text}' | sudo tee {EXTRA}")
    ssh.run("sudo ros service restart console", 120)
    ssh.wait(fresh=True)


def banner(ssh):
    """What the running sshd says first."""
    with socket.create_connection(("127.0.0.1", ssh.port), 30) as connection:
        return connection.makefile("rb").readline().decode().strip()


def effective(ssh):
    return ssh.run(
        "sudo /usr/sbin/sshd -T -f /run/ros/sshd/sshd_config"
        " -h /var/lib/rancher/ssh/ssh_host_ed25519_key"
    )


def log_in(guest, password):
    guest.send("rancher")
    guest.expect(r"Password: ", 60)
    time.sleep(1)  # login prints its question first and then throws away what was typed
    guest.send(password)


def password_counts_on_a_terminal(guest):
    guest.send("")
    guest.expect(r"login: ", 60)
    log_in(guest, "pear")
    guest.expect(r"Login incorrect", 60)
    guest.expect(r"login: ", 60)
    log_in(guest, "apple")
    guest.expect(r"\$ ", 60)
    guest.login()
    assert guest.run("id -un") == "rancher"
    status, _ = guest.try_run("sudo ros config export | grep -c apple")
    assert status != 0
