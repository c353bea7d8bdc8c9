"""A project whose runs are killed in a stage that hooks see, and what must be true of it afterwards.

The hooks are outside of the product: the laboratory counts logins, a ``git`` in front of the real one notes each call,
and Nautobot's stand-in counts requests. Every run reads a generation of its own from the devices (``g2.example``), so
a text tells which run captured it; a date tells it by the records of the runs.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import psutil
import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.record import Kept, Record, read_records
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice
from netcellar.processes import processes_of

from tests.unit.plugins.plugin_utils.cellar_kit import sound
from tests.waiting import HANG_SECONDS, until

from .orchestrating import Bench, main_process

Stage = Literal["capture", "commit", "push", "stamp", "end"]
Victim = Literal["orchestrator", "playbook", "group"]
STAGES: tuple[Stage, ...] = ("capture", "commit", "push", "stamp")
VICTIMS: tuple[Victim, ...] = ("orchestrator", "playbook", "group")

# Of so many steps of a stage (logins, calls of git, requests) one is drawn, and then a moment after it, in seconds.
STEPS: Mapping[Stage, int] = {"capture": 4, "commit": 12, "push": 4, "stamp": 3}
AFTER: Mapping[Stage, float] = {"capture": 0.1, "commit": 0.03, "push": 0.06, "stamp": 0.06}
SEED = 20261121
LOOK_SECONDS = 0.001
GIT = """\
#!/bin/sh
printf '%s\\n' "$*" >>'{log}'
exec '{git}' "$@"
"""
VERB = re.compile(r"--git-dir=\S+ (\S+)")
GENERATION = re.compile(r"ip domain name g(\d)\.example")
NAMES = ("r1", "r2", "r3", "r4")


class Nautobot(Protocol):
    """What stands where Nautobot is, and sees every request."""

    requests: int

    @property
    def url(self) -> str: ...


@dataclass(frozen=True)
class Plan:
    """Whom to kill, and when: ``after`` seconds after a step of a stage."""

    seed: str
    victim: Victim
    stage: Stage
    step: int
    after: float

    @classmethod
    def draw(cls, stage: Stage, number: int) -> Plan:
        """The same for the same stage and number; the victims take turns."""
        seed = f"{SEED}/{stage}/{number}"
        chance = random.Random(seed)
        step, after = chance.randint(1, STEPS[stage]), chance.uniform(0.0, AFTER[stage])
        return cls(seed, VICTIMS[(number + STAGES.index(stage)) % len(VICTIMS)], stage, step, after)


def devices() -> tuple[LabDevice, ...]:
    """Devices of the first generation."""
    made = tuple(LabDevice(name, "cisco_ios", delay=0.02) for name in NAMES)
    for device in made:
        line = f"hostname {device.name}\n"
        assert line in device.config
        device.config = device.config.replace(line, f"{line}ip domain name g1.example\n", 1)
    return made


class Hooked(Bench):
    """A bench whose ``git`` notes each call."""

    @property
    def environment(self) -> dict[str, str]:
        found = super().environment
        return found | {"PATH": f"{self.folder / 'programs'}{os.pathsep}{found['PATH']}"}

    @property
    def log(self) -> Path:
        return self.folder / "git.log"

    def hook(self) -> None:
        """Put a git in front of the real one."""
        program = self.folder / "programs" / "git"
        program.parent.mkdir()
        program.write_text(GIT.format(log=self.log, git=shutil.which("git")))
        program.chmod(0o755)

    def calls(self) -> list[str]:
        """The verbs of git's calls so far."""
        return VERB.findall(self.log.read_text()) if self.log.exists() else []


