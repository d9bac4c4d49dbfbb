"""What is in the system image, the kernel and the initramfs, and how it hangs together."""

from dataclasses import dataclass, field
from pathlib import Path

from . import host, licences, packages
from .document import DOCUMENT, Link
from .packages import Package

ZIG_INPUT = "scripts/zig/*"  # a stage with this input is compiled by zig, for musl
FIRMWARE = "firmware-files"
WITH_CXX = {"ros"}
# Programs of the image that the host's compiler made, and what it put in; the kernel has no libgcc.
BY_GCC = {"crun": host.of_libgcc, "udev": host.of_gcc}


@dataclass
class Collection:
    """Packages, and relationships between them."""

    packages: list[Package] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def add(self, owner: Package, relationship: str, package: Package) -> None:
        self.packages.append(package)
        self.links.append((owner.id, relationship, package.id))


@dataclass(frozen=True)
class Places:
    """Where things are that are no source of a stage."""

    tree: Path
    zig: Path  # folder of the wheel
    engine: Path  # results of stages
    proto: Path


def collect(stages: list[dict], version: str, places: Places) -> Collection:
    """`stages`: what the runner wrote into $PROVENANCE."""
    made = Collection()
    own = {"origin": "Roster OS itself", "texts": (places.tree / "LICENSE",)}
    roster = Package("roster", version, "Apache-2.0", "System", **own)
    made.packages.append(roster)
    made.links.append((DOCUMENT, "DESCRIBES", roster.id))
    pin = (places.tree / "scripts/requirements.txt").read_text()
    compiler = packages.of_compiler(places.zig, pin)
    modules = packages.of_modules(places.engine)
    proto = packages.of_proto(places.tree / "ros/containerd/proto", places.proto)
    owners: dict[str, Package] = {}
    for stage in stages:
        sources = [packages.of_source(source) for source in stage["sources"]]
        linked = _linked(stage, compiler)
        if stage["name"] == "engine":
            linked += modules
        if stage["name"] == "containerd-proto":
            sources.append(proto)
        owner = _owner(stage, version, sources + linked)
        owners[stage["name"]] = owner
        made.add(roster, "CONTAINS", owner)
        for source in sources:
            made.add(owner, "GENERATED_FROM", source)
        for part in linked:
            made.add(owner, "STATIC_LINK", part)
    for stage in stages:
        for need in stage["needs"]:
            made.links.append((owners[stage["name"]].id, "DEPENDS_ON", owners[need].id))
    return made


def collect_firmware(stages: list[dict], version: str) -> Collection:
    """What is in the firmware archive: `stages` as above, of which one has its files."""
    made = Collection()
    origin = "Firmware and microcode of others, for Roster OS"
    archive = Package("roster-firmware", version, "NOASSERTION", "System", origin=origin)
    made.packages.append(archive)
    made.links.append((DOCUMENT, "DESCRIBES", archive.id))
    (stage,) = [stage for stage in stages if stage["name"] == FIRMWARE]
    sources = [packages.of_source(source) for source in stage["sources"]]
    owner = _owner(stage, version, sources)
    made.add(archive, "CONTAINS", owner)
    for source in sources:
        made.add(owner, "GENERATED_FROM", source)
    return made


def _linked(stage: dict, compiler: dict[str, Package]) -> list[Package]:
    """Parts of the compiler in the programs of a stage."""
    names = []
    if ZIG_INPUT in stage["inputs"]:
        names = ["musl", "compiler-rt"]
    if stage["name"] in WITH_CXX:
        names += ["libc++", "libunwind"]
    by_gcc = BY_GCC.get(stage["name"], list)
    return [compiler[name] for name in names] + by_gcc()


def _owner(stage: dict, version: str, parts: list[Package]) -> Package:
    """The stage itself: what the files of the image belong to."""
    return Package(
        stage["name"],
        version,
        licences.all_of([part.licence for part in parts]),
        "Stage",
        origin=f"built by the recipe of stage {stage['name']}, key {stage['key']}",
    )
