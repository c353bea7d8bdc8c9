"""What a run is given: a folder closed to others, and an environment of allow-listed variables."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from netcellar.child import Launch, environment_for, write_folder
from netcellar.core import collections_path
from netcellar.launch import PLAYBOOKS
from netcellar.project import Project, load_project
from netcellar.project_types import JobType
from netcellar.variables import variables_of

from .conftest import SOUND

SECRET = "s3cr3t-and-long"


@pytest.fixture
def project(write: Callable[[str], Path]) -> Project:
    return load_project(write(SOUND))


@pytest.fixture
def launch(project: Project, tmp_path: Path) -> Launch:
    variables = variables_of(project, project.jobs["nightly"], "run-1")
    return Launch("run-1", tmp_path / "run-1", project.inventories["production"], "r*", True, variables, "backup")


def test_each_type_of_job_has_its_playbook() -> None:
    for name in get_args(JobType):
        _namespace, _collection, playbook = PLAYBOOKS[name].split(".")
        assert (collections_path() / "ansible_collections/netcellar/backup/playbooks" / f"{playbook}.yml").is_file()


def test_nothing_of_the_users_environment_gets_through(project: Project, launch: Launch) -> None:
    given = {
        "NAUTOBOT_TOKEN": SECRET,
        "LAB_PASSWORD": SECRET,
        "ANSIBLE_VAULT_PASSWORD_FILE": SECRET,
        "GIT_SSH_COMMAND": SECRET,
        "PYTHONPATH": SECRET,
        "LD_PRELOAD": SECRET,
        "https_proxy": f"http://me:{SECRET}@proxy",
        "http_proxy": "http://proxy:3128",
        "HOME": "/home/x",
    }
    environment = environment_for(project, launch, Path("/run/secrets.json"), given)
    assert SECRET not in str(environment)
    assert environment["HOME"] == "/home/x"
    assert environment["http_proxy"] == "http://proxy:3128"
    assert environment["NETCELLAR_SECRETS"] == "/run/secrets.json"
    assert environment["NAUTOBOT_URL"] == "https://nautobot.example.com"
    collections = environment["ANSIBLE_COLLECTIONS_PATH"].split(":")
    assert collections[:2] == [str(collections_path()), str(project.folder / "collections")]
    assert "~/.ansible/collections" in collections
    assert environment["ANSIBLE_HOST_KEY_CHECKING"] == "True"


def test_the_ssh_agent_is_passed_on_only_to_a_job_that_asks_for_it(project: Project, launch: Launch) -> None:
    given = {"SSH_AUTH_SOCK": "/run/agent"}
    asking = replace(launch, variables={**launch.variables, "netcellar_ssh_agent": True})
    assert "SSH_AUTH_SOCK" not in environment_for(project, launch, Path("/x"), given)
    assert environment_for(project, asking, Path("/x"), given)["SSH_AUTH_SOCK"] == "/run/agent"
    assert "SSH_AUTH_SOCK" not in environment_for(project, asking, Path("/x"), {})


def test_settings_of_ssh_are_read(write: Callable[[str], Path]) -> None:
    job = load_project(write(SOUND + "    ssh_agent: true\n    ssh_algorithms: legacy\n")).jobs["nightly"]
    assert (job.settings["netcellar_ssh_agent"], job.settings["netcellar_ssh_algorithms"]) == (True, "legacy")


def test_our_collection_is_where_the_path_says() -> None:
    assert (collections_path() / "ansible_collections" / "netcellar" / "backup" / "galaxy.yml").is_file()


def test_the_folder_is_closed_and_the_variables_are_plain(launch: Launch) -> None:
    write_folder(launch)
    assert stat.S_IMODE(launch.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((launch.folder / "env").stat().st_mode) == 0o700
    variables = json.loads((launch.folder / "env" / "extravars").read_text())
    assert variables["netcellar_run_id"] == "run-1"
    assert variables["netcellar_credentials"] == ["lab"]
    assert variables["netcellar_nautobot_url"] == "https://nautobot.example.com"
    assert "{{" not in json.dumps(variables)


def test_an_own_ansible_configuration_is_used_only_beside_the_project(project: Project, launch: Launch) -> None:
    plain = environment_for(project, launch, Path("/x"), {})
    assert plain["ANSIBLE_CONFIG"] == str(launch.folder / "ansible.cfg")
    (project.folder / "ansible.cfg").write_text("[defaults]\n")
    own = environment_for(project, launch, Path("/x"), {})
    assert own["ANSIBLE_CONFIG"] == str(project.folder / "ansible.cfg")
