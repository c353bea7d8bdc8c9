"""What a project file says of jobs: schedules, windows, rounds, choices of devices, the store, helpers for secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from netcellar.errors import ProjectError
from netcellar.project import load_project
from netcellar.references import Reference
from netcellar.schedule import Cron, Every, Once
from netcellar.selection import Selection
from netcellar.timing import Rounds

Write = Callable[[str], Path]
EXTENDED = """\
version: 1
store:
  url: postgresql://netcellar@db.example.com/netcellar
  password: {command: [pass, show, database]}
  keep_runs: 90d
repositories:
  main: {path: cellar.git}
credentials:
  lab: {user: backup, password: {command: [pass, show, lab]}}
jobs:
  nightly:
    type: backup
    inventory: all
    credentials: [lab]
    schedule: {cron: "30 2 * * *", timezone: Europe/Berlin, catch_up: false}
    overlap: queue
    window: {from: "22:00", to: "6:30", timezone: Europe/Berlin, days: mon tue}
    rounds: {count: 2, after: 15m}
  tagged:
    inventory: {tags: [core, edge]}
    schedule: {every: 6h, starting: "2026-11-21T01:00"}
  listed:
    inventory: {devices: [r1, r2]}
    schedule: {at: "2026-12-01T03:00", timezone: Europe/Berlin}
  again:
    inventory: {failures_of: nightly}
"""
URL = "postgresql://netcellar@db.example.com/netcellar"
CRON = '{cron: "30 2 * * *", timezone: Europe/Berlin, catch_up: false}'
WINDOW = 'window: {from: "22:00", to: "6:30", timezone: Europe/Berlin, days: mon tue}'

# what is replaced, by what, the line and the key that are named, words of message and remedy, does the schema know it
JOB_MISTAKES = {
    "type": ("type: backup", "type: restore", 12, "jobs.nightly.type", ["not one of backup"], True),
    "schedule no mapping": (CRON, "daily", 15, "jobs.nightly.schedule", ["must be a mapping"], True),
    "schedule empty": (CRON, "{}", 15, "jobs.nightly.schedule", ["needs one of cron, every, at, and has none"], True),
    "two schedules": (CRON, '{cron: "1 1 * * *", every: 6h}', 15, "jobs.nightly.schedule", ["cron and every"], True),
    "schedule key": (CRON, '{corn: "1 1 * * *"}', 15, "jobs.nightly.schedule.corn", ["did you mean `cron`?"], True),
    "cron fields": ("30 2 * * *", "30 2 * *", 15, "jobs.nightly.schedule.cron", ["five fields", "30 2 * * *"], False),
    "cron nickname": ("30 2 * * *", "@daily", 15, "jobs.nightly.schedule.cron", ["must have five fields"], False),
    "cron minute": ("30 2 * * *", "61 2 * * *", 15, "jobs.nightly.schedule.cron", ["bad minute"], False),
    "cron never": ("30 2 * * *", "0 0 31 2 *", 15, "jobs.nightly.schedule.cron", ["bad day-of-month"], False),
    "zone": ("Europe/Berlin, c", "Berlin, c", 15, "jobs.nightly.schedule.timezone", ["mean `Europe/Berlin`?"], False),
    "no zone": ("Europe/Berlin, c", "Xyzzy, c", 15, "jobs.nightly.schedule.timezone", ["Europe/B"], False),
    "zone path": ("Europe/Berlin, c", "/etc/hosts, c", 15, "jobs.nightly.schedule.timezone", ["no time"], False),
    "catch up": ("catch_up: false", "catch_up: never", 15, "jobs.nightly.schedule.catch_up", ["true or false"], True),
    "overlap": ("overlap: queue", "overlap: wait", 16, "jobs.nightly.overlap", ["not one of skip, queue"], True),
    "window without to": (', to: "6:30"', "", 17, "jobs.nightly.window.to", ["is missing"], True),
    "window time": ('"6:30"', '"25:00"', 17, "jobs.nightly.window.to", ["no time of the day", '"22:00"'], False),
    "window unquoted": ('"22:00"', "22:00", 17, "jobs.nightly.window.from", ["a whole number", "in quotes"], True),
    "window of no time": ('"6:30"', '"22:00"', 17, "jobs.nightly.window.to", ["the same time"], False),
    "window day": ("mon tue", "mon diens", 17, "jobs.nightly.window.days", ["`diens` is no day", "mon tue wed"], False),
    "window zone": (WINDOW, WINDOW.replace("Berlin", "Bärlin"), 17, "jobs.nightly.window.timezone", ["no time"], False),
    "rounds number": ("count: 2", "count: 99", 18, "jobs.nightly.rounds.count", ["between 1 and 10"], True),
    "rounds without": ("count: 2, ", "", 18, "jobs.nightly.rounds.count", ["is missing"], True),
    "rounds after": ("after: 15m", "after: 15", 18, "jobs.nightly.rounds.after", ["must be a text"], True),
    "rounds unit": ("after: 15m", "after: 15 min", 18, "jobs.nightly.rounds.after", ["90s, 15m, 6h"], True),
    "every": ("every: 6h", "every: 30s", 21, "jobs.tagged.schedule.every", ["shorter than a minute", "1m"], False),
    "every nonsense": ("every: 6h", "every: often", 21, "jobs.tagged.schedule.every", ["no length of time"], True),
    "starting": ("every: 6h", 'cron: "1 1 * * *"', 21, "jobs.tagged.schedule.starting", ["belongs to `every`"], False),
    "no tag": ("[core, edge]", "[]", 20, "jobs.tagged.inventory.tags", ["chooses nothing", "never all"], False),
    "tags no list": ("[core, edge]", "core", 20, "jobs.tagged.inventory.tags", ["must be a list"], True),
    "two choices": ("[r1, r2]", "[r1], all: true", 23, "jobs.listed.inventory", ["all and devices"], True),
    "all false": ("{devices: [r1, r2]}", "{all: false}", 23, "jobs.listed.inventory.all", ["chooses nothing"], False),
    "choice key": ("devices: [r1", "device: [r1", 23, "jobs.listed.inventory.device", ["mean `devices`?"], True),
    "moment": ("2026-12-01T03:00", "tomorrow", 24, "jobs.listed.schedule.at", ["no moment", "2026-12-01T03"], False),
    "moment unquoted": ('"2026-12-01T03:00"', "2026-12-01 03:00:00", 24, "jobs.listed.schedule.at", ["quotes"], True),
    "moment with a zone": ("01T03:00", "01T03:00+01:00", 24, "jobs.listed.schedule.at", ["a zone of its own"], False),
    "moment left out": ("2026-12-01T03:00", "2027-03-28T02:30", 24, "jobs.listed.schedule.at", ["leave it out"], False),
    "failures of none": ("_of: nightly", "_of: nihgtly", 26, "jobs.again.inventory.failures_of", ["nightly"], False),
    "failures of itself": ("_of: nightly", "_of: again", 26, "jobs.again.inventory.failures_of", ["itself"], False),
    "failures and limit": (
        "{failures_of: nightly}", "{failures_of: nightly}\n    limit: r1", 27, "jobs.again.limit", ["no place"], False,
    ),
    "store password": ("netcellar@db", "netcellar:pw@db", 3, "store.url", ["holds a password", "reference"], False),
    "store url": (URL, "mysql://x/y", 3, "store.url", ["Postgre"], False),
    "store without host": ("netcellar@db.example.com/", "/", 3, "store.url", ["not the URL of a PostgreSQL"], False),
    "store password alone": (f"  url: {URL}\n", "", 3, "store.password",
                             ["belongs to `url`"], False),
    "store key": ("keep_runs", "keep_run", 5, "store.keep_run", ["did you mean `keep_runs`"], True),
    "store age": ("90d", "90", 5, "store.keep_runs", ["must be a text"], True),
    "helper no list": ("[pass, show, lab]", "pass show lab", 9, "credentials.lab.password.command", ["a list"], True),
    "helper empty": ("[pass, show, lab]", "[]", 9, "credentials.lab.password.command", ["is empty"], False),
}  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes ``netcellar.yml`` beside a device file, and gives its path."""
    (tmp_path / "devices.yml").write_text("devices: [{name: r1}, {name: r2}]\n")

    def written(text: str) -> Path:
        (tmp_path / "netcellar.yml").write_text(text)
        return tmp_path / "netcellar.yml"

    return written


