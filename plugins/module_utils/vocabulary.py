# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The names that a condition refers to: a role, tag or place that does not exist is an error, never "no device"."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .condition import Condition, ConditionError, Leaf, leaves
from .device import Place
from .field_table import FIELDS, FieldType, kind_of
from .hints import did_you_mean

_REFERENCES: frozenset[FieldType] = frozenset({"named", "location", "tags"})


def vocabulary(condition: Condition) -> dict[str, tuple[str, ...]]:
    """Field to the names that the checked condition refers to, like ``{"role": ("router",), "tag": ("core",)}``.

    Only whole names: what ``contains`` and its like look for need not exist. A location may also be an id; the type in
    ``{name: Berlin, type: City}`` is a name of ``location_type``.
    """
    found: dict[str, dict[str, None]] = {}
    for leaf in leaves(condition):
        for field, name in _names(leaf):
            found.setdefault(field, {})[name] = None
    return {field: tuple(names) for field, names in found.items()}


def require(condition: Condition, known: Mapping[str, Collection[str]]) -> None:
    """Raise ConditionError for the first name that is not among the ``known`` names of its field, where given."""
    for leaf in leaves(condition):
        for field, name in _names(leaf):
            if field in known:
                require_name(f"{leaf.where}.value", field, name, known[field])


def require_name(where: str, field: str, name: str, known: Collection[str]) -> None:
    """Raise ConditionError, with near misses, for a name that is not among the ``known`` ones of its field."""
    if name not in known:
        what = f"there is no {field.replace('_', ' ')} {name!r}"
        raise ConditionError(where, what, remedy=did_you_mean(name, known))


def _names(leaf: Leaf) -> Iterator[tuple[str, str]]:
    field = FIELDS.get(leaf.field)
    if field is None or field.type not in _REFERENCES or kind_of(field.type, leaf.operator) != field.type:
        return
    for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
        name = leaf.field.partition(".")[0]
        if isinstance(value, Place):
            yield name, value.name
            yield "location_type", str(value.type)
        else:
            yield name, value
