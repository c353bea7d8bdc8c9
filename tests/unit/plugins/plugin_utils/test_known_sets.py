"""What the inventory plugins tell of themselves, and how plays read it."""

from __future__ import annotations

from typing import Any

from ansible.inventory.data import InventoryData
from ansible_collections.netcellar.backup.plugins.module_utils.naming import ABOUT
from ansible_collections.netcellar.backup.plugins.plugin_utils.known_sets import VARIABLE, tell, warnings_of


def inventory(*hosts: str) -> InventoryData:
    found = InventoryData()
    for host in hosts:
        found.add_host(host)
    return found


def of_a_task(found: InventoryData) -> dict[str, Any]:
    """The variables of any task, as far as they matter here."""
    found.reconcile_inventory()
    hostvars: dict[str, dict[str, Any]] = {name: {} for name in found.hosts}
    for host in found.groups.get(ABOUT, found.groups["ungrouped"]).hosts:
        hostvars[host.name] = {key: value for group in host.get_groups() for key, value in group.get_vars().items()}
    return {"groups": found.get_groups_dict(), "hostvars": hostvars}


def test_every_inventory_tells_and_every_task_reads_it() -> None:
    found = inventory("r1", "r2", "s1")
    tell(found, "routers", {"warnings": ["one"]}, "r2")
    tell(found, "switches", {"warnings": ["two", "three"]}, "s1")
    assert warnings_of(of_a_task(found)) == ["one", "two", "three"]


def test_an_inventory_of_somebody_else_tells_nothing() -> None:
    assert warnings_of(of_a_task(inventory("r1"))) == []


def test_no_other_host_has_it_and_their_order_stays() -> None:
    found = inventory("r1", "r2", "r3")
    tell(found, "routers", {"warnings": []}, "r3")
    found.reconcile_inventory()
    assert found.get_groups_dict()["all"] == ["r1", "r2", "r3"]
    assert found.get_groups_dict()[ABOUT] == ["r3"]
    assert VARIABLE not in found.groups["all"].vars
