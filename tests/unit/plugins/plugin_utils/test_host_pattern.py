"""Which hosts a play will find."""

from __future__ import annotations

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.host_pattern import NOBODY, exactly, hosts_of_play

HOSTILE = ["r1", "r1-a", "r1.a", "../../etc/x", "{{ lookup('pipe', 'id') }}", "-oProxyCommand=x", "a,b", "a:b", "!r1"]
HOSTILE += ["~r.*", "r[1]", "zürich", "a b", "r*"]


def found(names: list[str], pattern: str) -> list[str]:
    manager = InventoryManager(DataLoader(), parse=False)
    manager.add_group("all")
    for name in names:
        manager.add_host(name, group="all")
    return [host.name for host in manager.get_hosts(pattern)]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_pattern_of_one_host_matches_it_alone(name):
    assert found(HOSTILE, exactly([name])) == [name]


def test_a_pattern_of_all_matches_all():
    assert found(HOSTILE, exactly(HOSTILE)) == HOSTILE


def test_a_pattern_of_none_matches_nobody():
    assert exactly([]) == NOBODY
    assert found(HOSTILE, NOBODY) == []


GROUPS = {"all": ["r1", "r2", "s1"], "routers": ["r1", "r2"]}


@pytest.mark.parametrize(
    ("patterns", "limit", "hosts"),
    [
        (["all"], None, ["r1", "r2", "s1"]),
        (["routers"], None, ["r1", "r2"]),
        (["routers"], "r2,s1", ["r2"]),
        (["routers", "s1"], "all:!r1", ["r2", "s1"]),
    ],
)
def test_the_hosts_under_a_limit(patterns, limit, hosts):
    assert hosts_of_play(patterns, DataLoader(), {"groups": GROUPS, "ansible_limit": limit}) == hosts


def test_a_limit_in_a_file(tmp_path):
    (tmp_path / "hosts").write_text("s1\n")
    limited = {"groups": GROUPS, "ansible_limit": f"@{tmp_path / 'hosts'}"}
    assert hosts_of_play(["all"], DataLoader(), limited) == ["s1"]


@pytest.mark.parametrize("groups", [{}, {"all": []}, {"all": [], "ungrouped": []}])
def test_an_empty_inventory_is_an_error(groups):
    with pytest.raises(NetcellarError, match="the inventory holds no host"):
        hosts_of_play(["all"], DataLoader(), {"groups": groups})


@pytest.mark.parametrize(("pattern", "limit"), [("nobody", None), ("routers", "s1")])
def test_a_pattern_that_matches_nothing_is_an_error(pattern, limit):
    with pytest.raises(NetcellarError, match=f"no host matches netcellar_hosts={pattern}"):
        hosts_of_play([pattern], DataLoader(), {"groups": GROUPS, "ansible_limit": limit})
