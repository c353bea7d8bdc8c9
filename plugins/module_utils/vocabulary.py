# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The names that a condition refers to: a role, tag or place that does not exist is an error, never "no device"."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .condition import Condition, ConditionError, Leaf, leaves
from .field_table import FIELDS, FieldType
from .hints import did_you_mean

_REFERENCES: frozenset[FieldType] = frozenset({"named", "location", "tags"})


def vocabulary(condition: Condition) -> dict[str, tuple[str, ...]]:
    """Field to the names that the checked condition refers to, like ``{"role": ("router",), "tag": ("core",)}``.

    Only whole names: what ``contains`` looks for need not exist. A location may also be an id.
    """
    found: dict[str, dict[str, None]] = {}
    for leaf in leaves(condition):
        for name in _names(leaf):
            found.setdefault(leaf.field, {})[name] = None
    return {field: tuple(names) for field, names in found.items()}


def require(condition: Condition, known: Mapping[str, Collection[str]]) -> None:
    """Raise ConditionError for the first name that is not among the ``known`` names of its field, where given."""
    for leaf in leaves(condition):
        for name in _names(leaf):
            if leaf.field in known and name not in known[leaf.field]:
                raise ConditionError(
                    f"{leaf.where}.value",
                    f"there is no {leaf.field.replace('_', ' ')} {name!r}",
                    remedy=did_you_mean(name, known[leaf.field]),
                )


def _names(leaf: Leaf) -> tuple[str, ...]:
    field = FIELDS.get(leaf.field)
    if field is None or field.type not in _REFERENCES:
        return ()
    if leaf.operator.endswith("contains") and field.type != "tags":
        return ()
    return leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