@pytest.mark.parametrize("name", JOB_MISTAKES)
def test_each_mistake_is_named_with_its_place_and_a_remedy(name: str, write: Write) -> None:
    old, new, line, key, words, _schema = JOB_MISTAKES[name]
    assert old in EXTENDED
    file = write(EXTENDED.replace(old, new, 1))
    with pytest.raises(ProjectError) as caught:
        load_project(file)
    found = [fault for fault in caught.value.faults if fault.key == key]
    assert found, str(caught.value)
    assert (found[0].file, found[0].line) == (file, line)
    assert found[0].remedy
    for word in words:
        assert word in str(found[0])


def test_nothing_that_knows_the_devices(write: Write, tmp_path: Path) -> None:
    file = write(EXTENDED)
    (tmp_path / "devices.yml").unlink()
    with pytest.raises(ProjectError, match=r"(?s)nothing that knows the devices.*add `nautobot:`"):
        load_project(file)


def test_a_sound_file(write: Write, tmp_path: Path) -> None:
    project = load_project(write(EXTENDED))
    nightly, tagged, listed, again = project.jobs.values()
    assert nightly.schedule is not None
    assert tagged.schedule is not None
    assert listed.schedule is not None
    assert isinstance(nightly.schedule.timetable, Cron)
    assert (nightly.schedule.catch_up, tagged.schedule.catch_up) == (False, True)
    assert (nightly.overlap, tagged.overlap) == ("queue", "skip")
    assert nightly.window is not None
    assert (nightly.window.opens, nightly.window.closes, nightly.window.days) == (time(22), time(6, 30), ("mon", "tue"))
    assert nightly.rounds == Rounds(2, timedelta(minutes=15))
    assert tagged.schedule.timetable == Every(timedelta(hours=6), datetime(2026, 11, 21, 1))
    assert isinstance(listed.schedule.timetable, Once)
    assert listed.schedule.timetable.at == datetime(2026, 12, 1, 2)
    assert (nightly.inventory, nightly.selection) == ("@nightly", Selection(all=True))
    assert (tagged.inventory, tagged.selection) == ("@tagged", Selection(tags=("core", "edge")))
    assert (listed.inventory, listed.selection) == ("@listed", Selection(devices=("r1", "r2")))
    assert (again.inventory, again.selection) == ("@nightly", Selection(failures_of="nightly"))
    assert project.store.keep_runs == timedelta(days=90)
    assert project.store.password == Reference("command", path=tmp_path, command=("pass", "show", "database"))


def test_an_inventory_that_is_called_all_is_that_one(write: Write, tmp_path: Path) -> None:
    (tmp_path / "inventories").mkdir()
    (tmp_path / "inventories" / "all.yml").write_text("")
    assert load_project(write(EXTENDED)).jobs["nightly"].inventory == "all"
