"""``fresh_within``, ``objective``, ``targets`` and ``exclude`` of the project file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from netcellar.errors import ProjectError
from netcellar.project import load_project
from netcellar.survey import parts_of
from netcellar.targets import Exclusion, Target

from .conftest import SOUND

TARGETS = SOUND + "    fresh_within: 12h\n    objective: 99.5%\ntargets:\n  extra: {fresh_within: 7d}\n"


def test_a_job_has_a_target_and_an_inventory_without_a_job_may_have_one(write: Callable[[str], Path]) -> None:
    project = load_project(write(TARGETS))
    found = {part.inventory: part.target(project) for part in parts_of(project)}
    assert found == {"production": Target(timedelta(hours=12), 99.5), "extra": Target(timedelta(days=7), 100.0)}


def test_the_strictest_job_decides(write: Callable[[str], Path]) -> None:
    more = "  hourly: {inventory: production, fresh_within: 2h, objective: 90%}\n"
    project = load_project(write(TARGETS.replace("targets:", f"{more}targets:")))
    (part,) = parts_of(project, ["production"])
    assert part.target(project) == Target(timedelta(hours=2), 99.5)


def test_exclusions_are_read(write: Callable[[str], Path]) -> None:
    project = load_project(write(SOUND + "exclude:\n  - {devices: [lab-*, r9], reason: Rebuilt every night}\n"))
    assert project.exclude == (Exclusion(("lab-*", "r9"), "Rebuilt every night"),)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("    objective: 99\n", "jobs.nightly.objective", "99% or 99.5%"),
        ("    objective: 101%\n", "jobs.nightly.objective", "is no share"),
        ("    fresh_within: 24x\n", "jobs.nightly.fresh_within", "90s, 15m, 6h"),
        ("targets:\n  prodction: {objective: 9%}\n", "targets.prodction", "did you mean `production`?"),
        (
            "targets:\n  production: {fresh_withn: 1d}\n",
            "targets.production.fresh_withn",
            "did you mean `fresh_within`?",
        ),
        ("exclude: lab-*\n", "exclude", "must be a list"),
        ("exclude:\n  - lab-*\n", "exclude", "must be a mapping"),
        ("exclude:\n  - {devices: [lab-*]}\n", "exclude.reason", "is missing"),
        ("exclude:\n  - {devices: [], reason: x}\n", "exclude.devices", "names no device"),
        ('exclude:\n  - {devices: ["*"], reason: x}\n', "exclude.devices", "leaves out every device"),
        ('exclude:\n  - {devices: ["a,b"], reason: x}\n', "exclude.devices", "no pattern of one host"),
        ('exclude:\n  - {devices: ["!a"], reason: x}\n', "exclude.devices", "no pattern of one host"),
    ],
)
def test_mistakes(write: Callable[[str], Path], text: str, key: str, said: str) -> None:
    file = write(SOUND + text)
    with pytest.raises(ProjectError) as caught:
        load_project(file)
    told = str(caught.value)
    assert f"{key}:" in told
    assert said in told
    assert f"{file}:{len((SOUND + text).splitlines())}:" in told
