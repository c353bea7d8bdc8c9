"""Hostile and mistyped YAML is refused, with its line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.condition import ConditionError
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.yaml_file import line_of, place_of, read_yaml


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yml:3: .*'a' is given twice. Keep one"),
        ("x: {k: 1, k: 1}\n", "'k' is given twice"),
        ("a: &a [1]\nb: *a\n", "x.yml:2: .*aliases are not used here"),
        ("a: !!python/object/apply:os.system ['touch x']\n", "could not determine a constructor"),
        ("a: [1\n", r"x.yml:1: what `\[` opens here .* close with `\]`"),
        ("a: 1\n--- \nb: 2\n", "x.yml:2: a second document begins here"),
        ("a: 1\nday: 2026-13-45\n", r"x.yml:2: .*2026-13-45 looks like a date and is none: month must be .* in quotes"),
        ("[" * 5000, "nested too deeply|not usable YAML"),
        ("a: \x00\n", "not usable YAML"),
        ("{[a]: 1}\n", "not usable YAML"),
    ],
)
def test_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.yml"
    path.write_text(text)
    with pytest.raises(NetcellarError, match=says) as caught:
        read_yaml(path)
    assert str(path) in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NetcellarError, match="not UTF-8"):
        read_yaml(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NetcellarError, match="cannot read"):
        read_yaml(tmp_path / "none.yml")
    os.mkfifo(tmp_path / "pipe.yml")
    with pytest.raises(NetcellarError, match="is no file"):
        read_yaml(tmp_path / "pipe.yml")


def test_plain_data(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text("token: !vault |\n  $ANSIBLE_VAULT\na: [1, true, x]\n")
    assert read_yaml(path) == {"token": "$ANSIBLE_VAULT\n", "a": [1, True, "x"]}


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("match", 2),
        ("match.all[0].operator", 4),
        ("match.all[1].any[0].value[1]", 8),
        ("match.all[1].any[0].value[9]", 8),
        ("match.all[1].any[0]", 7),
        ("match.all[7]", 3),
        ("cf_a.b", 9),
        ("cf_a.c", None),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_position_has_a_line(tmp_path: Path, where: str, line: int | None) -> None:
    path = tmp_path / "x.yml"
    path.write_text(
        "name: x\nmatch:\n  all:\n    - {field: role, operator: eqals, value: x}\n    - any:\n\n"
        "        - field: role\n          value: [a, b]\ncf_a.b: 1\n"
    )
    assert line_of(path, where) == line


def test_a_file_that_cannot_be_read_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("a: [")
    assert line_of(tmp_path / "x.yml", "a") is None
    assert line_of(tmp_path / "none.yml", "a") is None


def test_an_error_without_a_position_has_the_file_alone(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("a: 1\nb: 2\n")
    assert place_of(tmp_path / "x.yml", NetcellarError("what")) == str(tmp_path / "x.yml")
    assert place_of(tmp_path / "x.yml", ConditionError("b.c", "what")) == f"{tmp_path / 'x.yml'}:2"
