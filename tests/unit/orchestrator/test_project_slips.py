"""Slips that YAML, file systems, Git and calendars trip over: each names file, line, key and remedy, too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from netcellar.errors import ProjectError
from netcellar.project import load_project

from .conftest import SOUND

Write = Callable[[str], Path]
CHANNEL = "notify:\n  channels: {chat: {url: {env: CHAT}}}\n  rules:\n    ops: {channels: [chat], title: '%s'}\n"


def job(line: str) -> tuple[str, str]:
    """A line in the place of the job's last one (21)."""
    return "    concurrency: 20", f"    {line}"


def top(line: str) -> tuple[str, str]:
    """A line in the place of the first one (1), which comes after it."""
    return "version: 1\n", f"{line}\nversion: 1\n"


def notice(title: str) -> tuple[str, str]:
    """A rule with this title, in lines 1 to 4."""
    return top(CHANNEL % title)


# what is replaced by what, the line and the key that are named, words of message and remedy
SLIPS = {
    "no date": (*job("schedule: {at: 2026-13-01}"), 21, "at", ["`2026-13-01` is read as a timestamp", "in quotes"]),
    "tag int": (*top("state: !!int abc"), 1, "state", ["`abc` is read as a int, and is none"]),
    "tag bool": (*top("state: !!bool maybe"), 1, "state", ["`maybe` is read as a bool"]),
    "tag timestamp": (*top("state: !!timestamp x"), 1, "state", ["`x` is read as a timestamp"]),
    "tag unknown": (*top("state: !secret x"), 1, "", ["'!secret'", "no tags"]),
    "merge key": (*top("<<: {state: x}"), 1, "", ["merge", "no `<<`"]),
    "holds itself": (*top("state: &a [*a]"), 1, "", ["too deeply"]),
    "too deep": (*top(f"state: {'[' * 3000}{']' * 3000}"), 1, "", ["too deeply"]),
    "list as key": (*top("? [a, b]\n: 1"), 1, "a list", ["a key must be a text"]),
    "nul": (*top('state: "a\\0b"'), 1, "state", ["control character"]),
    "nul in a helper": (
        "{env: LAB_PASSWORD}", '{command: ["a\\0b"]}', 12, "credentials.lab.password.command", ["control character"]
    ),
    "surrogate": (*top('state: "\\ud800"'), 1, "state", ["control character"]),
    "no such home": (*top("state: ~nobody-of-that-name/x"), 1, "state", ["no home", "whole path"]),
    "long name": ("  nightly:", f"  {'n' * 65}:", 16, f"jobs.{'n' * 65}", ["not a usable name", "64"]),
    "name of an inventory": ("  extra:", "  'ex tra':", 14, "inventories.ex tra", ["not a usable name"]),
    "job a number": ("  nightly:\n", "  nightly: 5\n  weekly:\n", 16, "jobs.nightly", ["is a whole number"]),
    "branch with //": ("remote: remote.git", "branch: a//b", 8, "repositories.main.branch", ["no name of a Git"]),
    "branch with a tab": ("remote: remote.git", 'branch: "a\\tb"', 8, "repositories.main.branch", ["no name of a Git"]),
    "branch with @{": ("remote: remote.git", "branch: a@{1", 8, "repositories.main.branch", ["no name of a Git"]),
    "branch HEAD": ("remote: remote.git", "branch: HEAD", 8, "repositories.main.branch", ["no name of a Git"]),
    "branch ends in a dot": ("remote: remote.git", "branch: a.", 8, "repositories.main.branch", ["no name of a Git"]),
    "address of the store": (*top("store: {url: 'postgresql://[::1/db'}"), 1, "store.url", ["not the URL"]),
    "port of the store": (*top("store: {url: 'postgresql://u@h:abc/db'}"), 1, "store.url", ["not the URL"]),
    "ages": (*top("store: {keep_runs: 999999d}"), 1, "store.keep_runs", ["longer than ten years"]),
    "moment past all": (
        *job("schedule: {at: '9999-12-31T23:59', timezone: America/New_York}"),
        21,
        "jobs.nightly.schedule.at",
        ["no moment"],
    ),
    "moment before all": (
        *job("schedule: {every: 1h, starting: '0001-01-01', timezone: Asia/Tokyo}"),
        21,
        "jobs.nightly.schedule.starting",
        ["no moment"],
    ),
    "path template": ("{name}.{artifact}-config", "{nam}", 20, "jobs.nightly.paths", ["nothing is called {nam}"]),
    "path outside": ("backups/{name}", "../{name}", 20, "jobs.nightly.paths", ["a part of the path"]),
    "path open": ("{name}.{artifact}-config", "{name", 20, "jobs.nightly.paths", ["has no partner"]),
    "path of an artifact": (*job("artifacts: []"), 21, "jobs.nightly.artifacts", ["is an empty list"]),
    "no jump host": (*job("jump_host: []"), 21, "jobs.nightly.jump_host", ["names no host"]),
    "folder of platforms": (*job("platforms: nowhere"), 21, "jobs.nightly.platforms", ["there is no folder"]),
    "template key": (*notice('{{ "{x}".format() }}'), 4, "notify.rules.ops.title", ["the template fails"]),
    "template that calls itself": (
        *notice("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), 4, "notify.rules.ops.title", ["the template fails"]
    ),
    "template that asks too much": (*notice('{{ "a" * 10**17 }}'), 4, "notify.rules.ops.title", ["the template fails"]),
    "template cycler": (*notice("{{ cycler() }}"), 4, "notify.rules.ops.title", ["the template fails"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_each_slip_is_named_with_its_place_and_a_remedy(name: str, write: Write) -> None:
    old, new, line, key, words = SLIPS[name]
    assert old in SOUND
    file = write(SOUND.replace(old, new, 1))
    with pytest.raises(ProjectError) as caught:
        load_project(file)
    fault = next((fault for fault in caught.value.faults if fault.key == key), None)
    assert fault, str(caught.value)
    assert (fault.file, fault.line, bool(fault.remedy)) == (file, line, True)
    for word in words:
        assert word in str(fault)


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("metrics: x.prom", "metrics"),
        ("nautobot: 5", "nautobot"),
        ("exclude: [lab-*]", "exclude"),
        ("version: 2", "version"),
    ],
)
def test_one_slip_is_told_once(section: str, key: str, write: Write) -> None:
    with pytest.raises(ProjectError) as caught:
        load_project(write(f"{section}\n" + ("" if key == "version" else "version: 1\n")))
    assert [fault.key for fault in caught.value.faults] == [key]


def test_a_schedule_that_is_no_mapping_is_told_once(write: Write) -> None:
    with pytest.raises(ProjectError) as caught:
        load_project(
            write(SOUND.replace("    concurrency: 20", "    schedule: daily\n    rounds: 3\n    window: night"))
        )
    assert [fault.key for fault in caught.value.faults] == [
        f"jobs.nightly.{key}" for key in ("schedule", "rounds", "window")
    ]
