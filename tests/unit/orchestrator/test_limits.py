"""Limits that are put together: Ansible's own reading of the result is what both leave."""

from __future__ import annotations

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from netcellar.errors import BadInputError
from netcellar.limits import narrowed, without
from netcellar.targets import Exclusion

HOSTS = ["berlin-1", "berlin-2", "munich-1", "lab-1", "2001:db8::1"]


def left_by(*limits: str | None) -> set[str]:
    """The hosts that Ansible leaves under each of these limits."""
    left = set(HOSTS)
    for limit in limits:
        manager = InventoryManager(DataLoader(), sources="berlin-1,berlin-2,munich-1,lab-1,")
        manager.add_host("2001:db8::1", group="ungrouped")
        manager.subset(limit)
        left &= {host.name for host in manager.get_hosts("all")}
    return left


@pytest.mark.parametrize("further", [None, "all", "berlin-*", "berlin-*:!berlin-2", "!lab-1", "2001:db8::1", "nobody"])
@pytest.mark.parametrize(
    "limit",
    [None, "berlin-*", "berlin-1,munich-1", "berlin-1:munich-1", "all:!lab-*", "!lab-*,!munich-1", "[abl]*:&~.*-1"],
)
def test_what_both_leave(limit: str | None, further: str | None) -> None:
    assert left_by(narrowed(limit, further)) == left_by(limit, further)


def test_a_list_for_a_job_with_a_list_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"`a,b` are several\n.* limited to `c:d`"):
        narrowed("c:d", "a,b")


@pytest.mark.parametrize("limit", [None, "berlin-*", "berlin-1:lab-1", "berlin-1,lab-1", "!munich-1"])
def test_what_is_excluded_is_left_out(limit: str | None) -> None:
    excluded = [Exclusion(("lab-*", "munich-1"), "Rebuilt every night")]
    assert left_by(without(limit, excluded)) == left_by(limit) - {"lab-1", "munich-1"}
    assert without(limit, ()) == limit
