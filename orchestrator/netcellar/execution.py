"""A run while it happens: entered, launched, watched, judged, and its result kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from .asking import ask_inventory, limited
from .child import Child, Launch, environment_for, follow
from .core import NetcellarError, NoDevicesError, Record, RunFolder
from .diskspace import full
from .errors import RunRefusedError
from .inventory_files import ready
from .journal import actor, audit
from .launch_words import OUTPUT, reason_of, unmatched_patterns
from .limits import without
from .models import Run
from .order import Order, new_run_id
from .outcome import Outcome, outcome_of_run, with_faults
from .presence import Presence
from .progress import Watch
from .project_types import Project
from .recovery import run_folder
from .result import Result, write_result
from .run_log import RunLog
from .secrets_file import secrets_file
from .signals import Stop
from .store import Store, StoreError, now
from .tail import Tail
from .variables import variables_of
from .vigil import Vigil
from .words import counted

LOOK_SECONDS = 0.2
HEALING = frozenset(
    {"connect_timeout", "refused", "unreachable", "command_timeout", "device_timeout", "incomplete", "internal"}
)
"""The error classes that may be gone after a while, with nobody mending anything."""


class JobBusyError(RunRefusedError):
    """Another run of the job goes on."""

    def __init__(self, run: Run) -> None:
        self.run_id = run.id
        message = f"run {run.id} of `{run.job}` goes on since {run.started.isoformat()}Z"
        super().__init__(message, remedy=f"wait for it (--wait), or end it with `netcellar runs cancel {run.id}`")


class Execution:
    """``warn`` is told what a person should know and what is no part of the result."""

    def __init__(self, project: Project, order: Order, store: Store, watch: Watch, warn: Callable[[str], None]) -> None:
        self.project = project
        self.order = order
        self.store = store
        self.watch = watch
        self.warn = warn
        self.started = now()
        self.run_id = new_run_id(self.started)
        self.folder = run_folder(project.state, self.run_id)
        self.tail = Tail(self.folder)
        self.log = RunLog(store, self.run_id, warn)
        self.unmatched: list[str] = []

    def enter(self) -> None:
        """Enter the run into the store, with the process that answers for it. Raises JobBusyError, StoreError."""
        presence, order = Presence.of(self.store), self.order
        run = Run(
            id=self.run_id,
            job=order.job.name,
            type=order.job.type,
            inventory=order.job.inventory,
            repository=order.job.repository,
            limit=order.limit,
            check=order.check,
            status="running",
            message="",
            started=self.started,
            seen=self.started,
            machine=presence.here,
            pid=presence.me.pid,
            pid_started=presence.me.started,
            origin=order.origin,
            started_by=actor(),
            parent=order.parent,
        )
        if busy := self.store.enter(run, lambda other: presence.lost(other, self.started), order.slot):
            raise JobBusyError(busy)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        details = {"job": order.job.name, "limit": order.limit, "check": order.check, "origin": order.origin}
        audit(self.store, self.started, "run.start", self.run_id, details)
        if order.accept_change:
            audit(self.store, self.started, "change.accept", self.run_id, {"job": order.job.name})
        self.log.say("info", f"{order.job.name} started by {run.started_by} on {run.machine} ({order.origin})")

    def go(self, secrets: Mapping[str, Any], environment: Mapping[str, str], stop: Stop) -> Outcome:
        """Launch Ansible, follow its records, and judge what came of it."""
        job = self.order.job
        window = None if self.order.any_time else job.window
        vigil = Vigil(self.store, self.run_id, stop, window, self.warn)
        code = self._play(self.order.limit, secrets, environment, vigil)
        self.unmatched = unmatched_patterns(self.folder)
        for number in range(1, job.rounds.count + 1 if job.rounds and not self.order.check else 1):
            again = [record.host for record in self.tail.records.values() if heals(record)]
            if not again or stop.asked or not self._waited(number, again, vigil):
                break
            code = self._play(",".join(again), secrets, environment, vigil)
        return self._judge(code, stop, secrets.get("nautobot_token"))

    def _play(self, limit: str | None, secrets: Mapping[str, Any], environment: Mapping[str, str], vigil: Vigil) -> int:
        """Ansible's exit code for one round."""
        launch = Launch(
            self.run_id,
            self.folder,
            ready(self.project, self.project.inventories[self.order.job.inventory]),
            without(limit, self.project.exclude),
            self.order.check,
            variables_of(self.project, self.order.job, self.run_id, accept_change=self.order.accept_change),
            self.order.job.type,
        )
        with secrets_file(secrets, self.project.state) as file:
            child = Child.start(launch, environment_for(self.project, launch, file, environment))
            self.log.say("debug", f"Ansible runs as process {child.identity.pid}")
            try:
                self.store.update(self.run_id, child_pid=child.identity.pid, child_started=child.identity.started)
                code = follow(child, vigil.stop, lambda: self._look(vigil))
            finally:
                child.end()
        self._see()
        self.log.flush()
        return code

    def _look(self, vigil: Vigil) -> None:
        self._see()
        vigil.look()

    def _see(self) -> None:
        news = self.tail.look()
        self.log.devices(news)
        self.watch(self.tail.count(), news)

    def _waited(self, number: int, hosts: list[str], vigil: Vigil) -> bool:
        """Wait for the next round; False where the run is to end instead."""
        rounds = self.order.job.rounds
        seconds = rounds.after.total_seconds() if rounds else 0.0
        self.log.say("warning", f"round {number} over {counted(len(hosts), 'device')} in {seconds:.0f} s")
        self.log.flush()
        # What Ansible said in the round before is kept beside that of the next one.
        output = self.folder / OUTPUT.parent
        if output.is_dir():
            output.rename(output.with_name(f"{output.name}-{number}"))
        end = time.monotonic() + seconds
        while not vigil.stop.asked and time.monotonic() < end:
            vigil.look()
            time.sleep(LOOK_SECONDS)
        return not vigil.stop.asked

    def _judge(self, code: int, stop: Stop, token: str | None) -> Outcome:
        job, reason = self.order.job, (full(self.folder) or reason_of(self.folder)) if code else ""
        if stop.asked:
            why = f": {stop.why}" if stop.why else ""
            return Outcome("cancelled", f"cancelled{why}; what was captured is kept. Next: `netcellar run {job.name}`")
        unmatched = ", ".join(self.unmatched)
        if unmatched and not self.tail.records:
            message = f"no host of the inventory matches the limit {unmatched}"
            return Outcome("no_devices", f"{message}. Next: `netcellar inventory preview {job.inventory}` lists them")
        if not self.tail.records and (early := self._nothing_tried(reason, token)):
            return early
        stamp = "netcellar_stamp_field" in job.settings
        records = list(self.tail.records.values())
        outcome = outcome_of_run(records, job.name, stamp=stamp, check=self.order.check, reason=reason)
        outcome = with_faults(outcome, RunFolder(self.folder).faults())
        return replace(outcome, message=f"{outcome.message}. No host matched {unmatched}") if unmatched else outcome

    def _nothing_tried(self, reason: str, token: str | None) -> Outcome | None:
        """Ansible ended before capture. Every device of the inventory is then silent, if it can be read at all."""
        path = self.project.inventories[self.order.job.inventory]
        try:
            found = ask_inventory(self.project, path, token, self.order.job, accept=self.order.accept_change)
        except NoDevicesError as error:
            return Outcome("no_devices", f"{error.message}. Next: {error.remedy}")
        except NetcellarError as error:
            return Outcome("refused", f"{error.message}. Next: {error.remedy or 'mend it and run again'}")
        if found.refused:
            return Outcome("refused", found.refused)
        meant = limited(found.hosts, self.order.limit)
        for device in found.devices:
            if host := meant.get(device.id):
                facts = (device.name, device.address, device.network_driver)
                self.tail.records[device.id] = Record(self.run_id, device.id, host, *facts, message=reason)
        return None

    def finish(self, outcome: Outcome) -> Result:
        """Write the run's result, and enter it; where the store takes it not, the next start does."""
        records = list(self.tail.records.values())
        result = self._result(outcome, records, now())
        plain = result.as_dict()
        missing = self._written(plain)
        self.log.say("info" if outcome.status == "success" else "error", f"{outcome.status}: {outcome.message}")
        try:
            self.store.finish(
                self.run_id,
                records,
                status=outcome.status,
                message=outcome.message,
                finished=result.finished,
                result=plain,
            )
        except StoreError as error:
            waits = f"the result is in {self.folder}, and is entered when the store is there again"
            lost = f"{missing}: the next start enters the run as lost; what was captured or is in Git stays there"
            self.warn(f"{error}\n  {lost if missing else waits}")
        else:
            if missing:
                self.warn(f"{missing}; the store has it")
        self.log.flush()
        return result

    def _written(self, plain: Mapping[str, Any]) -> str:
        """Write the result into the run's folder; why it is not there, if it is not."""
        try:
            write_result(self.folder, plain)
        except OSError as error:
            return f"{self.folder}: the result cannot be written: {error.strerror}"
        return ""

    def _result(self, outcome: Outcome, records: list[Record], finished: datetime) -> Result:
        return Result(
            self.run_id,
            self.order.job,
            self.project.repositories[self.order.job.repository],
            self.order.limit,
            self.order.check,
            outcome.status,
            outcome.message,
            self.started,
            finished,
            records,
            RunFolder(self.folder).warnings(),
        )


def heals(record: Record) -> bool:
    """Whether a device that is not backed up may be well in a while, with nobody mending anything."""
    return not record.good and (record.outcome == "silent" or record.error in HEALING)
