"""A few faults in random order; scripts/soak chaos does many."""

from chaos import excusable, gaps_of, kill_in_random_order
from power_cuts import cut_power


def test_kills_in_random_order(resume, registry):
    kill_in_random_order(resume, registry, seed=1, kills=10, check_every=5)


def test_power_cuts(boot, registry, tmp_path):
    """With this seed: twice while it works, twice while it boots."""
    cut_power(boot, registry, tmp_path, seed=4, cuts=4)


def test_what_may_be_missing_in_a_log():
    """As many gaps as dockerd was killed, not longer than it was away, and no line twice."""
    assert gaps_of([1, 2, 4, 5, 7]) == [(2, 4), (5, 7)]
    assert excusable(gaps_of([1, 2, 4, 5, 7]), kills=2)
    assert excusable(gaps_of([1, 2, 30]), kills=1)
    for counts, kills in (([1, 3, 5], 1), ([1, 200], 9), ([1, 2, 2, 3], 9), ([3, 2], 9)):
        assert not excusable(gaps_of(counts), kills), counts
