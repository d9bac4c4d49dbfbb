"""A few faults in random order; scripts/soak chaos does many."""

import pytest

from chaos import Chaos, kill_in_random_order


@pytest.mark.soak  # one shim may stay behind: docs/reliability.md
def test_kills_in_random_order(boot, registry):
    kill_in_random_order(boot, registry, seed=1, kills=10, check_every=5)


def test_a_container_that_was_touched_is_noticed(boot, registry):
    """The negative control."""
    with boot("direct", registries=[registry], memory=1536, ssh=True) as guest:
        guest.ready()
        guest.ssh.wait()
        chaos = Chaos(guest, registry, seed=0)
        chaos.check()
        guest.run("docker restart -t 0 count-b", 120)
        with pytest.raises(AssertionError, match="a user container was touched"):
            chaos.check()
