# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the inventory plugin tells a run about its device sets.

All of it is in ``netcellar_inventories``, a variable of the group ``netcellar_about``, whose one host lets plays read
it. Ansible merges what the group ``all`` has into every host: queries with long lists, printed ten thousand times. So
that group gets in ``netcellar_device_sets`` only what each run must know: AWX deals the hosts out to slices, of which
one alone gets that one host.
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
SETS = "netcellar_device_sets"


def tell(inventory: Any, name: str, about: Mapping[str, Any], host: str) -> None:
    """Add to Ansible's ``inventory`` what is to be known of a saved inventory; ``host`` is one of its hosts."""
    inventory.add_group(ABOUT)
    group, everyone = inventory.groups[ABOUT], inventory.groups["all"]
    inventory.set_variable(ABOUT, VARIABLE, {**group.vars.get(VARIABLE, {}), name: dict(about)})
    if not group.hosts:
        inventory.add_host(host, group=ABOUT)
    known = {"hosts": len(inventory.hosts), **{key: about[key] for key in ("warnings", "proposal")}}
    inventory.set_variable("all", SETS, {**everyone.vars.get(SETS, {}), name: known})


def warnings_of(variables: Mapping[str, Any]) -> list[str]:
    """The warnings of all saved inventories of the run."""
    return [str(warning) for told in _told(variables) for warning in told["warnings"]]


def whole(variables: Mapping[str, Any]) -> bool:
    """Whether a task sees all hosts that there are now: no slice of them, and none that an inventory warned of."""
    hosts = len(variables["groups"]["all"])
    return not any(told["warnings"] or told["hosts"] > hosts for told in _told(variables))


def accept_sets(variables: Mapping[str, Any], run: RunFolder) -> None:
    """Make the device sets of a run the good ones, if it ended well, at least in part. Raises NetcellarError."""
    if "commit" in run.faults() or not any(record.good for record in run.records().values()):
        return
    for told in _told(variables):
        if told["proposal"]:
            accept(Path(str(told["proposal"])))


def _told(variables: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What was told, from the variables of any task."""
    yield from variables.get(SETS, {}).values()
