"""``check`` looks at what the settings of jobs name: artifacts, platforms, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from netcellar.check import Finding, check_project
from netcellar.project import load_project

from .conftest import SOUND

Write = Callable[[str], Path]
OFFLINE = SOUND[: SOUND.index("nautobot:")] + SOUND[SOUND.index("repositories:") :]


def looked(file: Path) -> list[Finding]:
    return [found for found in check_project(load_project(file), {}, online=False) if found.state != "ok"]


@pytest.mark.parametrize(
    ("old", "new", "subject", "message", "remedy"),
    [
        ("concurrency: 20", "artifacts: [runing]", "job nightly: artifacts", "no platform has `runing`", "`running`"),
        ('"backups/{name}.{artifact}-config"', "{startip: '{name}'}", "job nightly: paths", "`startip`", "`startup`"),
        ("concurrency: 20", "experimental: [nope]", "job nightly: experimental", "'nope'", "supported are"),
        ("version: 1", "version: 1\nmetrics: {file: no/x.prom}", "metrics", "there is no folder", "make the folder"),
        (
            "remote: remote.git",
            "signing_key: nokey",
            "repository main: signing_key",
            "there is no file",
            "put it there",
        ),
        ("remote: remote.git", "signers: nobody", "repository main: signers", "there is no file", "put it there"),
    ],
)
def test_what_is_not_there_is_found(old: str, new: str, subject: str, message: str, remedy: str, write: Write) -> None:
    assert subject not in {found.subject for found in looked(write(OFFLINE))}
    (found,) = [one for one in looked(write(OFFLINE.replace(old, new, 1))) if one.subject == subject]
    assert message in found.message
    assert remedy in found.remedy


def test_platforms_are_those_of_the_job(write: Write, folder: Path) -> None:
    devices = folder / "devices.yml"
    devices.write_text(devices.read_text().replace("arista_eos", "dell_os10"))
    told = [found.subject for found in looked(write(OFFLINE)) if "dell_os10 is experimental" in found.message]
    assert told == ["inventory production", "inventory extra"]
    more = OFFLINE.replace("concurrency: 20", "experimental: [dell_os10]")
    told = [found.subject for found in looked(write(more)) if "dell_os10" in found.message]
    assert told == ["inventory extra"], "no job is on that one"
