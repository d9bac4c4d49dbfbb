"""Machines for tests: QEMU guests with this product in them.

guest     a machine that runs: terminal, channel for commands, SSH, QEMU's monitor
console   the process of QEMU and its serial terminal
channel   commands over a virtio-serial port
ssh       OpenSSH's client
monitor   QMP: devices that come and go, saving and resuming
sockets   connections to QEMU: the channel's, the monitor's
medium    disks, discs and images that a machine starts from
registry  a real registry on the host
saved     machines that were booted once and are resumed by each test
traces    what a test leaves behind in a machine
"""
