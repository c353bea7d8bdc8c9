"""Whose variable is it: the host's, the play's, the first host's?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.credentials import CommandLine, credentials_of
from ansible_collections.netcellar.backup.plugins.plugin_utils.variables import (
    HostVariables,
    VariableError,
    Variables,
    plain,
)


class Hosts(dict[str, Mapping[str, Any]]):
    """What Ansible gives as ``hostvars``, as far as it is used."""

    def raw_get(self, host: str) -> Mapping[str, Any]:
        return {**self[host], "inventory_hostname": host}


def variables(
    hosts: Mapping[str, Mapping[str, Any]], defaults: Mapping[str, Any], play: Mapping[str, Any]
) -> Variables:
    """The view of a task whose batch begins with the first of the hosts."""
    all_hosts = Hosts(hosts)
    first = next(iter(hosts))
    task_vars = {**defaults, **all_hosts.raw_get(first), **play, "hostvars": all_hosts}
    return Variables(task_vars, Templar(loader=DataLoader(), variables=task_vars))


def of(values: Mapping[str, Any]) -> HostVariables:
    return HostVariables(values, Templar(loader=DataLoader(), variables=dict(values)))


def test_a_host_has_its_own_value_else_the_plays() -> None:
    view = variables({"a": {"x": "of a"}, "b": {}, "c": {"y": "of c"}}, {"x": "default", "y": "default"}, {})

    assert [view.of(host).value("y") for host in "abc"] == ["default", "default", "of c"]
    assert view.of("a").value("x") == "of a"


def test_a_value_of_the_first_host_reaches_no_other_one() -> None:
    view = variables({"a": {"ansible_password": "of a"}, "b": {}}, {}, {})

    assert view.of("b").value("ansible_password") is None


def test_what_ansible_adds_for_its_own_machine_reaches_no_host() -> None:
    """It adds connection variables of the machine that the task is delegated to where the first host has none."""
    added = {
        "ansible_host": "localhost",
        "ansible_user": "root",
        "ansible_port": 22,
        "ansible_delegated_vars": {"here": {}},
    }
    hosts = {"a": {}, "b": {"ansible_host": "192.0.2.2"}, "here": {"ansible_user": "root"}}

    view = variables(hosts, added, {})

    assert [view.of(host).value("ansible_host") for host in "ab"] == [None, "192.0.2.2"]
    assert view.of("b").value("ansible_user") is None
    assert variables(hosts, {**added, "ansible_user": "play"}, {}).of("b").value("ansible_user") == "play"


def test_a_value_of_the_play_is_stronger_than_the_inventory() -> None:
    view = variables({"a": {"x": "of a"}, "b": {"x": "of b"}}, {}, {"x": "play"})

    assert [view.of(host).value("x") for host in "ab"] == ["play", "play"]


def test_a_template_of_the_play_is_filled_for_each_host() -> None:
    template = trust_as_template("{{ inventory_hostname }}-{{ site }}")
    view = variables({"a": {"site": "1"}, "b": {"site": "2"}}, {"x": template}, {})

    assert [view.of(host).value("x") for host in "ab"] == ["a-1", "b-2"]


def test_data_is_not_a_template() -> None:
    assert of({"x": "{{ 7 * 7 }}"}).value("x") == "{{ 7 * 7 }}"


def test_an_undefined_variable_is_named_and_its_value_is_not_shown() -> None:
    values = of({"ansible_password": trust_as_template("s3cret {{ nowhere }}")})

    with pytest.raises(VariableError, match=r"ansible_password cannot be templated: 'nowhere' is undefined") as caught:
        values.value("ansible_password")

    assert caught.value.error == "no_credential"
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5.0), ("5", 5.0), ("0.5", 0.5), (None, 7.0), ("", 7.0), (trust_as_template("{{ 2 * 3 }}"), 6.0)],
)
def test_numbers(value: Any, number: float) -> None:
    assert of({"x": value}).number("x", 7) == number


@pytest.mark.parametrize("value", [True, "five", 0, -1, "inf", "nan", [], " "])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(VariableError, match="variable x must be a number above 0"):
        of({"x": value}).number("x", 7)


def test_choices_and_lists() -> None:
    assert of({"x": False}).choice("x", ("learn", "off"), "learn") == "off"
    assert of({"x": ""}).choice("x", ("learn", "off"), "learn") == "learn", "an unanswered survey"
    assert of({"x": "a"}).texts("x", []) == ["a"]
    with pytest.raises(VariableError):
        of({"x": "strictt"}).choice("x", ("strict", "off"), "strict")
    with pytest.raises(VariableError):
        of({"x": [1]}).texts("x", [])
    with pytest.raises(VariableError):
        of({"x": True}).text("x")


def test_older_names_are_known() -> None:
    assert of({"ansible_ssh_pass": "p"}).value("ansible_password") == "p"


def test_plain_values_have_plain_types() -> None:
    class Text(str):
        __slots__ = ()

    value = plain({Text("a"): (Text("b"), 1, None)})

    assert value == {"a": ["b", 1, None]}
    assert type(next(iter(value))) is type(value["a"][0]) is str


class TestCredentials:
    def test_the_hosts_own_comes_first(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
        path = tmp_path / "secrets"
        path.write_text('{"credentials": {"named": {"user": "n", "password": "pn"}}}')
        path.chmod(0o600)
        monkeypatch.setenv("NETCELLAR_SECRETS", str(path))
        values = {
            "ansible_user": "u",
            "ansible_password": "p",
            "ansible_become_password": "e",
            "netcellar_credentials": ["named", {"name": "key", "user": "k", "private_key_file": "/k"}],
        }

        found = credentials_of(of(values), CommandLine())

        assert [(each.name, each.user, each.password, each.become_password) for each in found] == [
            ("inventory", "u", "p", "e"),
            ("named", "n", "pn", "e"),
            ("key", "k", None, "e"),
        ]

    def test_the_command_line_fills_what_is_missing(self) -> None:
        line = CommandLine("cli", "cli-password", None, "cli-become")

        [own] = credentials_of(of({"ansible_user": "u"}), line)

        assert (own.user, own.password, own.become_password) == ("u", "cli-password", "cli-become")
        assert "cli-" not in repr(line).replace("'cli'", "") + repr(own)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({}, "there is no credential"),
            ({"ansible_user": "u"}, "there is no credential"),
            ({"netcellar_credentials": ["nowhere"]}, "'nowhere' is not in the secrets file"),
            ({"netcellar_credentials": [{"name": "x", "password": "s3cret"}]}, "'x' needs a user"),
            ({"netcellar_credentials": [{"user": ["s3cret"]}]}, "'number 1' has a value that is no string"),
            ({"netcellar_credentials": "name"}, "must be a list"),
            ({"netcellar_credentials": [7]}, "no name and no mapping"),
        ],
    )
    def test_what_cannot_be_used_is_told(
        self, monkeypatch: pytest.MonkeyPatch, values: Mapping[str, Any], message: str
    ) -> None:
        monkeypatch.delenv("NETCELLAR_SECRETS", raising=False)
        with pytest.raises(NetcellarError, match=message) as caught:
            credentials_of(of(values), CommandLine())
        assert caught.value.error == "no_credential"
        assert "s3cret" not in str(caught.value)
