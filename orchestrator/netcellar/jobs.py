"""One run of a job, from the first look at the store to the result."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from .asking import ask_inventory, limited
from .child import Child, Launch, environment_for
from .core import NetcellarError, NoDevicesError, Record, RunFolder
from .errors import OrchestratorError
from .launch_words import reason_of, unmatched_patterns
from .models import Run
from .outcome import Outcome, outcome_of_run, with_faults
from .processes import Identity
from .progress import Watch, ignore
from .project import Job, Project
from .recovery import recover, run_folder
from .references import Resolver
from .result import Result, write_result
from .secrets_file import collect_secrets, secrets_file
from .signals import Stop, stop_on_signals
from .store import Store, now, open_store
from .tail import Tail
from .variables import variables_of

LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Order:
    """What to run. ``limit`` is an Ansible host pattern, or None for the job's own.

    ``accept_change`` lets the set of devices change beyond ``max_change``.
    """

    job: Job
    limit: str | None = None
    check: bool = False
    accept_change: bool = False


def run_job(
    project: Project,
    order: Order,
    *,
    watch: Watch = ignore,
    warn: Callable[[str], None],
    environment: Mapping[str, str],
) -> Result:
    """Run a job once. What goes wrong with the run is in its result; only a store that cannot be used raises."""
    store = open_store(project.state)
    for lost in recover(project.state, store):
        warn(f"run {lost.id} of {lost.job} was killed; it is entered as lost, and what it captured is kept")
    order = replace(order, limit=order.limit or order.job.limit)
    execution = Execution(project, order, store, watch)
    execution.enter()
    try:
        resolver = Resolver(environment, warn)
        values = collect_secrets(project, order.job.credentials, resolver)
        with stop_on_signals() as stop, secrets_file(values, project.state) as file:
            outcome = execution.go(file, environment, stop, values.get("nautobot_token"))
    except OrchestratorError as error:
        outcome = Outcome("refused", f"{error.message}. Next: {error.remedy or 'mend it and run again'}")
    return execution.finish(outcome)


class Execution:
    """A run while it happens."""

    def __init__(self, project: Project, order: Order, store: Store, watch: Watch) -> None:
        self.project = project
        self.order = order
        self.store = store
        self.watch = watch
        self.started = now()
        self.run_id = new_run_id(self.started)
        self.folder = run_folder(project.state, self.run_id)
        self.tail = Tail(self.folder)

    def enter(self) -> None:
        """Enter the run into the store, with the process that answers for it."""
        self.folder.mkdir(mode=0o700, parents=True)
        me, job = Identity.me(), self.order.job
        self.store.add(
            Run(
                id=self.run_id,
                job=job.name,
                inventory=job.inventory,
                repository=job.repository,
                limit=self.order.limit,
                check=self.order.check,
                status="running",
                message="",
                started=self.started,
                pid=me.pid,
                pid_started=me.started,
            )
        )

    def go(self, secrets_path: Path, environment: Mapping[str, str], stop: Stop, token: str | None) -> Outcome:
        """Launch Ansible, follow its records, and judge what came of it."""
        launch = Launch(
            self.run_id,
            self.folder,
            self.project.inventories[self.order.job.inventory],
            self.order.limit,
            self.order.check,
            variables_of(self.project, self.order.job, self.run_id, accept_change=self.order.accept_change),
        )
        child = Child.start(launch, environment_for(self.project, launch, secrets_path, environment))
        try:
            self.store.update(self.run_id, child_pid=child.identity.pid, child_started=child.identity.started)
            code = follow(child, stop, self._look)
        finally:
            child.end()
        self.watch(self.tail.count(), self.tail.look())
        return self._judge(code, stop, token)

    def _look(self) -> None:
        news = self.tail.look()
        self.watch(self.tail.count(), news)

    def _judge(self, code: int, stop: Stop, token: str | None) -> Outcome:
        job, reason = self.order.job, reason_of(self.folder) if code else ""
        if stop.asked:
            return Outcome("cancelled", f"cancelled; what was captured is kept. Next: `netcellar run {job.name}`")
        unmatched = ", ".join(unmatched_patterns(self.folder))
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
        """Enter what came of the run, and write its result."""
        records = list(self.tail.records.values())
        result = Result(
            self.run_id,
            self.order.job,
            self.project.repositories[self.order.job.repository],
            self.order.limit,
            self.order.check,
            outcome.status,
            outcome.message,
            self.started,
            now(),
            records,
            RunFolder(self.folder).warnings(),
        )
        plain = result.as_dict()
        write_result(self.folder, plain)
        self.store.finish(
            self.run_id,
            records,
            status=outcome.status,
            message=outcome.message,
            finished=result.finished,
            result=plain,
        )
        return result


def follow(child: Child, stop: Stop, look: Callable[[], None]) -> int:
    """Wait for Ansible's exit code, looking now and then; who asks for an end once gets a clean one."""
    while (code := child.wait(LOOK_SECONDS)) is None:
        look()
        if stop.asked == 1:
            child.cancel()
        elif stop.asked:
            child.end()
    return code


def new_run_id(started: datetime) -> str:
    """A name for a run that sorts by time and that no other run has."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
