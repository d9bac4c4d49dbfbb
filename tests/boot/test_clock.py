"""The clock, set by those who may set it, is not before the build of the system."""

import time

from machines.ntp import time_server
from machines.registry import HOST_SEEN_BY_GUEST

BUILT = "$(stat -c %Y /usr/share/ros/os-config.yml)"
IN_2001 = 1000000000


def clock_is_held(guest):
    guest.until(f"[ $(date +%s) -ge {BUILT} ]")
    guest.wait_for("sudo dmesg", "clock: 2001-09-.* is before the build of the system, set to 20")


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