@dataclass
class Scene:
    """``ids`` are Nautobot's of the devices, by name; ``generations`` are those of the runs."""

    bench: Hooked
    lab: Lab
    nautobot: Nautobot
    ids: Mapping[str, str]
    generations: dict[str, int] = field(default_factory=dict)
    current: int = 1
    before: tuple[int, int] = (0, 0)

    @classmethod
    def on(cls, folder: Path, lab: Lab, nautobot: Nautobot, ids: Mapping[str, str], token: str, stamp: str) -> Scene:
        """A project whose devices Nautobot knows; ``stamp`` is its field for dates."""
        Bench.on(folder, lab, stamp_field=stamp)
        project = folder / "netcellar.yml"
        section = f"version: 1\nnautobot:\n  url: {nautobot.url}\n  token: {{file: secrets/token}}\n"
        project.write_text(project.read_text().replace("version: 1\n", section))
        (folder / "secrets" / "token").touch(mode=0o600)
        (folder / "secrets" / "token").write_text(token)
        rows = yaml.safe_load((folder / "devices.yml").read_text())
        rows["devices"] = [row | {"id": ids[row["name"]]} for row in rows["devices"]]
        (folder / "devices.yml").write_text(yaml.safe_dump(rows))
        scene = cls(Hooked(folder), lab, nautobot, ids)
        scene.bench.hook()
        return scene

    @property
    def remote(self) -> Path:
        return self.bench.folder / "remote.git"

    def next_generation(self) -> None:
        """Let all devices have a new configuration, and every hook count from now."""
        old, new = (f"ip domain name g{number}.example" for number in (self.current, self.current + 1))
        for name in NAMES:
            self.lab.change(name, old, new)
        self.current += 1
        self.bench.log.unlink(missing_ok=True)
        self.before = (self.lab.logins, self.nautobot.requests)

    def steps(self) -> dict[Stage, int]:
        """How many steps of each stage were seen since then."""
        calls = self.bench.calls()
        begin = calls.index("check-ref-format") if "check-ref-format" in calls else len(calls)
        push = calls.index("push") if "push" in calls else len(calls)
        return {
            "capture": self.lab.logins - self.before[0],
            "commit": push - begin,
            "push": len(calls) - push,
            "stamp": self.nautobot.requests - self.before[1],
        }

    def stage(self) -> Stage:
        """The last stage that was seen to begin."""
        steps = self.steps()
        return next((stage for stage in reversed(STAGES) if steps[stage]), "capture")

    def held(self) -> dict[str, int]:
        """The generation of each device's text at the remote."""
        found = {}
        for name in NAMES:
            text = self.text("main", f"backups/{name}.running-config")
            if text is not None:
                found[name] = int(GENERATION.findall(text.decode())[0])
        return found

    def text(self, commit: str, path: str) -> bytes | None:
        """What the remote holds there."""
        command = ["git", f"--git-dir={self.remote}", "show", f"{commit}:{path}"]
        done = subprocess.run(command, capture_output=True, check=False)
        return None if done.returncode else done.stdout

    def records(self, run_id: str) -> dict[str, Record]:
        """The records of a run, by the device's name."""
        file = self.bench.folder / ".netcellar" / "runs" / run_id / "records.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return {record.host: record for record in read_records(lines).values()}

    def certified(self, run_id: str) -> set[str]:
        """The devices whose captures the run said to be safe."""
        return {name for name, record in self.records(run_id).items() if record.captured_at}

    def generation_of(self, name: str, date: str) -> int:
        """Which generation was captured at that date."""
        for run_id in self.bench.run_ids:
            record = self.records(run_id).get(name)
            if record and record.captured_at and _second(record.captured_at) == _second(date):
                return self.generations.get(run_id, self.current)
        # Only the run that was killed may have captured what it did not record.
        return 2

    def witness(self, device: str, date: str) -> None:
        """A date may be written only when the remote has the text of that date, or a later one."""
        name = next(name for name, each in self.ids.items() if each == device)
        there, dated = self.held().get(name, 0), self.generation_of(name, date)
        assert there >= dated, f"{name} is stamped {date} (generation {dated}), and generation {there} is there"

    def run(self, *arguments: str) -> dict[str, Record]:
        """A run that must go well; its records, each of which says the truth about the remote."""
        ran = self.bench.job(*arguments)
        assert ran.code == 0, ran.err + ran.out
        run_id = str(ran.result["run_id"])
        self.generations[run_id] = self.current
        records = self.records(run_id)
        for record in records.values():
            assert record.good, record
            assert record.stamped, record
            for kept in record.artifacts:
                self._is_there(str(record.commit), kept)
        return records

    def _is_there(self, commit: str, kept: Kept) -> None:
        command = ["git", f"--git-dir={self.remote}", "merge-base", "--is-ancestor", commit, "main"]
        subprocess.run(command, check=True)
        text = self.text(commit, kept.path)
        assert text is not None
        # An unchanged text differs in volatile lines at most, and the stored one stays.
        assert not kept.changed or hashlib.sha256(text).hexdigest() == kept.sha256

    def kill(self, plan: Plan) -> tuple[str, Stage]:
        """A run that is killed as planned, and has left no process; its id, and the stage in which it was killed."""
        earlier = set(self.bench.run_ids)
        with self.bench.started() as process:
            until(lambda: self.lab.logins > self.before[0], every=LOOK_SECONDS)
            (run_id,) = set(self.bench.run_ids) - earlier
            self.generations[run_id] = self.current
            playbook = main_process(run_id)
            until(lambda: self._reached(plan) or process.poll() is not None, every=LOOK_SECONDS)
            time.sleep(plan.after)
            stage = self.stage() if playbook.is_running() else "end"
            _kill(plan.victim, process, playbook, run_id)
            process.wait(HANG_SECONDS)
            until(lambda: not list(processes_of(run_id)))
        return run_id, stage

    def _reached(self, plan: Plan) -> bool:
        steps = self.steps()
        later = STAGES[STAGES.index(plan.stage) + 1 :]
        return steps[plan.stage] >= plan.step or any(steps[stage] for stage in later)

    def check_killed(self) -> None:
        """What must be true at once: both repositories are sound."""
        if (self.bench.folder / "cellar.git" / "HEAD").exists():
            sound(self.bench.folder / "cellar.git")
        sound(self.remote)

    def check_next(self, run_id: str, first: int) -> dict[str, int]:
        """What must be true after a next run of one device alone; the generations that Nautobot must know."""
        certified = self.certified(run_id)
        self.next_generation()
        self.run("--limit", NAMES[0])
        held = self.held()
        assert held[NAMES[0]] == 3
        for name in NAMES[1:]:
            assert held.get(name, 0) >= (2 if name in certified else first), (name, held, certified)
        for repository in ("cellar.git", "remote.git"):
            sound(self.bench.folder / repository)
        staged = (self.bench.folder / "cellar.git" / "netcellar" / "staged").rglob("*")
        assert not [path for path in staged if path.is_file() and path.name != "owner.json"]
        return held


def _kill(victim: Victim, process: subprocess.Popen[str], playbook: psutil.Process, run_id: str) -> None:
    if victim == "playbook":
        _kill_one(playbook)
        return
    process.kill()
    if victim == "group":
        # What one of them starts at this very moment is seen by the next look.
        while found := list(processes_of(run_id)):
            for each in found:
                _kill_one(each)


def _kill_one(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()


def _second(date: str) -> datetime:
    """A moment as Nautobot keeps it."""
    return datetime.fromisoformat(date).replace(microsecond=0)
