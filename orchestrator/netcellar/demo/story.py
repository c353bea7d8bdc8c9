"""The demonstration: a laboratory, two runs of one job, one change in between, and what came of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from ..asking import ask_inventory
from ..core import Record, changes
from ..errors import OrchestratorError
from ..jobs import run_job
from ..order import Order
from ..progress import Watch
from ..project import Project, load_project
from ..references import Resolver
from ..result import Result
from ..words import counted
from .devices import Lab, demo_devices
from .nautobot import NautobotUnavailableError, Server, running
from .scene import STAMP_FIELD, estate, write_scene

EXPECTED = {
    "broken-password": ("auth", "it refuses the password"),
    "broken-down": ("refused", "nothing listens at its address"),
    "broken-hangup": ("incomplete", "it hangs up in the middle of its configuration"),
    "broken-answer": ("command_rejected", "it answers an error instead of a configuration"),
}
CHANGED = "berlin-rtr-1"
JOB = "nightly"
Say = Callable[[str], None]


class DemoError(OrchestratorError):
    """The demonstration did not come out as it should."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Stage:
    """How the demonstration talks: lines, results, and progress while a run goes on."""

    say: Say
    show: Callable[[Result], None]
    watching: Callable[[], AbstractContextManager[Watch]]


def play(folder: Path, stage: Stage, *, with_nautobot: bool) -> None:
    """Play the whole demonstration in an empty folder; everything it started is ended when this returns.

    Raises DemoError where something came out differently, KeyboardInterrupt where a person ended it.
    """
    with _ended_by_sigterm(), ExitStack() as stack:
        lab = stack.enter_context(Lab(demo_devices()))
        stage.say(f"A laboratory of {counted(len(lab.devices), 'simulated device')} listens on 127.0.0.1.")
        server: Server | None = None
        if with_nautobot:
            server = stack.enter_context(_nautobot(folder / "nautobot", lab, stage.say))
            stage.say(f"A real Nautobot at {server.url} knows them.")
        project = load_project(write_scene(folder, lab, server).project)
        stage.say(f"The project is {project.file}.\n\n$ netcellar run {JOB}")
        _first(stage, _run(project, stage))
        _second(stage, project, lab)
        if server:
            _dates(stage, project)


@contextmanager
def _nautobot(folder: Path, lab: Lab, say: Say) -> Iterator[Server]:
    try:
        with running(folder, estate(lab), say=say) as server:
            yield server
    except NautobotUnavailableError as error:
        raise DemoError(str(error), remedy="see the message; `netcellar demo` alone needs no Nautobot") from error


def _run(project: Project, stage: Stage) -> Result:
    order = Order(project.jobs[JOB])
    with stage.watching() as watch:
        result = run_job(project, order, watch=watch, warn=stage.say, environment=os.environ)
    if result.status == "cancelled":
        raise KeyboardInterrupt
    stage.show(result)
    return result


def _first(stage: Stage, result: Result) -> None:
    broken = {record.host: record for record in result.records if not record.good}
    stage.say(f"\nFour devices were broken on purpose, and {counted(len(broken), 'device')} failed:")
    for host, (error, why) in EXPECTED.items():
        record = broken.get(host)
        found = record.error if record else "no failure"
        _must(found == error, f"{host} must fail with class {error}, and came out with {found}: {_words(record)}")
        stage.say(f"  {host}: {error}, as expected: {why}")
    _must(set(broken) == set(EXPECTED), f"unexpected failures: {sorted(set(broken) - set(EXPECTED))}")
    _must(result.status == "partial", f"the run's status must be partial, and is {result.status}: {result.message}")


def _second(stage: Stage, project: Project, lab: Lab) -> None:
    old = next(line for line in lab.devices[CHANGED].config.splitlines() if "description" in line)
    new = old.partition("description")[0] + "description changed by the demonstration"
    lab.change(CHANGED, old, new)
    stage.say(f"\nSomebody changes a line on {CHANGED}.\n\n$ netcellar run {JOB}")
    result = _run(project, stage)
    stored = [record for record in result.records if record.outcome == "stored"]
    hosts = [record.host for record in stored]
    _must(hosts == [CHANGED], f"only {CHANGED} must be stored anew, and it was {hosts}")
    commit = stored[0].commit or ""
    found = changes(project.repositories["main"].path, commit)
    _must(len(found.paths) == 1, f"one file must have changed, and it was {found.paths}")
    stage.say(f"\nExactly one file changed, {found.paths[0]}:\n\n{found.diff.rstrip()}")


def _dates(stage: Stage, project: Project) -> None:
    """Read back from Nautobot what the runs stamped."""
    token = project.nautobot.token if project.nautobot else None
    secret = Resolver(os.environ, stage.say).resolve(token) if token else None
    found = ask_inventory(project, project.inventories["demo"], secret)
    dates = {found.hosts[device.id]: device.custom_fields.get(STAMP_FIELD) for device in found.devices}
    stage.say(f"\nThe dates of the last proven backup, read back from Nautobot (custom field {STAMP_FIELD}):")
    for host, date in sorted(dates.items()):
        stage.say(f"  {host}: {date or '-'}")
    wrong = sorted(host for host, date in dates.items() if bool(date) == (host in EXPECTED))
    _must(not wrong, f"a date must stand exactly at the devices that are stored, which is not so for {wrong}")


def _must(held: bool, otherwise: str) -> None:
    if not held:
        raise DemoError(f"the demonstration did not come out as it should: {otherwise}", remedy="please report this")


def _words(record: Record | None) -> str:
    return record.message if record else "it was backed up"


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the demonstration as Ctrl-C does, so that everything it started is ended."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
