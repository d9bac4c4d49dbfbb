"""What the system is made of, as values: sources, Go modules, parts of the compilers."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from . import licences

# Files beside a licence that grant none, and licences of manuals, which no program holds.
REMARKS = re.compile(r"(NOTICE|PATENTS|COPYRIGHT)(\..*)?|.*\.docs", re.IGNORECASE)


class SbomError(Exception):
    """Something without licence or owner."""


@dataclass(frozen=True)
class Package:
    """One package of the document."""

    name: str
    version: str
    licence: str
    kind: str  # first part of the id
    file: str = ""  # the main one of the source, which `sha256` is of
    sha256: str = ""
    purl: str = ""
    origin: str = ""
    texts: tuple[Path, ...] = ()

    @property
    def id(self) -> str:
        parts = [self.kind, self.name] + ([self.version] if self.kind != "Stage" else [])
        return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(parts))

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"


def of_source(source: dict) -> Package:
    """A source of sources.lock as the runner really used it."""
    wrong = licences.problem(source["licence"])
    if wrong:
        raise SbomError(f"source '{source['name']}': licence '{source['licence']}': {wrong}")
    files = source["files"]
    main = next((f for f in sorted(files) if re.search(r"\.orig\.tar\.\w+$|\.deb$", f)), None)
    main = main or min(files)
    others = [f"{name} sha256 {digest}" for name, digest in sorted(files.items()) if name != main]
    binary = source["kind"] == "debian-binary"
    architecture = main.removesuffix(".deb").rpartition("_")[2] if binary else "source"
    return Package(
        source["package"],
        source["version"],
        source["licence"],
        "Source",
        file=main,
        sha256=files[main],
        purl=f"pkg:deb/debian/{source['package']}@{escaped(source['version'])}?arch={architecture}",
        origin="; ".join([f"{'Binary' if binary else 'Source'} package of Debian 13", *others]),
        texts=tuple(_texts_of_tree(source)),
    )


def escaped(version: str) -> str:
    """As package URLs want it."""
    return version.replace(":", "%3A").replace("+", "%2B")


def _texts_of_tree(source: dict) -> list[Path]:
    tree = Path(source["tree"])
    found = [tree / "debian/copyright", *tree.glob("usr/share/doc/*/copyright")]
    found = [path for path in found if path.is_file()] or [
        path for path in sorted(tree.iterdir()) if re.match("LICEN[CS]E|COPYING", path.name)
    ]
    if not found:
        raise SbomError(f"source '{source['name']}': no licence text in its tree")
    return found


def of_modules(engine: Path) -> list[Package]:
    """The Go modules that stage `engine` found in its programs."""
    listed = json.loads((engine / "modules.json").read_text())
    return [_module(module, engine / "licences") for module in listed]


def _module(module: dict, folder: Path) -> Package:
    path, version = module["path"], module["version"]
    top = folder / f"{path}@{version}"
    texts = [file for file in sorted(top.rglob("*")) if file.is_file()]
    return Package(
        path,
        version,
        module_licence(path, texts),
        "Go",
        purl=f"pkg:golang/{path}@{escaped(version)}",
        origin=f"Go module, {module['sum']}; in {', '.join(module['programs'])}",
        texts=tuple(texts),
    )


def of_proto(folder: Path, result: Path) -> Package:
    """The Go module whose .proto files stage `containerd-proto` has; its pin is in `folder`."""
    path, version = re.findall(r"^require (\S+) (\S+)$", (folder / "go.mod").read_text(), re.M)[0]
    known = re.findall(r"^\S+ \S+ (h1:\S+)$", (folder / "go.sum").read_text(), re.M)
    text = result / path / "LICENSE"
    return Package(
        path,
        version,
        module_licence(path, [text]),
        "Proto",
        purl=f"pkg:golang/{path}@{escaped(version)}",
        origin=f"Go module, {known[0]}; its .proto files are compiled into ros",
        texts=(text,),
    )


def module_licence(path: str, texts: list[Path]) -> str:
    """What the texts of a module say; SbomError when one of them says nothing that is known."""
    found: set[str] = set()
    for text in texts:
        named = licences.of_text(text.read_text(errors="replace"))
        if REMARKS.fullmatch(text.name):
            continue
        if not named:
            raise SbomError(f"module '{path}': unknown licence in {text.name}")
        found |= named
    if not found:
        raise SbomError(f"module '{path}': no licence text")
    return licences.all_of(sorted(found))


def of_compiler(zig: Path, pin: str) -> dict[str, Package]:
    """Parts of zig that are linked into what it compiles. `pin`: scripts/requirements.txt."""
    match = re.search(r"^ziglang==(\S+).*?sha256:([0-9a-f]{64})", pin, re.M | re.S)
    if not match:
        raise SbomError("no pin of ziglang")
    llvm = "Apache-2.0 WITH LLVM-exception"
    parts = {
        "musl": ("MIT", "lib/libc/musl/COPYRIGHT"),
        "compiler-rt": ("MIT", "LICENSE"),
        "libc++": (llvm, "lib/libcxx/LICENSE.TXT"),
        "libunwind": (llvm, "lib/libunwind/LICENSE.TXT"),
    }
    return {
        name: Package(
            f"ziglang/{name}",
            match[1],
            licence,
            "Compiler",
            sha256=match[2],
            purl=f"pkg:pypi/ziglang@{match[1]}",
            origin=f"{name} as it comes with the wheel ziglang, which the checksum is of",
            texts=(zig / text,),
        )
        for name, (licence, text) in parts.items()
    }
