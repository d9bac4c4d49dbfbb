"""Boots of the product: direct, from a disk, and what must fail."""

import hashlib
import re

import pytest

from conftest import TREE
from machines.medium import artefact

DOCKER_LIMIT = 120


def container_round_trip(guest, registry):
    """docker run and docker build with an image that comes from the registry on the host."""
    image = registry.image
    output = guest.run(f"docker run --rm {image} echo from-inside-$((6*7))", DOCKER_LIMIT)
    assert "from-inside-42" in output
    guest.run(
        f"mkdir -p /tmp/b && printf 'FROM {image}\\nRUN echo built > /made\\n' > /tmp/b/Dockerfile"
    )
    guest.run("DOCKER_BUILDKIT=0 docker build -q -t made /tmp/b", DOCKER_LIMIT)
    assert "built" in guest.run("docker run --rm made cat /made", DOCKER_LIMIT)
    # Negative control: an image that the registry does not hold.
    status, output = guest.try_run(f"docker run --rm {registry.guest_address}/test/none:1 true", 60)
    assert status != 0, output
    assert re.search("not found|manifest unknown", output), output


def tells_what_it_is_made_of(guest):
    assert (TREE / "VERSION").read_text().strip() in guest.run("ros version")
    assert '"spdxVersion": "SPDX-2.3"' in guest.run("ros version --sbom | head -n 2")
    digest = hashlib.sha256(artefact("sbom/roster.spdx.json").read_bytes()).hexdigest()
    assert digest in guest.run("ros version --sbom | sha256sum")
    assert "Licence texts" in guest.run("xzcat /usr/share/ros/licences.txt.xz | head -n 1")


@pytest.mark.parametrize("medium", ["full", "disk"])
def test_boot_runs_containers_and_powers_off(boot, registry, medium):
    with boot(medium, registries=[registry]) as guest:
        guest.ready(120)
        services = guest.run("sudo ros service ps")
        for name in ("console", "docker", "network"):
            assert re.search(rf"^{name}\b.*running", services, re.MULTILINE), services
        tells_what_it_is_made_of(guest)
        container_round_trip(guest, registry)
        guest.power_off()


def test_without_a_system_image_a_rescue_shell_then_a_panic(boot):
    with boot("none", append="rancher.rescue_timeout=3 panic=-1") as guest:
        guest.expect(r"no system image", 60)
        guest.expect(r"[Rr]escue", 10)
        guest.expect(r"Kernel panic", 30)
        assert "ready in" not in guest.text


def test_the_rescue_shell_stays_when_somebody_is_there(boot):
    with boot("none", append="rancher.rescue_timeout=5") as guest:
        guest.expect(r"[Rr]escue", 60)
        guest.send("")
        guest.expect(r"rescue# ", 10)
        guest.send("echo alive-$((40+2))")
        guest.expect(r"alive-42", 10)
