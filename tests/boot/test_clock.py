"""The clock, set by those who may set it, is not before the build of the system."""

import re
import time

from machines.ntp import real_time_server, time_server
from machines.registry import HOST_SEEN_BY_GUEST

BUILT = "$(stat -c %Y /usr/share/ros/os-config.yml)"
IN_2001 = 1000000000


def clock_is_held(guest):
    guest.until(f"[ $(date +%s) -ge {BUILT} ]")
    guest.wait_for("sudo dmesg", "clock: 2001-09-.* is before the build of the system, set to 20")


def clock_error(guest):
    """Seconds by which the guest's clock is wrong."""
    return abs(int(guest.run("date +%s")) - time.time())


def test_a_clock_that_is_set_back_by_hand(resume):
    with resume() as guest:
        guest.run(f"sudo date -s @{int(time.time()) + 86400}")
        assert guest.try_run("sudo dmesg | grep 'clock:.*before'")[0] == 1, "forward is fine"
        guest.run(f"sudo date -s @{IN_2001}")
        clock_is_held(guest)
        guest.run("sudo ros service list")


def test_a_time_server_that_lives_in_the_past(resume):
    with resume() as guest, time_server(IN_2001) as port:
        guest.run(f"echo 'server {HOST_SEEN_BY_GUEST} port {port} iburst' >/tmp/test.sources")
        guest.run("sudo cp /tmp/test.sources /run/ros/conf/ntp")
        guest.wait_for("sudo ros service logs ntp", r"was stepped by -\d")
        clock_is_held(guest)
        guest.run(f"[ $(date +%s) -ge {BUILT} ]")


def test_a_time_server_that_proves_who_it_is(resume, tmp_path):
    """By NTS. A certificate that nobody vouches for sets no clock."""
    volumes = "rancher.services.ntp.volumes"
    with resume() as guest, real_time_server(tmp_path, HOST_SEEN_BY_GUEST) as server:
        # The certificate has expired by this clock, as one from the future would be: no obstacle.
        guest.run(f"sudo date -s @{int(time.time()) + 400 * 86400}")
        guest.run(
            f"echo 'server {HOST_SEEN_BY_GUEST} port {server.port} ntsport {server.nts_port} nts "
            "iburst' >/tmp/test.sources"
        )
        guest.run("sudo cp /tmp/test.sources /run/ros/conf/ntp")
        guest.wait_for("sudo ros service logs ntp", "certificate is NOT trusted")
        assert clock_error(guest) > 300 * 86400

        guest.write("/tmp/trusted.pem", server.certificate.read_bytes())
        guest.run("sudo cp /tmp/trusted.pem /var/lib/rancher/trusted.pem")
        trusted = "/var/lib/rancher/trusted.pem:/etc/ssl/certs/ca-certificates.crt:ro"
        listed = guest.run(f"sudo ros config get {volumes}").replace("- ", "").split()
        guest.run(f"sudo ros config set {volumes} '[{', '.join([*listed, trusted])}]'")
        guest.run("sudo ros service up ntp")
        guest.wait_for("sudo ros service logs ntp", r"was stepped by -3\d")
        assert clock_error(guest) < 10
        chronyc = "sudo nsenter -t $(pgrep chronyd) -m chronyc -n"
        assert re.search(r"^10\.0\.2\.2 +NTS ", guest.run(f"{chronyc} authdata"), re.MULTILINE)
