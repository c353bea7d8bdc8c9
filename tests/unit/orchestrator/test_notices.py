"""Which rules fit which news, and the words of a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from netcellar.channels import without_secrets
from netcellar.check import check_project
from netcellar.errors import ProjectError
from netcellar.notice_text import BODY, LONGEST_BODY, TITLE, fault_of, message_of
from netcellar.notices import Notice, Rule
from netcellar.project import load_project

from .conftest import SOUND

NEWS = Notice("r1", "nightly", "partial", "1 of 3 not backed up", "2026-11-21T02:00:00Z", 2, 1, {"auth": ["core-1"]})
CHANNELS = "notify:\n  channels:\n    chat: {url: {env: CHAT_URL}}\n  rules:\n"


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({}, True),
        ({"jobs": ("nightly",)}, True),
        ({"jobs": ("hourly",)}, False),
        ({"statuses": ("failed", "partial")}, True),
        ({"statuses": ("failed",)}, False),
        ({"severity": "warning"}, True),
        ({"severity": "critical"}, False),
        ({"classes": ("auth", "leak")}, True),
        ({"classes": ("leak",)}, False),
        ({"coverage": True}, False),
        ({"changes": ("AAA",)}, False),
        ({"statuses": ("partial",), "classes": ("leak",)}, False),
    ],
)
def test_every_key_of_a_rule_must_fit(values: dict[str, Any], fits: bool) -> None:
    assert Rule("r", ("chat",), **values).fits(NEWS) is fits


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({"status": "success", "classes": {}}, "info"),
        ({}, "warning"),
        ({"status": "cancelled"}, "warning"),
        ({"status": "failed"}, "critical"),
        ({"status": "lost"}, "critical"),
        ({"status": "refused"}, "critical"),
        ({"classes": {"host_key": ["core-1"]}}, "critical"),
        ({"status": "success", "classes": {}, "missed": ["production"]}, "critical"),
    ],
)
def test_severity(values: dict[str, Any], severity: str) -> None:
    assert replace(NEWS, **values).severity == severity


def test_two_runs_that_tell_the_same_have_one_fingerprint() -> None:
    assert replace(NEWS, run_id="r2", finished="2026-11-22T02:00:00Z", message="x").fingerprint == NEWS.fingerprint
    assert replace(NEWS, classes={"auth": ["core-2"]}).fingerprint != NEWS.fingerprint
    assert Notice.of(NEWS.as_dict()) == NEWS


def test_our_own_words() -> None:
    many = replace(NEWS, devices_failed=500, classes={"auth": [f"d{number}" for number in range(500)]})
    found = message_of(Rule("r", ("chat",)), [many], "lab", 0)
    assert found.title == "[warning] nightly: partial, 500 devices not backed up"
    assert "auth: d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 and 490 more\n" in found.body
    assert "netcellar runs show r1" in found.body
    assert "held back" not in found.body


def test_a_digest_tells_of_all_and_of_what_was_held_back() -> None:
    changed = replace(NEWS, job="hourly", status="success", classes={}, devices_failed=0, changes={"AAA": ["on a: x"]})
    found = message_of(Rule("r", ("chat",)), [NEWS, changed], "lab", 3)
    assert found.title == "[warning] 2 runs of lab"
    assert found.severity == "warning"
    assert "AAA changed on a: x" in found.body
    assert "held back 3 times" in found.body


def test_words_of_a_rule_and_data_that_look_like_a_template() -> None:
    rule = Rule("r", ("chat",), title="{{ notice.job }}\n{{ notices | length }}", body="{{ notice.classes.auth[0] }}")
    hostile = replace(NEWS, message="\x1b[2J\u202e", classes={"auth": ["{{ 7 * 7 }}"]})
    ours = message_of(Rule("r", ("chat",)), [hostile], "lab", 0)
    assert all(char.isprintable() or char == "\n" for char in ours.title + ours.body)
    found = message_of(rule, [hostile], "lab", 0)
    assert (found.title, found.body) == ("nightly 1", "{{ 7 * 7 }}\n")


def test_nobody_is_called_and_nothing_linked_by_what_devices_say() -> None:
    said = "banner motd <!channel> <@U12> @everyone [log in](https://evil.example) <https://e.example|ok> me@host"
    hostile = replace(NEWS, message=said, classes={"auth": ["@here"]}, changes={"other": [said]})
    ours = message_of(Rule("r", ("chat",)), [hostile], "lab", 0)
    for live in ("<!", "<@", " @everyone", " @here", "](", "<https"):
        assert live not in ours.body
    for kept in ("@ everyone", "< !channel>", "[log in] (https://evil.example)", "me@host", "auth: @ here"):
        assert kept in ours.body
    own = message_of(Rule("r", ("chat",), body="<!here> {{ notice.classes.auth[0] }}"), [hostile], "lab", 0)
    assert own.body == "<!here> @ here\n", "a rule may call whom it wants"


def test_a_template_that_fails_loses_no_news() -> None:
    found = message_of(Rule("r", ("chat",), body="{{ notice.classes.leak[0] }}"), [NEWS], "lab", 0)
    assert "auth: core-1" in found.body
    assert "the template of the rule failed" in found.body
    assert len(message_of(Rule("r", ("chat",), body="{{ 'x' * 99999 }}"), [NEWS], "lab", 0).body) <= LONGEST_BODY


@pytest.mark.parametrize(
    "template",
    [
        "{{ notice.jib }}",
        "{% if %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ notice.__class__ }}",
        "{{ notices.append(1) }}",
        "{{ 1 / 0 }}",
        "{% include 'x' %}",
    ],
)
def test_templates_that_fail_or_leave_the_sandbox(template: str) -> None:
    assert fault_of(template)


def test_our_templates_do_not_fail() -> None:
    assert (fault_of(TITLE), fault_of(BODY)) == ("", "")


def test_no_part_of_an_address_is_told() -> None:
    url = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops"
    said = "POST https://hooks.slack.com/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ gave 404"
    assert without_secrets(said, url) == "POST https://hooks.slack.com/***/***/*** gave 404"
    assert "hunter22" not in without_secrets("login of hunter22 failed", "mailto://joe:hunter%322@example.com")


def test_project_file(write: Callable[[str], Path]) -> None:
    project = load_project(write(SOUND + CHANNELS + "    ops: {channels: [chat], severity: critical, digest: 15m}\n"))
    (rule,) = project.notify.rules
    assert (rule.name, rule.channels, rule.severity, rule.digest.seconds) == ("ops", ("chat",), "critical", 900)


@pytest.mark.parametrize(
    ("rule", "key", "said"),
    [
        ("{severity: info}", "ops.channels", "is missing"),
        ("{channels: []}", "ops.channels", "names nobody"),
        ("{channels: [chatt]}", "ops.channels", "did you mean `chat`?"),
        ("{channels: [chat], jobs: [nightlyy]}", "ops.jobs", "did you mean `nightly`?"),
        ("{channels: [chat], statuses: [faild]}", "ops.statuses", "did you mean `failed`?"),
        ("{channels: [chat], classes: [autth]}", "ops.classes", "did you mean `auth`"),
        ("{channels: [chat], changes: [acl]}", "ops.changes", "access list"),
        ("{channels: [chat], severity: fatal}", "ops.severity", "critical"),
        ("{channels: [chat], cooldown: soon}", "ops.cooldown", "90s, 15m, 6h"),
        ('{channels: [chat], body: "{{ notise.job }}"}', "ops.body", "the template fails"),
        ("{channels: [chat], coverag: true}", "ops.coverag", "did you mean `coverage`?"),
    ],
)
def test_mistakes(write: Callable[[str], Path], rule: str, key: str, said: str) -> None:
    file = write(f"{SOUND}{CHANNELS}    ops: {rule}\n")
    with pytest.raises(ProjectError) as caught:
        load_project(file)
    assert f"notify.rules.{key}:" in str(caught.value)
    assert said in str(caught.value)


def test_check_looks_for_the_address_of_a_channel(write: Callable[[str], Path]) -> None:
    project = load_project(write(SOUND + CHANNELS + "    ops: {channels: [chat]}\n"))
    for environment, state in (({}, "todo"), ({"CHAT_URL": "json://localhost"}, "ok")):
        found = {one.subject: one for one in check_project(project, environment, online=False)}
        assert found["notify channel chat"].state == state
        assert "localhost" not in found["notify channel chat"].message


def test_an_address_is_never_written_into_the_file(write: Callable[[str], Path]) -> None:
    with pytest.raises(ProjectError, match=r"notify\.channels\.chat\.url: is a plain text"):
        load_project(write(SOUND + "notify:\n  channels:\n    chat: {url: 'mailto://joe:secret@example.com'}\n"))
