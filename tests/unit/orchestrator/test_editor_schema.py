"""The schema for editors agrees with the reader: it takes what the reader takes, and refuses what a schema can know."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from netcellar.cli import run_cli
from netcellar.editor_schema import FILE_NAME, MARK, project_schema
from netcellar.errors import ProjectError
from netcellar.project import load_project
from netcellar.scaffold import UNITS, write_scaffold

from .conftest import SOUND
from .test_project import MISTAKES
from .test_project_jobs import EXTENDED, JOB_MISTAKES

Write = Callable[[str], Path]
VALIDATOR = jsonschema.Draft7Validator(project_schema())
READER_ONLY = {
    # what refers to something else, or holds a rule over several keys
    "inventory file missing", "inventory unknown", "repository unknown", "credential unknown", "no secret at all",
    "remote an option", "remote a command", "remote with password", "branch", "limit an option", "limit a file",
    "url broken", "key twice", "not YAML", "tag", "path",
}  # fmt: skip


def faults(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(project_schema())
    assert project_schema()["properties"]["jobs"]["additionalProperties"]["properties"]["schedule"]["description"]


@pytest.mark.parametrize("text", [SOUND, EXTENDED], ids=["sound", "extended"])
def test_it_takes_what_the_reader_takes(text: str, write: Write) -> None:
    load_project(write(text))
    assert faults(text) == []


@pytest.mark.parametrize("name", sorted(set(MISTAKES) - READER_ONLY))
def test_it_refuses_what_the_reader_refuses(name: str) -> None:
    old, new, *_ = MISTAKES[name]
    assert faults(SOUND.replace(old, new, 1)), "a mistake that only the reader knows belongs into READER_ONLY"


@pytest.mark.parametrize("name", sorted(name for name, mistake in JOB_MISTAKES.items() if mistake[-1]))
def test_it_refuses_mistakes_of_jobs(name: str) -> None:
    old, new, *_ = JOB_MISTAKES[name]
    assert faults(EXTENDED.replace(old, new, 1))


@pytest.mark.parametrize("name", sorted(READER_ONLY & set(MISTAKES)))
def test_what_only_the_reader_knows_is_known_to_be_so(name: str, write: Write) -> None:
    old, new, *_ = MISTAKES[name]
    text = SOUND.replace(old, new, 1)
    with pytest.raises(ProjectError):
        load_project(write(text))
    try:
        assert faults(text) == [], "the schema knows it too: take it out of READER_ONLY"
    except yaml.YAMLError:
        assert name in {"not YAML", "tag"}


def test_init_writes_it_and_names_it(tmp_path: Path) -> None:
    write_scaffold(tmp_path)
    assert (tmp_path / "netcellar.yml").read_text().startswith(MARK)
    assert json.loads((tmp_path / FILE_NAME).read_text()) == project_schema()
    assert faults((tmp_path / "netcellar.yml").read_text()) == []


def test_init_keeps_every_byte_of_a_file_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = b"# my words\r\nversion: 1   # one\n\n\njobs: {}\t\n"
    (tmp_path / "netcellar.yml").write_bytes(mine)
    (tmp_path / "netcellar.yml").chmod(0o640)
    (tmp_path / FILE_NAME).write_text("{}")
    for _ in range(2):
        assert run_cli(["init", str(tmp_path)]) == 0
        assert (tmp_path / "netcellar.yml").read_bytes() == MARK.encode() + mine
    assert (tmp_path / "netcellar.yml").stat().st_mode & 0o777 == 0o640
    assert json.loads((tmp_path / FILE_NAME).read_text()) == project_schema()
    assert capsys.readouterr().out.count("updated") == 2


def test_init_writes_units_with_the_paths_of_this_machine(tmp_path: Path) -> None:
    folder = tmp_path / "my project"
    assert run_cli(["init", str(folder), "--systemd"]) == 0
    for name in UNITS:
        text = (folder / "systemd" / name).read_text()
        assert "@" not in text
        if "ExecStart" in text:
            assert f"--project {str(folder).replace(' ', chr(92) + 'x20')} " in text
    if analyze := shutil.which("systemd-analyze"):
        units = [str(folder / "systemd" / name) for name in UNITS]
        said = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
        assert (said.returncode, "my project" in said.stderr) == (0, False), said.stderr
