"""Which credentials a job uses: by name, by tag and priority, at a jump host, and out of the SSH agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from netcellar.check import check_project
from netcellar.child import Launch, environment_for
from netcellar.errors import ProjectError
from netcellar.project import load_project
from netcellar.references import Resolver
from netcellar.secrets_file import collect_secrets
from netcellar.variables import variables_of

from .conftest import SOUND

Write = Callable[[str], Path]
ACCOUNTS = """\
credentials:
  first: {user: a, agent: true, tags: [core, edge]}
  urgent: {user: b, password: {env: B}, tags: [edge], priority: 5}
  second: {user: c, password: {env: C}, tags: [core]}
  other: {user: d, password: {env: D}}
  gate: {user: e, password: {env: E}}
"""
PROJECT = SOUND.replace("credentials:\n  lab:\n    user: backup\n    password: {env: LAB_PASSWORD}\n", ACCOUNTS)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("credential_tags: [edge]", ("urgent", "first")),
        ("credential_tags: [core]", ("first", "second")),
        ("credential_tags: [core, edge]", ("urgent", "first", "second")),
        ("credentials: [other, first]\n    credential_tags: [edge]", ("other", "first", "urgent")),
        ("credentials: [other]", ("other",)),
    ],
)
def test_named_ones_come_first_then_those_with_a_tag_by_priority(
    write: Write, written: str, expected: tuple[str, ...]
) -> None:
    project = load_project(write(PROJECT.replace("credentials: [lab]", written)))
    job = project.jobs["nightly"]
    assert job.credentials == job.accounts == expected
    assert variables_of(project, job, "run-1")["netcellar_credentials"] == list(expected)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("credential_tags: [egde]", "no credential with the tag `egde`[^$]*did you mean `edge`"),
        ("jump_credential: gaet", "no credential `gaet`[^$]*did you mean `gate`"),
        ("max_shrink: 30", "no share above 0 and up to 1"),
        ("jump_host: '{{ x }}'", "template mark"),
        ("jump_host: bastion:99999", "must be a jump host"),
        ("jump_host: [a, 'b c']", "must be a jump host"),
    ],
)
def test_mistakes_are_named(write: Write, written: str, words: str) -> None:
    with pytest.raises(ProjectError, match=words):
        load_project(write(PROJECT.replace("credentials: [lab]", written)))


def test_a_jump_host_has_its_account_and_devices_never_get_it(write: Write, folder: Path) -> None:
    more = "credentials: [other]\n    jump_host: me@bastion:2222\n    jump_credential: gate\n    max_shrink: 0.5\n"
    more += "    platforms: own\n    experimental: [dell_os10]"
    (folder / "own").mkdir()
    project = load_project(write(PROJECT.replace("credentials: [lab]", more)))
    job = project.jobs["nightly"]
    values = variables_of(project, job, "run-1")
    assert values["netcellar_jump_host"] == ("me@bastion:2222",)
    assert (values["netcellar_jump_credential"], values["netcellar_credentials"]) == ("gate", ["other"])
    assert (values["netcellar_max_shrink"], values["netcellar_platforms"]) == (0.5, str(folder / "own"))
    assert values["netcellar_experimental"] == ("dell_os10",)
    secrets = collect_secrets(project, job.accounts, Resolver({"NAUTOBOT_TOKEN": "t", "D": "d", "E": "e"}, print))
    assert secrets["credentials"] == {"other": {"user": "d", "password": "d"}, "gate": {"user": "e", "password": "e"}}


def test_the_agent_is_passed_on_for_a_credential_that_lies_in_it(write: Write, tmp_path: Path) -> None:
    project = load_project(write(PROJECT.replace("credentials: [lab]", "credentials: [other]")))
    job, given = project.jobs["nightly"], {"SSH_AUTH_SOCK": "/run/agent"}

    def passed(*names: str, jump: str | None = None) -> bool:
        variables = variables_of(project, replace(job, credentials=names, jump_credential=jump), "run-1")
        launch = Launch("run-1", tmp_path, tmp_path, None, False, variables, "backup")
        return "SSH_AUTH_SOCK" in environment_for(project, launch, Path("/x"), given)

    assert (passed("other"), passed("other", "first"), passed("other", jump="first")) == (False, True, True)
    resolver = Resolver({"NAUTOBOT_TOKEN": "t"}, print)
    assert collect_secrets(project, ["first"], resolver)["credentials"]["first"] == {"user": "a", "agent": True}
    findings = {found.subject: found for found in check_project(project, {}, online=False)}
    assert (findings["credential first"].state, "SSH_AUTH_SOCK" in findings["credential first"].message) == (
        "todo", True,
    )  # fmt: skip
    assert "credential first" not in {found.subject for found in check_project(project, given, online=False)}
