# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A saved inventory: a named file of conditions, which is an Ansible inventory source at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .condition import Condition, ConditionError, parse
from .hints import did_you_mean

CONSUMED = ("name", "description", "conditions", "match")
"""The keys that are read here. All others belong to the inventory plugin and must be among its options."""

PLUGIN_OPTIONS = (
    "plugin",
    "url",
    "token",
    "validate_certs",
    "timeout",
    "devices",
    "cache",
    "cache_plugin",
    "cache_timeout",
    "cache_connection",
    "cache_prefix",
    "compose",
    "groups",
    "keyed_groups",
    "leading_separator",
    "strict",
    "use_extra_vars",
)


@dataclass(frozen=True, slots=True)
class SavedInventory:
    """What a saved-inventory file says. ``name`` is empty where the file leaves it to its own file name."""

    name: str
    description: str
    condition: Condition


def saved_inventory(document: Any, options: Iterable[str] = PLUGIN_OPTIONS) -> SavedInventory:
    """The saved inventory of a loaded YAML document; ``options`` are the other keys that may stand in it.

    Raises ConditionError for an empty or unreadable document, an unknown key, or a fault in the conditions.
    """
    if not isinstance(document, Mapping):
        what = "is empty" if document is None else "is not a mapping of keys and values"
        raise ConditionError(
            "", f"the saved inventory {what}", remedy="begin it with `plugin: netcellar.backup.nautobot`"
        )
    known = (*CONSUMED, *options)
    for key in document:
        if key not in known:
            raise ConditionError(str(key), "unknown key", remedy=did_you_mean(key, known))
    return SavedInventory(_text(document, "name"), _text(document, "description"), parse(document))


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise ConditionError(key, f"text is expected, not {value!r}", remedy=f'put it in quotes: {key}: "{value}"')
    return value or ""
