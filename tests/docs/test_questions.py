"""The transcripts of docs/how-to/questions.md are what the commands print, on a repository made here."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.record import Capture
from ansible_collections.netcellar.backup.plugins.plugin_utils import writer
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from netcellar.cli import run_cli
from netcellar.project import load_project
from netcellar.scaffold import write_scaffold

from tests.unit.plugins.plugin_utils.cellar_kit import capture, store

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "questions.md"
TRANSCRIPT = re.compile(r"^\$ (netcellar .*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
RUNS = {"20261119T020004Z-9d41c2": 1_795_053_607, "20261121T020003Z-5be07f": 1_795_226_409}

CORE = """\
hostname {name}
aaa new-model
ip access-list extended MGMT
 permit tcp 192.0.2.0 0.0.0.255 any eq 22
{rule} deny ip any any
interface GigabitEthernet0/1
 description to {other}
 ip address 10.0.0.{number} 255.255.255.0
ntp server {ntp}
line vty 0 4
 transport input ssh
end
"""
FIRST = {"rule": "", "ntp": "192.0.2.1"}
SECOND = {"rule": " permit udp any any eq 161\n", "ntp": "192.0.2.53"}


def captures(run: str, **changes: str) -> list[Capture]:
    """Two routers, of which one is called differently at first, and what one of them starts with."""
    found = []
    for number, name, other in ((1, "core-1", "core-2"), (2, "core-2", "core-1")):
        words = {**changes, "rule": changes["rule"] if number == 1 else ""}
        text = CORE.format(name=name, other=other, number=number, **words)
        stem = "core-two" if name == "core-2" and run.startswith("20261119") else name
        about = {"name": stem, "run": run, "captured_at": f"{run[:4]}-{run[4:6]}-{run[6:8]}T02:00:05Z"}
        found.append(capture(name, text, path=f"backups/{stem}.running-config", same_as=text, **about))
        if number == 1 and run.startswith("20261119"):
            startup = {"artifact": "startup", "path": "backups/core-1.startup-config"}
            found.append(capture(name, text, same_as=text, **startup, **about))
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose repository holds two runs, the same at each time of making."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Netcellar")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "netcellar@example.com")
    write_scaffold(tmp_path)
    monkeypatch.chdir(tmp_path)
    (repository,) = load_project(tmp_path / "netcellar.yml").repositories.values()
    cellar = Cellar(repository.path, repository.branch)
    for (run, seconds), changes in zip(RUNS.items(), (FIRST, SECOND), strict=True):
        monkeypatch.setattr(writer.time, "time", lambda seconds=seconds: seconds)
        store(cellar, *captures(run, **changes), run=run, about={"inventory": "core"})
    return tmp_path


def test_transcripts_are_what_the_commands_print(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = TRANSCRIPT.findall(PAGE.read_text(encoding="utf-8"))
    assert len(told) >= 8
    printed = []
    for command, _ in told:
        run_cli(shlex.split(command)[1:])
        said = capfd.readouterr()
        printed.append((command, tidy(said.out + said.err)))
    assert printed == [(command, tidy(answer)) for command, answer in told]


def test_the_example_in_python_works(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (repository,) = load_project(project / "netcellar.yml").repositories.values()
    names: dict[str, Any] = {}
    monkeypatch.chdir(repository.path.parent)
    assert repository.path.name == "cellar.git"
    exec(example, names)
    assert names["newest"].run == "20261121T020003Z-5be07f"
    assert [change.about for change in names["changes"]] == ["access list", "management"]
    assert names["hits"] == ["ntp server 192.0.2.53", "ntp server 192.0.2.1", "ntp server 192.0.2.53"]


def tidy(answer: str) -> str:
    """Without blanks at line ends and blank lines at the end, which no page keeps."""
    return "\n".join(map(str.rstrip, answer.split("\n"))).rstrip("\n")
