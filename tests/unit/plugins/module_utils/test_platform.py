"""Platform files are read strictly: whatever is wrong is named with its file and key."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.platform_load import load

GOOD: dict[str, Any] = {
    "network_os": "acme_os",
    "title": "Acme",
    "prompt": {"privileged": r"(?P<host>\w+)#"},
    "errors": ["% Bad", "% Worse"],
    "artifacts": {"running": {"commands": ["show run"], "end": ["end"]}},
    "hostname": {"config": [r"^hostname (?P<host>\S+)"]},
    "secrets": {"words": ["password"], "rules": ["password {secret}"]},
}


def changed(path: str, value: Any) -> dict[str, Any]:
    raw = copy.deepcopy(GOOD)
    node: Any = raw
    *parents, last = path.split(".")
    for parent in parents:
        node = node[parent]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return raw


def test_good_file() -> None:
    platform = load(GOOD, "acme_os.yml")
    assert platform.channel == "shell"
    assert platform.prompt.host("r1#") == "r1"
    assert platform.prompt.host("r1>") is None
    assert platform.errors.match("% Worse than that")
    assert platform.privilege is None
    assert platform.artifacts["running"].commands == ("show run",)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("title", ..., "title: is missing"),
        ("title", 3, "title: must be a text"),
        ("titel", "x", "titel: unknown key"),
        ("prompt.admin", "x", "prompt.admin: unknown key"),
        ("prompt.privileged", "(", "prompt.privileged: '(' is no regular expression"),
        ("errors", "x", "errors: must be a list"),
        ("errors", [], "errors: must not be empty"),
        ("errors", ["["], "errors: '[' is no regular expression"),
        ("channel", "telnet", "channel: must be one of shell, exec"),
        ("artifacts.running.commands", ["a", 1], "artifacts.running.commands: must be a text"),
        ("artifacts.running.structure", ["round"], "artifacts.running.structure: must be one of"),
        ("artifacts.running.ende", [], "artifacts.running.ende: unknown key"),
        ("artifacts.running", None, "artifacts.running: must be a mapping, not nothing"),
        ("hostname.config", [r"hostname \S+"], "hostname.config"),
        ("hostname.optional", "yes", "hostname.optional: must be true or false"),
        ("privilege", {"command": "enable"}, "privilege.password: is missing"),
        ("verbatim", [{"begin": "^banner"}], "verbatim[0].begin: needs a group"),
        ("secrets.rules", ["password \\S+"], "secrets.rules"),
        ("secrets.use", ["nothing"], "secrets.use: no shared set is called 'nothing'"),
        ("secrets.sections", [{"heading": "x"}], "secrets.sections[0].end: is missing"),
    ],
)
def test_fault_names_file_and_key(path: str, value: Any, says: str) -> None:
    with pytest.raises(NetcellarError) as caught:
        load(changed(path, value), "acme_os.yml")
    assert caught.value.message.startswith("acme_os.yml: ")
    assert says in caught.value.message


@pytest.mark.parametrize("raw", [None, [], "text", {1: 2}])
def test_file_must_be_a_mapping(raw: object) -> None:
    with pytest.raises(NetcellarError, match=r"acme_os\.yml"):
        load(raw, "acme_os.yml")
