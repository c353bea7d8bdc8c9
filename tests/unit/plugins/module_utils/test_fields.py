"""Every value has the type of its field before anything is sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import (
    All,
    Any_,
    ConditionError,
    Everything,
    Leaf,
    Not,
    leaves,
)
from ansible_collections.netcellar.backup.plugins.module_utils.fields import CustomField, Schema, check

KEYS = {
    "text": "text",
    "url": "url",
    "markdown": "markdown",
    "sel": "select",
    "multi": "multi-select",
    "number": "integer",
    "day": "date",
    "flag": "boolean",
}
SCHEMA = Schema(
    {
        key: CustomField(key, kind, choices=("daily", "weekly") if "select" in kind else None)
        for key, kind in KEYS.items()
    }
    | {"odd": CustomField("odd", "hologram"), "open": CustomField("open", "select")}
)
ROOM = "f6736b96-f322-4f12-8fae-0106feb1face"


def value_of(field: str, operator: str, value: Any) -> Any:
    checked = check(Leaf(field, operator, value, "match"), SCHEMA)
    assert isinstance(checked, Leaf)
    return checked.value


@pytest.mark.parametrize(
    ("field", "operator", "given", "typed"),
    [
        ("name", "equals", "r1", "r1"),
        ("role", "in", ("router", "switch"), ("router", "switch")),
        ("location", "equals", ROOM.upper(), ROOM),
        ("location", "equals", "Berlin", "Berlin"),
        ("has_primary_ip", "equals", False, False),
        ("cf_text", "contains", " a ", " a "),
        ("cf_url", "equals", "https://x/", "https://x/"),
        ("cf_sel", "equals", "daily", "daily"),
        ("cf_sel", "contains", "dai", "dai"),
        ("cf_open", "equals", "anything", "anything"),
        ("cf_multi", "contains", "weekly", "weekly"),
        ("cf_number", "equals", 0, 0),
        ("cf_number", "in", (1, 2), (1, 2)),
        ("cf_day", "equals", "2026-02-28", "2026-02-28"),
        ("cf_day", "in", (date(2026, 2, 28),), ("2026-02-28",)),
        ("cf_flag", "not_equals", True, True),
    ],
)
def test_value_is_typed_once_and_for_all(field: str, operator: str, given: Any, typed: Any) -> None:
    assert value_of(field, operator, given) == typed
    assert type(value_of(field, operator, given)) is type(typed)
    assert value_of(field, operator, typed) == typed


@pytest.mark.parametrize(
    ("field", "operator", "given", "expected"),
    [
        ("name", "equals", 5, "text"),
        ("name", "equals", "  ", "text"),
        ("role", "in", ("router", None), "a name"),
        ("role", "in", ("router", ""), "a name"),
        ("role", "equals", {"name": "router"}, "a name"),
        ("tag", "equals", True, "the name of a tag"),
        ("location", "equals", 1, "location"),
        ("has_primary_ip", "equals", "false", "true or false"),
        ("cf_flag", "equals", 0, "true or false"),
        ("cf_number", "equals", True, "whole number"),
        ("cf_number", "equals", 1.0, "whole number"),
        ("cf_number", "equals", "1", "whole number"),
        ("cf_day", "equals", "20260228", "YYYY-MM-DD"),
        ("cf_day", "equals", "2026-02-30", "YYYY-MM-DD"),
        ("cf_day", "equals", "2026-2-3", "YYYY-MM-DD"),
        ("cf_day", "equals", datetime(2026, 2, 3, 1), "YYYY-MM-DD"),
        ("cf_day", "equals", 20260228, "YYYY-MM-DD"),
        ("cf_sel", "equals", "hourly", "no choice 'hourly'"),
        ("cf_multi", "contains", "hourly", "no choice 'hourly'"),
        ("cf_multi", "in", ("daily", "weakly"), 'did you mean "weekly"'),
    ],
)
def test_wrong_type_names_field_type_and_value(field: str, operator: str, given: Any, expected: str) -> None:
    with pytest.raises(ConditionError) as caught:
        value_of(field, operator, given)
    assert caught.value.where == "match.value"
    assert field in caught.value.message
    assert expected.lower() in str(caught.value).lower()


@pytest.mark.parametrize(
    ("field", "operator"),
    [("cf_flag", "contains"), ("cf_number", "contains"), ("cf_day", "contains"), ("has_primary_ip", "not_in")],
)
def test_operator_that_the_type_does_not_take(field: str, operator: str) -> None:
    with pytest.raises(
        ConditionError, match=r"(?i)match\.operator: .* cannot be compared with .*operators of this type: "
    ):
        value_of(field, operator, ("x",))


def test_unknown_custom_field_names_near_misses() -> None:
    with pytest.raises(ConditionError, match=r'(?i)match\.field: .*cf_numbr.*did you mean "cf_number"'):
        value_of("cf_numbr", "equals", 1)


def test_custom_field_of_unknown_type_is_an_error() -> None:
    with pytest.raises(ConditionError, match="hologram"):
        value_of("cf_odd", "equals", "x")


def test_check_goes_through_the_whole_tree() -> None:
    leaf = Leaf("cf_day", "equals", date(2026, 1, 1))
    tree = All((Any_((leaf, Not(leaf))), Everything()))
    typed = Leaf("cf_day", "equals", "2026-01-01")
    checked = check(tree, SCHEMA)
    assert checked == All((Any_((typed, Not(typed))), Everything()))
    assert {leaf.type for leaf in leaves(checked)} == {"date"}
