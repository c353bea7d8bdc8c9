# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a saved inventory's condition to its devices, whichever source they come from. Imports no ``ansible.*``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..module_utils.condition import Condition, leaves
from ..module_utils.device import Device
from ..module_utils.device_file import DeviceFile
from ..module_utils.errors import NetcellarError
from ..module_utils.evaluate import predicate
from ..module_utils.field_table import CUSTOM
from ..module_utils.fields import Schema, check
from ..module_utils.graphql import Plan, plan
from ..module_utils.vocabulary import require, require_name, vocabulary
from .nautobot import Nautobot
from .nautobot_vocabulary import DYNAMIC_GROUP
from .nautobot_wire import RefusedError

_TRIES = 5
_UNKNOWN = re.compile(
    r"Unknown argument ['\"](?P<argument>\w+)|['\"](?P<filter>cf_\w+)['\"]: \[['\"]Unknown filter field"
)


class NoDevicesError(NetcellarError):
    """The conditions are right, and no device fulfils them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source answered: ``devices`` hold at least those of the condition, which is checked.

    ``plan`` is what Nautobot was asked. ``variables`` are by device id (device files have them).
    """

    devices: tuple[Device, ...]
    condition: Condition
    plan: Plan | None = None
    variables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def decided(self) -> Answer:
        """The same with the devices of the condition alone. Raises NoDevicesError if there are none."""
        found = tuple(filter(predicate(self.condition), self.devices))
        if not found:
            raise NoDevicesError(
                "no device fulfils the conditions", remedy="Look at them with `netcellar inventory explain`"
            )
        return replace(self, devices=found)


def ask_nautobot(nautobot: Nautobot, condition: Condition, dynamic_group: str = "") -> Answer:
    """What Nautobot has for a condition, among the members of a Dynamic Group where one is named.

    Raises NetcellarError.
    """
    checked, schema = _checked(nautobot, condition)
    groups = {DYNAMIC_GROUP: (dynamic_group,)} if dynamic_group else {}
    known = nautobot.known_names({**vocabulary(checked), **groups})
    require(checked, known)
    if dynamic_group:
        require_name(DYNAMIC_GROUP, DYNAMIC_GROUP, dynamic_group, known[DYNAMIC_GROUP])
    for attempt in range(_TRIES):
        asked = plan(checked, schema, dynamic_group)
        try:
            rows = nautobot.devices(*asked.queries)
        except RefusedError as error:
            narrowed = _without_unknown(schema, error)
            if narrowed is None or attempt == _TRIES - 1:
                raise
            schema = narrowed
        else:
            break
    return Answer(tuple(rows), checked, asked)


def ask_file(source: DeviceFile, condition: Condition) -> Answer:
    """All devices of a device file, for a condition. Raises NetcellarError."""
    checked = check(condition, source.schema, datetime.now(UTC))
    require(checked, source.known())
    return Answer(tuple(source.devices), checked, variables=source.variables)


def _checked(nautobot: Nautobot, condition: Condition) -> tuple[Condition, Schema]:
    custom = any(leaf.field.startswith(CUSTOM) for leaf in leaves(condition))
    schema = nautobot.schema() if custom else Schema()
    return check(condition, schema, datetime.now(UTC)), schema


def _without_unknown(schema: Schema, error: RefusedError) -> Schema | None:
    """The schema without the argument that this worker of Nautobot does not know, if that is what the error says.

    Each worker reads the custom fields once, at its first query, so two may differ; we then decide on our own.
    """
    found = _UNKNOWN.search(error.message)
    name = found and (found["argument"] or found["filter"])
    if not name or schema.arguments is None or name not in schema.arguments:
        return None
    return replace(schema, arguments={key: kind for key, kind in schema.arguments.items() if key != name})
