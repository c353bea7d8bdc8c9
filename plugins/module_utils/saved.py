# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A saved inventory: a named file of conditions, which is an Ansible inventory source at the same time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .condition import GROUPS, LEAF, Any_, Condition, ConditionError, Everything, Leaf, parse
from .device import Device
from .hints import did_you_mean

NAUTOBOT = "netcellar.backup.nautobot"
DEVICES = "netcellar.backup.devices"

CONSUMED = ("name", "description", "conditions", "match", "names", "ids", "dynamic_group")
"""The keys that are read here. All others belong to the inventory plugin and must be among its options."""

GROUP_WARNING = (
    "Nautobot keeps the members of a Dynamic Group in a cache of its own: a device that changed since the job "
    "`Refresh Dynamic Group Caches` last ran may be missing, or still be there"
)

PLUGIN_OPTIONS = (
    "plugin",
    "url",
    "token",
    "validate_certs",
    "timeout",
    "devices",
    "max_change",
    "min_devices",
    "on_source_failure",
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


_KINDS: Mapping[str, tuple[Any, str]] = {
    **dict.fromkeys(("validate_certs", "cache", "strict"), (bool, "true or false, without quotes, is")),
    **dict.fromkeys(("timeout", "cache_timeout"), (int | float, "a number of seconds is")),
    **dict.fromkeys(("url", "devices"), (str, "text is")),
    **dict.fromkeys(("compose", "groups"), (Mapping, "`name: expression` lines are")),
    "keyed_groups": (list, "a list of `- key: …` items is"),
}
"""What the plugin's options are: Ansible's own words for a mistake in one name neither the file nor the line."""

_LISTS: Mapping[str, str] = {"names": "name", "ids": "id"}


@dataclass(frozen=True, slots=True)
class SavedInventory:
    """What a saved-inventory file says. ``name`` is empty where the file leaves it to its own file name.

    ``listed`` are the leaves of ``names`` and ``ids``: each device that they name must exist. With ``dynamic_group``,
    the condition selects among the group's members.
    """

    name: str
    description: str
    condition: Condition
    listed: tuple[Leaf, ...] = ()
    dynamic_group: str = ""


def saved_inventory(document: Any, options: Iterable[str] = PLUGIN_OPTIONS) -> SavedInventory:
    """The saved inventory of a loaded YAML document; ``options`` are the other keys that may stand in it.

    Raises ConditionError for an empty or unreadable document, an unknown key, or a fault in the conditions.
    """
    if not isinstance(document, Mapping):
        what = "is empty" if document is None else "is not a mapping of keys and values"
        raise ConditionError("", f"the saved inventory {what}", remedy=f"begin it with `plugin: {NAUTOBOT}`")
    known = (*CONSUMED, *options)
    for key in document:
        if key not in known:
            raise ConditionError(str(key), "unknown key", remedy=_key_remedy(key, known))
    _require_kinds(document)
    listed = tuple(_listed(document, key, field) for key, field in _LISTS.items() if key in document)
    group = _group(document)
    return SavedInventory(
        _text(document, "name"), _text(document, "description"), _condition(document, listed, group), listed, group
    )


def _key_remedy(key: Any, known: Iterable[str]) -> str:
    if key in {*GROUPS, *LEAF}:
        return "it belongs under `match:`, and is indented deeper than that"
    return did_you_mean(key, known)


def require_listed(saved: SavedInventory, devices: Collection[Device]) -> None:
    """Raise ConditionError for the first device that ``names`` or ``ids`` lists and that is not among the devices."""
    for leaf in saved.listed:
        there = {getattr(device, leaf.field) for device in devices}
        for index, value in enumerate(leaf.value):
            if value not in there:
                raise ConditionError(
                    f"{leaf.where}[{index}]",
                    f"there is no device with the {leaf.field} {value!r}",
                    remedy="correct it, or take it out of the list",
                )


def _condition(document: Mapping[str, Any], listed: tuple[Leaf, ...], group: str) -> Condition:
    written = "conditions" in document or "match" in document
    if listed and written:
        raise ConditionError(
            listed[0].where,
            "a list of devices stands beside conditions",
            remedy="keep one of the two, or write the list as a condition: {field: name, operator: in, value: […]}",
        )
    if listed:
        return listed[0] if len(listed) == 1 else Any_(listed)
    return Everything() if group and not written else parse(document)


def _listed(document: Mapping[str, Any], key: str, field: str) -> Leaf:
    values = document[key]
    if not isinstance(values, list) or not values:
        raise ConditionError(key, "a list with at least one device is expected", remedy=f"write `{key}: [a, b]`")
    for index, value in enumerate(values):
        if not isinstance(value, str) or not value.strip():
            remedy = f'put it in quotes: "{value}"' if value is not None else "remove it"
            raise ConditionError(f"{key}[{index}]", f"text is expected, not {value!r}", remedy=remedy)
        if value in values[:index]:
            raise ConditionError(f"{key}[{index}]", f"{value!r} is listed twice", remedy="remove one of the two")
    return Leaf(field, "in", tuple(values), key)


def _group(document: Mapping[str, Any]) -> str:
    group = _text(document, "dynamic_group")
    if "dynamic_group" in document and not group.strip():
        raise ConditionError("dynamic_group", "the name of the group is missing", remedy="write it, or remove the key")
    if group and document.get("plugin") == DEVICES:
        raise ConditionError("dynamic_group", "only Nautobot has Dynamic Groups", remedy=f"use `plugin: {NAUTOBOT}`")
    return group


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if isinstance(value, list | Mapping):
        raise ConditionError(key, f"text is expected, not {value!r}", remedy="write one text")
    if value is not None and not isinstance(value, str):
        raise ConditionError(key, f"text is expected, not {value!r}", remedy=f'put it in quotes: {key}: "{value}"')
    return value or ""


def _require_kinds(document: Mapping[str, Any]) -> None:
    for key, (kinds, expected) in _KINDS.items():
        value = document.get(key)
        if value is not None and (not isinstance(value, kinds) or isinstance(value, bool) is not (kinds is bool)):
            raise ConditionError(key, f"{expected} expected, not {value!r}", remedy=f"correct it, or remove {key}")
