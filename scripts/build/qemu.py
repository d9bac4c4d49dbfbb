"""The one place that knows how a machine is started in QEMU; scripts/run and the tests use it."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .paths import ARCH, NATIVE


@dataclass(frozen=True)
class Bus:
    """How a drive is attached: its device, and the controller that all drives of the bus share."""

    device: str
    controller: str = ""
    sata: bool = False  # on one of the six ports of the machine's own controller


@dataclass(frozen=True)
class Board:
    """The machine that stands for an architecture."""

    program: str
    model: str  # what -M takes
    processor: str  # with TCG
    console: str  # serial
    cd: Bus
    tcg_append: str = ""  # words for the kernel
    generation: str = ""  # device that tells a resumed guest to stir its random numbers


BOARDS = {
    "x86_64": Board(
        "qemu-system-x86_64", "q35", "max", "ttyS0", Bus("ide-cd", sata=True),
        # On a busy host the emulated timer is late, and the kernel takes that for a broken one.
        "no_timer_check",
        "vmgenid,guid=auto",
    ),
    "aarch64": Board(
        "qemu-system-aarch64", "virt,gic-version=3", "neoverse-n1", "ttyAMA0",
        Bus("scsi-cd,bus=scsi.0", "virtio-scsi-pci,id=scsi"),
    ),
}  # fmt: skip
BOARD = BOARDS.get(ARCH, BOARDS[NATIVE])  # stages.load complains about others
ACCELERATORS = {
    "tcg": ["-accel", "tcg,thread=multi", "-cpu", BOARD.processor],
    "kvm": ["-accel", "kvm", "-cpu", "host"],
}
OVMF = Path("/usr/share/OVMF")
UEFI_CODE = OVMF / "OVMF_CODE_4M.fd"
UEFI_VARIABLES = OVMF / "OVMF_VARS_4M.fd"

BUSES = {
    "virtio": Bus("virtio-blk-pci"),
    "virtio-scsi": Bus("scsi-hd,bus=scsi.0", "virtio-scsi-pci,id=scsi"),
    "nvme": Bus("nvme,serial={name}"),
    "ahci": Bus("ide-hd", sata=True),
    "cd": BOARD.cd,
    "usb": Bus("usb-storage,bus=usb.0,removable=on", "qemu-xhci,id=usb"),
}


@dataclass
class Medium:
    """A drive. On the host's side it is `<name>` for QMP, the device is `<name>-device`."""

    file: Path
    bus: str = "virtio"  # of BUSES
    format: str = "raw"  # or qcow2
    read_only: bool = False


@dataclass
class Machine:
    """What is put together; command() says how."""

    kernel: Path | None = None  # None: the firmware boots the first of `media` that it can
    initrd: Path | None = None
    append: str = ""  # words for the kernel; our media take them from the SMBIOS
    memory: int = 1024  # megabytes
    cpus: int = 2
    accelerator: str = "tcg"
    media: list[Medium] = field(default_factory=list)  # named medium0, medium1, ...
    disks: list[tuple[Path, str, bool]] = field(default_factory=list)  # file, format, read-only
    cdroms: list[Path] = field(default_factory=list)
    uefi_variables: Path | None = None  # UEFI instead of BIOS; the file is made when missing
    ssh_port: int | None = None  # on the host's loopback, leads to the guest's port 22
    serial: str = "stdio"  # what -serial takes: stdio, mon:stdio, file:PATH, unix:PATH,server
    network: str = ""  # more options of the user network, such as net=..., host=...
    card: str = "virtio-net-pci"  # model of the network card; "" = none
    networks: list[str] = field(default_factory=list)  # -netdev without its id: one more card each
    monitor: Path | None = None  # unix socket that speaks QMP
    channel: Path | None = None  # unix socket: the host's end of a virtio-serial port
    memory_file: Path | None = None  # behind the memory, of a machine that is to be saved
    resumed: bool = False  # waits for what was saved; memory_file is read, changes are private
    free_ports: int = 0  # PCI Express ports port0, port1, ... for devices that come later
    rtc: str = ""  # what -rtc takes, such as base=2016-01-01


