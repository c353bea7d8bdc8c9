"""Every device has a host name of its own, and no name is anything but a name."""

from __future__ import annotations

import re

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.naming import MAX_LENGTH, host_names
from hypothesis import given, settings
from hypothesis import strategies as st

ID = "0123abcd-0000-4000-8000-000000000000"
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)


def named(*names: str | None) -> list[Device]:
    return [Device(f"{number:08x}-0000-4000-8000-000000000000", name) for number, name in enumerate(names)]


@pytest.mark.parametrize("name", ["r1", "core-1.example.com", "R_1", "1", "r1--x", "10.0.0.1", "a" * MAX_LENGTH])
def test_a_good_name_stays(name: str) -> None:
    assert host_names([Device(ID, name)], {"routers"}) == {ID: name}


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("all", "all--0123abcd"),
        ("All", "All--0123abcd"),
        ("ungrouped", "ungrouped--0123abcd"),
        ("localhost", "localhost--0123abcd"),
        ("127.0.0.1", "127.0.0.1--0123abcd"),
        ("::1", "1--0123abcd"),
        ("routers", "routers--0123abcd"),
        ("../../etc/x", "etc-x--0123abcd"),
        ("..", "device--0123abcd"),
        (".hidden", "hidden--0123abcd"),
        ("{{ lookup('pipe','id') }}", "lookup-pipe-id--0123abcd"),
        ("-oProxyCommand=x", "oProxyCommand-x--0123abcd"),
        (None, "device--0123abcd"),
        ("", "device--0123abcd"),
        ("   ", "device--0123abcd"),
        ("r 1", "r-1--0123abcd"),
        ("r1 ", "r1--0123abcd"),
        ("r1\n", "r1--0123abcd"),
        ("r[1:3]", "r-1-3--0123abcd"),
        ("r1,r2", "r1-r2--0123abcd"),
        ("r1:!r2", "r1-r2--0123abcd"),
        ("~r.*", "r--0123abcd"),
        ("@hosts", "hosts--0123abcd"),
        ("!r1", "r1--0123abcd"),
        ("r*", "r--0123abcd"),
        ("Zürich-1", "Zurich-1--0123abcd"),
        ("ルータ", "device--0123abcd"),
        ("r1; reboot", "r1-reboot--0123abcd"),
        ("a" * 300, f"{'a' * 64}--0123abcd"),
        ("x--fedcba98", "x-fedcba98--0123abcd"),
    ],
)
def test_a_bad_name_becomes_a_safe_one(name: str | None, host: str) -> None:
    assert host_names([Device(ID, name)], {"routers"}) == {ID: host}


def test_all_namesakes_carry_their_id() -> None:
    assert list(host_names(named("r1", "r1", "r2")).values()) == ["r1--00000000", "r1--00000001", "r2"]


def test_names_that_differ_by_case_are_two_hosts() -> None:
    assert list(host_names(named("R1", "r1", "R 1", "r 1")).values()) == ["R1", "r1", "R-1--00000002", "r-1--00000003"]


def test_ids_that_begin_alike_do_not_collide() -> None:
    devices = [Device("0123abcd-1", "r 1"), Device("0123abcd-2", "r 1"), Device("router one", "r:1")]
    hosts = list(host_names(devices).values())
    assert len(set(hosts)) == 3
    assert all(SAFE.fullmatch(host) for host in hosts)


def test_a_device_cannot_take_the_name_made_for_another() -> None:
    devices = [Device(ID, "r 1"), Device("fedcba98-1", "r-1--0123abcd")]
    assert list(host_names(devices).values()) == ["r-1--0123abcd", "r-1-0123abcd--fedcba98"]


def test_two_devices_of_one_id_are_an_error() -> None:
    with pytest.raises(NetcellarError, match="two devices have the id"):
        host_names([Device("1", "a"), Device("1", "b")])


NAMES = st.none() | st.text(max_size=6) | st.sampled_from(("r1", "R1", "r 1", "all", "r-1", "r-1--0123abcd"))
IDS = st.uuids().map(str) | st.text(min_size=1, max_size=10) | st.sampled_from(("0123abcd-1", "0123abcd-2"))


@given(st.lists(st.builds(Device, IDS, NAMES), max_size=8, unique_by=lambda device: device.id), st.randoms())
@settings(max_examples=200, deadline=None)
def test_names_are_injective_safe_and_independent_of_order(devices: list[Device], random: object) -> None:
    hosts = host_names(devices, {"r1"})
    assert len(set(hosts.values())) == len(devices)
    assert all(SAFE.fullmatch(host) and len(host) <= MAX_LENGTH for host in hosts.values())
    assert {"all", "localhost", "r1"}.isdisjoint(hosts.values())
    assert host_names(reversed(devices), {"r1"}) == hosts
