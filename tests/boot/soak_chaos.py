"""Many faults in random order: scripts/soak chaos. ROS_SEED, ROS_KILLS, ROS_CUTS choose others."""

import os
import time

from chaos import kill_in_random_order
from power_cuts import cut_power

SEED = int(os.environ.get("ROS_SEED", time.time_ns() % 1_000_000))
KILLS = int(os.environ.get("ROS_KILLS", "1000"))
CUTS = int(os.environ.get("ROS_CUTS", "200"))


def test_kills(resume, registry):
    kill_in_random_order(resume, registry, SEED, KILLS, check_every=20)


def test_cuts(boot, registry, tmp_path):
    cut_power(boot, registry, tmp_path, SEED, CUTS)