def command(machine: Machine) -> list[str]:
    """The whole command line. The machine ends instead of restarting (-no-reboot)."""
    words = [BOARD.program, *_model(machine), *ACCELERATORS[machine.accelerator]]
    words += ["-smp", str(machine.cpus), "-m", str(machine.memory)]
    words += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    words += ["-serial", machine.serial]
    words += _boot(machine)
    words += _drives(machine)
    words += _cards(machine)
    for port in range(machine.free_ports):
        words += ["-device", f"pcie-root-port,id=port{port},chassis={port + 1}"]
    if machine.monitor:
        words += ["-qmp", f"unix:{_escaped(machine.monitor)},server=on,wait=off"]
    if machine.channel:
        path = _escaped(machine.channel)
        words += ["-chardev", f"socket,id=channel,path={path},server=on,wait=off"]
        words += ["-device", "virtio-serial-pci"]
        words += ["-device", "virtserialport,chardev=channel,name=channel"]
    if machine.rtc:
        words += ["-rtc", machine.rtc]
    return [*words, "-device", "virtio-rng-pci"]


def _model(machine: Machine) -> list[str]:
    if not machine.memory_file:
        return ["-M", BOARD.model]
    words = ["-M", f"{BOARD.model},memory-backend=memory"]
    backend = f"memory-backend-file,id=memory,size={machine.memory}M"
    share = "off" if machine.resumed else "on"
    words += ["-object", f"{backend},mem-path={_escaped(machine.memory_file)},share={share}"]
    words += ["-device", BOARD.generation] if BOARD.generation else []
    return [*words, "-incoming", "defer"] if machine.resumed else words


def _boot(machine: Machine) -> list[str]:
    words = []
    if machine.uefi_variables:
        if not machine.uefi_variables.exists():
            shutil.copy(UEFI_VARIABLES, machine.uefi_variables)
        flash = "if=pflash,format=raw,file="
        words += ["-drive", f"{flash}{UEFI_CODE},readonly=on"]
        words += ["-drive", f"{flash}{_escaped(machine.uefi_variables)}"]
    tcg = BOARD.tcg_append if machine.accelerator == "tcg" else ""
    append = f"{tcg} {machine.append}".strip()
    if not machine.kernel:
        oem_string = f"roster.append={append}".replace(",", ",,")
        return [*words, "-smbios", f"type=11,value={oem_string}"]
    words += ["-kernel", str(machine.kernel), "-append", append]
    if machine.initrd:
        words += ["-initrd", str(machine.initrd)]
    return words


def _drives(machine: Machine) -> list[str]:
    drives = [(f"medium{i}", medium) for i, medium in enumerate(machine.media)]
    for index, (file, kind, read_only) in enumerate(machine.disks):
        drives.append((f"disk{index}", Medium(file, "virtio", kind, read_only)))
    for index, file in enumerate(machine.cdroms):
        drives.append((f"cd{index}", Medium(file, "cd", read_only=True)))
    words = []
    for controller in dict.fromkeys(BUSES[medium.bus].controller for _, medium in drives):
        words += ["-device", controller] if controller else []
    sata = 0
    for index, (name, medium) in enumerate(drives):
        bus = BUSES[medium.bus]
        device = f"{bus.device.format(name=name)},drive={name},id={name}-device"
        if bus.sata:
            device += f",bus=ide.{sata}"
            sata += 1
        if not machine.kernel:
            device += f",bootindex={index}"
        words += ["-drive", _drive(name, medium), "-device", device]
    return words


def _drive(name: str, medium: Medium) -> str:
    mode = "on" if medium.read_only else "off"
    path = _escaped(medium.file)
    return f"if=none,id={name},file={path},format={medium.format},readonly={mode}"


def _escaped(path: Path) -> str:
    return str(path).replace(",", ",,")


def _cards(machine: Machine) -> list[str]:
    words = []
    if machine.card:
        words += ["-netdev", ",".join(_network(machine))]
        words += ["-device", f"{machine.card},netdev=net0"]
    for index, network in enumerate(machine.networks, 1):
        words += ["-netdev", f"{network},id=net{index}"]
        words += ["-device", f"virtio-net-pci,netdev=net{index}"]
    return words


def _network(machine: Machine) -> list[str]:
    parts = ["user", "id=net0"]
    if machine.network:
        parts.append(machine.network)
    if machine.ssh_port:
        parts.append(f"hostfwd=tcp:127.0.0.1:{machine.ssh_port}-:22")
    return parts


def has_device(model: str) -> bool:
    """Whether this QEMU knows the device (igb came with 8.0)."""
    listed = subprocess.run(
        [BOARD.program, "-device", "help"], check=True, capture_output=True, text=True
    )
    return f'name "{model}"' in listed.stdout


def disk_format(file: Path) -> str:
    """raw or qcow2, by the first bytes."""
    with file.open("rb") as content:
        return "qcow2" if content.read(4) == b"QFI\xfb" else "raw"
