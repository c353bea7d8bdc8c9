# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the inventory plugin tells a run about its device sets, in the variable ``netcellar_inventories``.

It is a variable of the group ``netcellar_about``, whose one host lets plays read it. Ansible merges what the group
``all`` has into every host: queries with long lists, printed ten thousand times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..module_utils.naming import ABOUT
from .device_sets import accept

if TYPE_CHECKING:
    from .run import RunFolder

VARIABLE = "netcellar_inventories"


def tell(inventory: Any, name: str, about: Mapping[str, Any], host: str) -> None:
    """Add to Ansible's ``inventory`` what is to be known of a saved inventory; ``host`` is one of its hosts."""
    inventory.add_group(ABOUT)
    group = inventory.groups[ABOUT]
    inventory.set_variable(ABOUT, VARIABLE, {**group.vars.get(VARIABLE, {}), name: dict(about)})
    if not group.hosts:
        inventory.add_host(host, group=ABOUT)


def warnings_of(variables: Mapping[str, Any]) -> list[str]:
    """The warnings of all saved inventories of the run."""
    return [str(warning) for about in _told(variables) for warning in about.get("warnings", ())]


def accept_sets(variables: Mapping[str, Any], run: RunFolder) -> None:
    """Make the device sets of a run the good ones, if it ended well, at least in part. Raises NetcellarError."""
    if "commit" in run.faults() or not any(record.good for record in run.records().values()):
        return
    for about in _told(variables):
        if about.get("proposal"):
            accept(Path(str(about["proposal"])))


def _told(variables: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What was told, from the variables of any task."""
    for host in variables.get("groups", {}).get(ABOUT, ())[:1]:
        yield from variables["hostvars"][host][VARIABLE].values()
