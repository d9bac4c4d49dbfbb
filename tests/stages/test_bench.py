"""scripts/bench: what it makes of measured values. No machine is started."""

import pytest

from benchmark import fifty, table
from benchmark.run import Line, values

TITLES = {"direct": "ours", "iso": "our ISO", "bare": "floor", "debian": "Debian"}


def docker(**seconds):
    return {system: {"docker": list(of)} for system, of in seconds.items()}


def verdict(measured, measure="docker", system="direct"):
    found = next(one for one in table.MEASURES if one.name == measure)
    return table.judge(found, system, table.medians(measured, measure))


def test_the_middle_run_counts_and_a_system_without_the_measure_has_no_row():
    measured = docker(direct=(9, 5, 6), bare=(4, 6)) | {"iso": {}}
    assert table.medians(measured, "docker") == {"direct": 6, "bare": 5}


@pytest.mark.parametrize(
    ("ours", "floor", "peer", "held"),
    [
        (5, 4, 20, True),  # 4 times, 1.25 times
        (5, 4, 19, False),  # too near to Debian
        (7, 5, 28, True),  # exactly at both
        (8, 5, 99, False),  # too far from the floor
    ],
)
def test_docker_is_held_against_peer_and_floor(ours, floor, peer, held):
    measured = docker(direct=(ours,), bare=(floor,), debian=(peer,))
    assert verdict(measured).held is held


def test_without_peer_and_floor_nothing_is_asked():
    assert verdict(docker(direct=(5,))) == table.Verdict()


def test_without_the_floor_only_the_peer_counts():
    found = verdict(docker(direct=(5,), debian=(20,)))
    assert (found.asked, found.held) == ("Debian : it ≥ 4", True)


def test_budgets_are_for_their_paths_only():
    assert verdict(docker(iso=(50,), debian=(60,)), system="iso").held is None
    assert verdict({"iso": {"memory": [151.0]}}, "memory", "iso").held is False


def test_an_absolute_time_is_never_missed():
    timed = [measure for measure in table.MEASURES if measure.unit == "s" and measure.budget]
    assert all(measure.budget.most is None for measure in timed)


def test_the_table_has_a_line_for_each_system_and_size():
    measured = docker(direct=(5, 7, 6), bare=(4,), debian=(30,))
    sizes = [table.Size("ISO", 71_000_000, 70_000_000), table.Size("ros", 3_000_000)]
    lines = table.render(measured, TITLES, sizes).splitlines()
    assert lines[2:] == [
        "| Docker answers | ours | 6.00 s | 5.00 to 7.00 | 5.00 | 1.50 "
        "| Debian : it ≥ 4; it : floor ≤ 1.4 | **missed** |",
        "|  | floor | 4.00 s | 4.00 to 4.00 | 7.50 |  |  |  |",
        "|  | Debian | 30.00 s | 30.00 to 30.00 |  |  |  |  |",
        "| size | ISO | 71.0 MB |  |  |  | ≤ 70 MB | **missed** |",
        "|  | ros | 3.0 MB |  |  |  |  |  |",
    ]
    assert table.missed(measured, TITLES, sizes) == ["Docker answers, ours", "ISO"]


def test_a_page_keeps_what_is_around_its_marks():
    page = "before\n<!-- scripts/bench -->\nold\n<!-- end -->\nafter\n"
    new = table.put(page, "new\n", "scripts/bench")
    assert new == "before\n<!-- scripts/bench -->\nnew\n<!-- end -->\nafter\n"
    assert table.put(new, "new\n", "scripts/bench") == new
    assert table.put("other text\n", "new\n", "scripts/bench") == "new\n"


def test_the_kernels_times_are_put_on_the_hosts_clock():
    note = "[    1.250000] Run /init as init process"
    lines = {
        "probe": [Line(3.5, 2.5, "0")],
        "containerd": [Line(4.0, 3.0, "0")],
        "docker": [Line(6.0, 5.0, "0")],
        "container": [Line(8.0, 7.0, "0")],
        "memory": [Line(30.0, 29.0, "100000")],
        "run": [Line(31.0, 30.0, "95"), Line(32.0, 31.0, "105")],
        "init": [Line(33.0, 32.0, note)],
        "cost": [Line(9.0, 8.0, "40")],
    }
    found = values(lines, ssh=7.5)
    assert found["kernel"] == [1.0]
    assert found["userspace"] == [2.25]
    assert found["docker"] == [6.0]
    assert found["ssh"] == [7.5]
    assert found["memory"] == [102.4]
    assert found["run"] == [0.95, 1.05]
    assert found["cost"] == [0.04]
    assert "restart" not in found
    assert "ssh" not in values(lines, ssh=None)


def test_fifty_have_no_floor_and_no_budget():
    lines = {
        "before": [Line(1.0, 1.0, "100000")],
        "after": [Line(2.0, 2.0, "400000")],
        "all": [Line(1.5, 1.5, "1234")],
        "restart": [Line(3.0, 3.0, "40"), Line(4.0, 4.0, "60")],
    }
    found = fifty.values(lines)
    assert found == {"memory": [6.144], "all": [12.34], "restart": [0.4, 0.6]}
    last = fifty.render({"shared": found, "debian": found}).splitlines()[-1]
    assert last == "|  | containers of Docker in Debian 13 | 0.50 s | 0.40 to 0.60 |  |"
