"""Structures that show whether a text is whole: cut anywhere, it is not."""

from __future__ import annotations

import json

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.clean import clean
from ansible_collections.netcellar.backup.plugins.module_utils.platform import Structure
from ansible_collections.netcellar.backup.plugins.module_utils.structure import broken
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

WHOLE: list[tuple[Structure, str]] = [
    ("blocks", 'configure {\n    card 1 {\n        text "one } and {"\n    }\n}\n'),
    ("xml", '<?xml version="1.0"?>\n<a>\n  <b>x &amp; y</b>\n  <c/><![CDATA[<d>]]>\n</a>'),
    ("json", '{"a": [1, {"b": null}], "c": "}"}'),
]


@pytest.mark.parametrize(("structure", "text"), WHOLE)
def test_a_whole_text_holds_and_no_beginning_of_it(structure: Structure, text: str) -> None:
    assert broken(structure, text) is None
    cuts = [at for at in range(1, len(text.rstrip())) if broken(structure, text[:at]) is None]
    # Before the first brace opens there is nothing to close.
    assert all("{" not in text[:at] for at in cuts) if structure == "blocks" else not cuts


@pytest.mark.parametrize(
    ("structure", "text"),
    [
        ("blocks", 'rule a {\n    # he said "no {\n    when X {\n        regexp {[^"]*} $y\n    }\n}\n'),
        ("blocks", "pool b {\n    url http://x/#a{1}\n}\n"),
        ("braces", 'system { # the "old one\n    host-name a#1;\n    /* it\'s "open } */\n    message "# {";\n}\n'),
        ("set", 'set system login message "a\nb # \\" c"\nset x # "\n'),
    ],
)
def test_quotes_and_braces_in_remarks_and_patterns_open_nothing(structure: Structure, text: str) -> None:
    assert broken(structure, text) is None


def test_xml_that_declares_entities_is_refused_unread() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    assert broken("xml", bomb) == "the XML declares a type of document"


def test_json_that_is_nested_without_end_is_refused() -> None:
    assert broken("json", "[" * 100_000) is not None


def test_what_is_state_in_json_is_left_out_by_its_keys() -> None:
    platform = platform_for("eaton_network")
    data = {"history": [1], "user": [{"password": {"history": ["x"], "cyphered": "y"}, "attemptLogin": {"last": 3}}]}

    text = clean(platform, json.dumps(data))

    assert json.loads(text) == {"history": [1], "user": [{"password": {"cyphered": "y"}}]}


def test_json_is_laid_out_and_what_is_none_stays() -> None:
    platform = platform_for("eaton_network")
    data = {"a": 1, "b": ["ü", {"c": None}]}

    text = clean(platform, json.dumps(data))

    assert json.loads(text) == data
    assert text.count("\n") > len(data)
    assert clean(platform, '{"a": 1') == '{"a": 1\n'
