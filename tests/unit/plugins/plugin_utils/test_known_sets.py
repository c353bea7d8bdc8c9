"""What the inventory plugins tell of themselves, and how plays read it."""

from __future__ import annotations

from typing import Any

from ansible.inventory.data import InventoryData
from ansible_collections.netcellar.backup.plugins.module_utils.naming import ABOUT
from ansible_collections.netcellar.backup.plugins.plugin_utils.known_sets import (
    SETS,
    VARIABLE,
    tell,
    warnings_of,
    whole,
)


def inventory(*hosts: str) -> InventoryData:
    found = InventoryData()
    for host in hosts:
        found.add_host(host)
    return found


def about(*warnings: str) -> dict[str, Any]:
    return {"warnings": list(warnings), "proposal": "", "queries": ["a long list"]}


def of_a_task(found: InventoryData) -> dict[str, Any]:
    """The variables of any task, as far as they matter here."""
    found.reconcile_inventory()
    return {"groups": found.get_groups_dict(), **found.groups["all"].vars}


def test_every_inventory_tells_and_every_task_reads_it() -> None:
    found = inventory("r1", "r2", "s1")
    tell(found, "routers", about("one"), "r2")
    tell(found, "switches", about("two", "three"), "s1")
    assert warnings_of(of_a_task(found)) == ["one", "two", "three"]
    assert set(found.groups[ABOUT].vars[VARIABLE]) == {"routers", "switches"}


def test_an_inventory_of_somebody_else_tells_nothing() -> None:
    assert warnings_of(of_a_task(inventory("r1"))) == []
    assert whole(of_a_task(inventory("r1")))


def test_a_part_of_the_hosts_is_not_the_whole_and_neither_is_a_set_with_a_warning() -> None:
    found = inventory("r1", "r2")
    tell(found, "routers", about(), "r2")
    variables = of_a_task(found)
    assert whole(variables)
    assert not whole(variables | {"groups": {"all": ["r1"]}})
    tell(found, "routers", about("these are of an earlier run"), "r2")
    assert not whole(of_a_task(found))


def test_no_other_host_has_its_queries_and_their_order_stays() -> None:
    found = inventory("r1", "r2", "r3")
    tell(found, "routers", about(), "r3")
    found.reconcile_inventory()
    assert found.get_groups_dict()["all"] == ["r1", "r2", "r3"]
    assert found.get_groups_dict()[ABOUT] == ["r3"]
    assert VARIABLE not in found.groups["all"].vars
    assert found.groups["all"].vars[SETS] == {"routers": {"hosts": 3, "warnings": [], "proposal": ""}}
