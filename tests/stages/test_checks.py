"""The checks themselves: each must complain about what it exists for."""

import layers
import limits
from build import qemu, slowest


def ros(tmp_path, **files):
    (tmp_path / "rooms.txt").write_text("base\nhost cloud # siblings\nmanager\nmain\n")
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/").replace("_cc", ".cc").replace("_h", ".h")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return layers.violations(tmp_path)


def test_includes_may_go_down_and_stay_in_their_room(tmp_path):
    text = '#include <string>\n#include "base/a.h"\n#include "host/b.h"\n'
    assert ros(tmp_path, base__a_h="", host__b_h="", host__c_cc=text, main_cc=text) == []


def test_an_include_upwards_is_found_in_sources_too(tmp_path):
    found = ros(tmp_path, manager__m_h="", base__a_cc='#include "manager/m.h"\n')
    assert found == ["base/a.cc: base may not include manager ('manager/m.h')"]


def test_siblings_may_not_include_each_other(tmp_path):
    found = ros(tmp_path, cloud__c_h="", host__b_h='  #  include "cloud/c.h"\n')
    assert found == ["host/b.h: host may not include cloud ('cloud/c.h')"]


def test_a_neighbour_without_its_room_is_found(tmp_path):
    found = ros(tmp_path, base__a_h="", base__a_cc='#include "a.h"\n')
    assert found == ["base/a.cc: 'a.h' must be named from ros/ on"]


def test_an_unknown_room_is_found(tmp_path):
    assert "not in rooms.txt" in ros(tmp_path, attic__a_cc="")[0]


def test_long_functions_and_files_are_found_and_tables_are_not():
    body = "  x();\n" * 60
    text = f"int F(int a,\n      int b) {{\n{body}}}\n\nconst int kTable[] = {{\n{body}}};\n"
    assert list(limits.too_long("a.cc", text)) == ["a.cc:1: function of 63 lines, more than 60"]
    assert list(limits.too_long("a.cc", "x\n" * 401)) == ["a.cc: 401 lines, more than 400"]
    assert list(limits.too_long("a.cc", "void F() {\n" + "  x();\n" * 58 + "}\n")) == []


def report(**seconds):
    said = "1 passed\n9.50s call     tests/a.py::test_x[a b]\n0.10s setup    tests/a.py::test_y"
    out = f"<system-out>{said}</system-out>"
    cases = (
        f'<testcase name="{name}" time="{time}">{out if name == "pytest" else ""}</testcase>'
        for name, time in seconds.items()
    )
    return f"<testsuite>{''.join(cases)}</testsuite>"


def test_the_slowest_checks_come_first_with_the_slowest_test_in_them():
    lines = slowest.slowest(report(quick=0.5, pytest=12, slow=300))
    assert [line.split() for line in lines] == [
        ["300.0", "s", "slow"],
        ["12.0", "s", "pytest", "test_x[a", "b]", "9.5", "s"],
        ["0.5", "s", "quick"],
    ]
    assert len(slowest.slowest(report(**{f"c{i}": i for i in range(20)}))) == slowest.SHOWN


def test_the_command_of_a_machine(tmp_path):
    machine = qemu.Machine(kernel="k", initrd="i", append="quiet", ssh_port=2222)
    machine.disks.append((tmp_path / "a,b.img", "raw", True))
    words = " ".join(qemu.command(machine))
    assert "-M q35 -accel tcg,thread=multi -cpu max -smp 2 -m 1024" in words
    assert "hostfwd=tcp:127.0.0.1:2222-:22" in words
    assert "a,,b.img,format=raw,readonly=on" in words
    assert "-no-reboot" in words
