"""The project file: read strictly; every mistake names file, line, key and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from netcellar.errors import BadInputError, ProjectError
from netcellar.project import find_project, load_project
from netcellar.references import Reference

from .conftest import SOUND

Write = Callable[[str], Path]

# what is replaced in the sound file, by what, the line and the key that are named, and words of message and remedy
MISTAKES = {
    "unknown top key": ("jobs:", "job:", 15, "job", ["unknown key", "did you mean `jobs`?"]),
    "no version": ("version: 1\n", "", 1, "version", ["is missing", "version: 1"]),
    "other version": ("version: 1", "version: 2", 1, "version", ["`2` is not a version", "version: 1"]),
    "version as text": ("version: 1", 'version: "1"', 1, "version", ["is not a version"]),
    "version as truth": ("version: 1", "version: true", 1, "version", ["is not a version"]),
    "unknown nautobot key": ("  url:", "  uri:", 3, "nautobot.uri", ["unknown key", "did you mean `url`?"]),
    "no url": ("  url: https://nautobot.example.com\n", "", 2, "nautobot.url", ["is missing", "add `url"]),
    "url without scheme": ("https://nautobot.example.com", "nautobot", 3, "nautobot.url", ["http or https"]),
    "url with password": ("https://", "https://me:pw@", 3, "nautobot.url", ["user or password", "reference"]),
    "url broken": ("https://nautobot.example.com", "'https://[x'", 3, "nautobot.url", ["not a URL"]),
    "token in clear": (
        "{env: NAUTOBOT_TOKEN}",
        "0123456789abcdef",
        4,
        "nautobot.token",
        ["{env:", "{file:", "{vault:"],
    ),
    "verify as text": ("  token:", '  verify: "no"\n  token:', 4, "nautobot.verify", ["must be true or false"]),
    "nautobot as text": (
        "nautobot:\n  url: https://nautobot.example.com\n  token: {env: NAUTOBOT_TOKEN}",
        "nautobot: x",
        2,
        "nautobot",
        ["must be a mapping, and is a text"],
    ),
    "password in clear": (
        "{env: LAB_PASSWORD}",
        "geheim",
        12,
        "credentials.lab.password",
        ["{env:", "{file:", "{vault:"],
    ),
    "password as number": ("{env: LAB_PASSWORD}", "12345", 12, "credentials.lab.password", ["{env:"]),
    "two ways": ("{env: LAB_PASSWORD}", "{env: A, file: b}", 12, "credentials.lab.password", ["names 2 ways"]),
    "unknown way": ("{env: LAB_PASSWORD}", "{enw: A}", 12, "credentials.lab.password.enw", ["did you mean `env`?"]),
    "vault without key": (
        "{env: LAB_PASSWORD}",
        "{vault: {file: v.yml, password_file: p}}",
        12,
        "credentials.lab.password.vault.key",
        ["is missing"],
    ),
    "no user": ("    user: backup\n", "", 10, "credentials.lab.user", ["is missing"]),
    "no secret at all": ("    password: {env: LAB_PASSWORD}\n", "", 10, "credentials.lab", ["neither a password nor"]),
    "unknown credential key": (
        "    user:",
        "    username:",
        11,
        "credentials.lab.username",
        ["unknown key", "did you mean `user`?"],
    ),
    "no repository path": ("    path: cellar.git\n", "", 6, "repositories.main.path", ["is missing"]),
    "remote an option": ("remote.git", "--upload-pack=x", 8, "repositories.main.remote", ["is no remote"]),
    "remote a command": ("remote.git", '"ext::sh -c id"', 8, "repositories.main.remote", ["is no remote"]),
    "remote with password": ("remote.git", "https://me:pw@git/x", 8, "repositories.main.remote", ["user or password"]),
    "branch": ("remote: remote.git", 'branch: "-x"', 8, "repositories.main.branch", ["no name of a Git branch"]),
    "push as text": ("remote: remote.git", "push: yes please", 8, "repositories.main.push", ["true or false"]),
    "inventory file missing": (
        "extra.yml",
        "extra.yaml",
        14,
        "inventories.extra",
        ["there is no file", "correct the path"],
    ),
    "inventory unknown": (
        "inventory: production",
        "inventory: produktion",
        17,
        "jobs.nightly.inventory",
        ["no inventory `produktion`", "did you mean `production`?"],
    ),
    "inventory missing": ("    inventory: production\n", "", 16, "jobs.nightly.inventory", ["is missing"]),
    "repository unknown": (
        "repository: main",
        "repository: mein",
        18,
        "jobs.nightly.repository",
        ["did you mean `main`?"],
    ),
    "credential unknown": (
        "[lab]",
        "[lap]",
        19,
        "jobs.nightly.credentials",
        ["no credential `lap`", "did you mean `lab`?"],
    ),
    "credentials no list": (
        "[lab]",
        "lab",
        19,
        "jobs.nightly.credentials",
        ["must be a list, and is a text", "[first"],
    ),
    "job key": ("concurrency:", "concurency:", 21, "jobs.nightly.concurency", ["did you mean `concurrency`?"]),
    "number as text": (
        "concurrency: 20",
        "concurrency: many",
        21,
        "jobs.nightly.concurrency",
        ["must be a whole number"],
    ),
    "number too large": (
        "concurrency: 20",
        "concurrency: 20000",
        21,
        "jobs.nightly.concurrency",
        ["between 1 and 5000"],
    ),
    "number zero": ("concurrency: 20", "connect_timeout: 0", 21, "jobs.nightly.connect_timeout", ["out of range"]),
    "choice": ("concurrency: 20", "host_keys: lern", 21, "jobs.nightly.host_keys", ["did you mean `learn`?"]),
    "choice of secrets": ("concurrency: 20", "secrets: hide", 21, "jobs.nightly.secrets", ["mask, keep"]),
    "stamp field with cf_": (
        "concurrency: 20",
        "stamp_field: cf_last_backup",
        21,
        "jobs.nightly.stamp_field",
        ["last_backup"],
    ),
    "template": ("{name}.{artifact}-config", "{{ lookup('pipe', 'id') }}", 20, "jobs.nightly.paths", ["template mark"]),
    "limit an option": ("concurrency: 20", "limit: --extra", 21, "jobs.nightly.limit", ["no pattern of host names"]),
    "limit a file": ("concurrency: 20", 'limit: "@hosts"', 21, "jobs.nightly.limit", ["no pattern of host names"]),
    "job name": ("  nightly:", "  ../nightly:", 16, "jobs.../nightly", ["not a usable name"]),
    "job empty": ("    concurrency: 20\n", "    concurrency: 20\n  weekly:\n", 22, "jobs.weekly", ["is empty"]),
    "key twice": (
        "    repository: main\n",
        "    repository: main\n    repository: main\n",
        19,
        "repository",
        ["stands twice"],
    ),
    "key no text": ("version: 1", "1: version", 1, "1", ["a key must be a text"]),
    "not YAML": ("version: 1", "version: [1", 2, "", ["not valid YAML", "indentation"]),
    "tag": ("{env: LAB_PASSWORD}", "!vault x", 12, "", ["not valid YAML", "!vault"]),
    "state as number": ("version: 1", "version: 1\nstate: 7", 2, "state", ["must be a text, and is a whole number"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_named_with_its_place_and_a_remedy(name: str, write: Write) -> None:
    old, new, line, key, words = MISTAKES[name]
    assert old in SOUND
    file = write(SOUND.replace(old, new, 1))
    with pytest.raises(ProjectError) as caught:
        load_project(file)
    fault = next(fault for fault in caught.value.faults if fault.key == key)
    assert (fault.file, fault.line) == (file, line)
    text = str(caught.value)
    assert f"{file}:{line}:" in text
    assert "\n  -> " in text
    for word in words:
        assert word in text


@pytest.mark.parametrize("secret", ["geheim", "0123456789abcdef"])
def test_a_secret_in_clear_is_not_repeated(secret: str, write: Write) -> None:
    text = SOUND.replace("{env: LAB_PASSWORD}", secret).replace("{env: NAUTOBOT_TOKEN}", secret)
    with pytest.raises(ProjectError) as caught:
        load_project(write(text))
    assert secret not in str(caught.value)


def test_all_mistakes_are_told_at_once_in_the_order_of_lines(write: Write) -> None:
    text = SOUND.replace("[lab]", "[lap]").replace("  url:", "  uri:").replace("main:\n", "main:\n    paht: x\n")
    with pytest.raises(ProjectError) as caught:
        load_project(write(text))
    lines = [fault.line for fault in caught.value.faults]
    assert len(lines) >= 4
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("# only words\n", "the file is empty"),
        ("- a\n", "must be a mapping"),
        ("text", "must be a mapping"),
    ],
)
def test_a_file_that_says_nothing(text: str, words: str, write: Write) -> None:
    with pytest.raises(ProjectError, match=words):
        load_project(write(text))


def test_a_file_that_is_no_text(folder: Path) -> None:
    (folder / "netcellar.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProjectError, match="UTF-8"):
        load_project(folder / "netcellar.yml")


def test_a_sound_file(write: Write, folder: Path) -> None:
    project = load_project(write(SOUND))
    assert project.nautobot is not None
    assert project.nautobot.token == Reference("env", name="NAUTOBOT_TOKEN")
    assert project.repositories["main"].path == folder / "cellar.git"
    assert project.repositories["main"].remote == str(folder / "remote.git")
    assert project.inventories == {
        "production": folder / "inventories" / "production.yml",
        "extra": folder / "extra.yml",
    }
    assert project.jobs["nightly"].settings == {
        "netcellar_paths": "backups/{name}.{artifact}-config",
        "netcellar_concurrency": 20,
    }
    assert project.state == folder / ".netcellar"


def test_the_only_repository_need_not_be_named(write: Write) -> None:
    project = load_project(write(SOUND.replace("    repository: main\n", "")))
    assert project.jobs["nightly"].repository == "main"


def test_off_is_a_word_although_yaml_reads_false(write: Write) -> None:
    project = load_project(write(SOUND.replace("concurrency: 20", "host_keys: off")))
    assert project.jobs["nightly"].settings["netcellar_host_keys"] == "off"


@pytest.mark.parametrize(
    "remote", ["git@git.example.com:a/b.git", "ssh://git@host/a", "https://host/a.git", "file:///x"]
)
def test_a_remote_url_stays_as_it_is(remote: str, write: Write) -> None:
    assert load_project(write(SOUND.replace("remote.git", remote))).repositories["main"].remote == remote


def test_the_file_is_found_upwards(write: Write, folder: Path) -> None:
    file = write(SOUND)
    assert find_project(folder / "inventories") == file
    assert find_project(file) == file


def test_no_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="netcellar init"):
        find_project(tmp_path)
