"""A saved-inventory file as a person edits it: what it means, and the file and line of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot import Nautobot
from ansible_collections.netcellar.backup.plugins.plugin_utils.saved_file import read_saved, select
from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError

DEVICES = """
custom_fields:
  site: {type: select, choices: [production, lab]}
  last_backup: date
  seen: datetime
  facts: json
devices:
  - name: r1
    id: one
    address: 10.1.0.1
    role: router
    location: [{name: Berlin, type: City}, {name: DC1, type: Room}]
    custom_fields:
      {site: production, last_backup: 2020-01-01, facts: {slots: [{kind: fan}]}, seen: 2020-01-01T00:00:00Z}
  - {name: r2, id: two, address: 10.2.0.1, role: router, location: [{name: Berlin, type: Region}]}
  - {name: s1, id: three, role: switch}
"""
HEAD = "plugin: netcellar.backup.devices\ndevices: devices.yml\n"


def no_nautobot() -> Nautobot:
    raise AssertionError("a device file needs no Nautobot")


def found(folder: Path, text: str) -> list[str]:
    """The names of the devices of the file ``saved.yml``, whose third line is the first of ``text``."""
    (folder / "devices.yml").write_text(DEVICES)
    path = folder / "saved.yml"
    path.write_text(f"{HEAD}{text}\n")
    return [str(device.name) for device in select(read_saved(path), no_nautobot).devices]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("match: {field: primary_ip, operator: within, value: 10.1.0.0/16}", ["r1"]),
        ("match: {field: cf_last_backup, operator: older_than, value: 2d}", ["r1"]),
        ("match: {field: cf_last_backup, operator: is_empty}", ["r2", "s1"]),
        ("match: {field: cf_seen, operator: before, value: 2020-01-02}", ["r1"]),
        ("match: {field: cf_seen, operator: equals, value: 2020-01-01T00:00:00Z}", ["r1"]),
        ("match: {field: cf_facts.slots.0.kind, operator: equals, value: fan}", ["r1"]),
        ("match: {field: location, operator: equals, value: Berlin}", ["r1", "r2"]),
        ("match: {field: location, operator: equals, value: {name: Berlin, type: City}}", ["r1"]),
        ("match: {field: location.parent, operator: equals, value: Berlin}", ["r1"]),
        ("match: {field: name, operator: matches, value: '^[rs]1$'}", ["r1", "s1"]),
        ("names: [r1, s1]", ["r1", "s1"]),
        ("ids: [two]\nnames: [s1]", ["r2", "s1"]),
    ],
)
def test_the_language_in_a_file(tmp_path: Path, text: str, names: list[str]) -> None:
    assert found(tmp_path, text) == names


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("match:\n  all:\n    - {field: rolle, operator: equals, value: router}", 5, '"role"'),
        ("match:\n  all:\n    - {field: role, operator: eqals, value: router}", 5, '"equals"'),
        ("match:\n  all:\n    - {field: role, operator: equals, valeu: router}", 5, '"value"'),
        ("match:\n  all:\n    - {field: role, operator: equals, value: ruoter}", 5, '"router"'),
        ("match:\n  all:\n    - field: role\n      operator: equals\n      value: 5", 7, "quotes"),
        ("match:\n  all:\n    - field: role\n      operator: in\n      value: [router, x]", 7, "no role 'x'"),
        ("match:\n  al:\n    - {field: role, operator: equals, value: router}", 4, '"all"'),
        ("match:\n  all:\n    - field: role\n    - operator: equals\n    - value: x", 5, "operator is missing"),
        ("match:\n  all:\n  any:\n    - {field: role, operator: equals, value: x}", 5, "indentation"),
        ("match:\n  all:\n    field: role\n    operator: equals\n    value: x", 4, "start each item"),
        (
            "conditions:\n  - {field: role, operator: equals, value: x}\n  - {field: role, operator: equals, value: y}",
            5,
            "AND",
        ),
        ("conditions:\n  - {field: cf_site, operator: equals, value: prod}", 4, '"production"'),
        (
            "conditions:\n  - {field: cf_last_backup, operator: older_than, value: 2 days}",
            4,
            "12h, 2d or 4w, not '2 days' (str). write \"2d\"",
        ),
        (
            "conditions:\n  - {field: cf_last_backup, operator: before, value: 2026-13-01}",
            4,
            "looks like a date and is none",
        ),
        ("conditions:\n  - {field: primary_ip, operator: within, value: 10.0.0.1/8}", 4, '"10.0.0.0/8"'),
        ("conditions:\n  - {field: location, operator: equals, value: {name: Berlin, type: Cty}}", 4, '"City"'),
        ("conditions:\n  - {field: name, operator: matches, value: '(a+)+'}", 4, "a repeat inside a repeat"),
        ("names:\n  - r1\n  - r9", 5, "no device with the name 'r9'"),
        ("names: [r1]\nmatch: {all: true}", 3, "stands beside conditions"),
        ("dynamic_group: core", 3, "only Nautobot"),
        ("mach: {all: true}", 3, '"match"'),
        ("all:\n  - {field: role, operator: equals, value: router}", 3, "under `match:`"),
        ("field: role\noperator: equals\nvalue: router", 3, "under `match:`"),
        ("match:\n  all:\n  - {field: role, operator: equals, value: x\n", 5, "close with `}`"),
        ("match:\n  all:\n  - {field: role, operator: in, value: [x}", 5, "close with `]`"),
        ("match:\n\tall: true", 4, "indent with blanks"),
        ("match:\n  all:\n    - field: role\n     operator: equals\n      value: router", 6, "begins in line 5"),
        (
            "match:\n  all:\n    - field: role\n       operator: equals\n      value: router",
            6,
            "indentation of this line",
        ),
        ("match:\n  all:\n    - field: role\n      operator equals\n      value: router", 6, "a key without `: `"),
        ("match:\n  all:\n    - field: role\n      operator:equals\n      value: router", 6, "after the colon"),
        ("match:\n  all\n    - {field: role, operator: equals, value: router}", 5, "in the line above"),
        ("match:\n  all:\n    -field: role\n     operator: equals", 6, "`- ` that is missing"),
        (
            "match:\n  all:\n   - {field: role, operator: is_set}\n  - {field: role, operator: is_set}",
            6,
            "begins in line 4",
        ),
        ("match:\n  all:\n    - {field: role, operator: equals, value: 'router}", 5, "not closed"),
        (" match: {all: true}", 3, "indentation of this line"),
        ("match: {all: true}\nmatch: {all: true}", 4, "given twice"),
        ("match: {field: role, operator: =, value: router}", 3, "'=' is no operator. write \"equals\""),
        ("match: {field: role, operator: '!=', value: router}", 3, 'write "not_equals"'),
        ("match: {or: [{field: role, operator: is_set}]}", 3, 'write "any"'),
        ("match: all", 3, "write `match: {all: true}`"),
        ("match: {all: 'true'}", 3, "write `match: {all: true}`"),
        ("match: {field: location, operator: equals, value: {name: Berlin, typ: City}}", 3, "with these two keys"),
        (
            "match: {field: cf_seen, operator: equals, value: 2026-11-21}",
            3,
            "2026-11-21 (date). write the whole moment",
        ),
        ("match: {field: cf_last_backup, operator: before, value: 2026-11-31}", 3, "correct it, or put it in quotes"),
        ("match: {field: role, operator: equals, value: router }}", 3, "was not opened"),
        ("---\nmatch: {all: true}", 3, "a second document begins here"),
        ("match: &one {all: true}\nname: *one", 4, "write out what it stands for"),
        ("names: [r9]", 3, "no device with the name 'r9'"),
        ("ids: [onne]", 3, "no device with the id 'onne'"),
        ("name: [a]\nmatch: {all: true}", 3, "write one text"),
        ("match: {all: true}\nstrict: flase", 4, "true or false, without quotes"),
        ("match: {all: true}\ntimeout: 2m", 4, "a number of seconds is expected, not '2m'"),
        ("match: {all: true}\ngroups: [core]", 4, "`name: expression` lines"),
        ("match: {all: true}\nkeyed_groups: {key: role}", 4, "a list of `- key: …` items"),
    ],
)
def test_a_mistake_names_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(NetcellarError) as caught:
        found(tmp_path, text)
    message = str(caught.value)
    assert says.lower() in message.lower()
    assert f"saved.yml:{line}: " in message, message
    assert not isinstance(caught.value, NoDevicesError)
    assert "\n" not in message


def test_a_fault_in_the_device_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "inventories").mkdir()
    saved = tmp_path / "inventories" / "all.yml"
    saved.write_text("plugin: netcellar.backup.devices\ndevices: ../devices.yml\nmatch: {all: true}\n")
    (tmp_path / "devices.yml").write_text("devices:\n  - {name: r1, platfrom: cisco_ios}\n")

    with pytest.raises(NetcellarError) as caught:
        select(read_saved(saved), lambda: pytest.fail("no Nautobot is asked"))

    assert str(saved) in caught.value.message
    assert f"{tmp_path / 'devices.yml'}:2: devices[0].platfrom" in caught.value.message
