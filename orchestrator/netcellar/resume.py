"""What a killed run captured, brought home: committed, pushed and stamped, under that run's own name.

The next run of any job does the same on its way; this is for who does not want to wait for it, or reach devices again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .child import Launch, environment_for, play
from .core import Record, RunFolder, staged_runs
from .errors import RunRefusedError
from .launch_words import reason_of
from .models import Run
from .outcome import outcome_of_run, with_faults
from .presence import Presence
from .project_types import Job, Project
from .recovery import read_all, run_folder
from .references import Resolver
from .result import Result, write_result
from .secrets_file import collect_secrets, remote_secrets, secrets_file
from .signals import stop_on_signals
from .store import UNFINISHED, Store, now
from .variables import variables_of

INVENTORY = "all: {hosts: {localhost: {ansible_connection: local}}}\n"


def resume(
    project: Project, store: Store, run: Run, *, warn: Callable[[str], None], environment: Mapping[str, str]
) -> Result:
    """Bring home what ``run`` captured, once. Its records and its result say what came of it.

    Raises RunRefusedError where the run goes on, where nothing of it waits, or where its job or repository is gone.
    """
    job = _job(project, run)
    if run.status in UNFINISHED and not Presence.of(store).lost(run, now()):
        raise RunRefusedError(f"run {run.id} goes on", remedy=f"wait for it, or `netcellar runs cancel {run.id}`")
    if run.id not in staged_runs(project.repositories[job.repository].path):
        remedy = "a later run brought it home; `netcellar check` says what else waits"
        raise RunRefusedError(f"nothing that run {run.id} captured waits for a commit", remedy=remedy)
    reason = _Resumption(project, run, job).play(Resolver(environment, warn), environment)
    records = list(read_all(run_folder(project.state, run.id)).values())
    result = _result(project, run, job, records, reason)
    plain = result.as_dict()
    write_result(run_folder(project.state, run.id), plain)
    values = {"status": result.status, "message": result.message, "finished": result.finished}
    store.finish(run.id, records, **values, result=plain)
    return result


def _job(project: Project, run: Run) -> Job:
    job = project.jobs.get(run.job)
    if job is None or job.repository != run.repository:
        message = f"the job `{run.job}` with the repository `{run.repository}` is no longer in {project.file}"
        raise RunRefusedError(message, remedy="run any job of that repository: it takes along what waits")
    return job


@dataclass(frozen=True, slots=True)
class _Resumption:
    project: Project
    run: Run
    job: Job

    def play(self, resolver: Resolver, given: Mapping[str, str]) -> str:
        """What Ansible said if it failed, or nothing."""
        values = collect_secrets(self.project, (), resolver)
        values |= remote_secrets(self.project.repositories[self.job.repository], resolver)
        state = self.project.state
        with (
            tempfile.TemporaryDirectory(prefix="resume-", dir=state) as name,
            stop_on_signals() as stop,
            secrets_file(values, state) as secrets,
        ):
            launch = self._launch(Path(name))
            code = play(launch, environment_for(self.project, launch, secrets, given), stop, lambda: None)
            return reason_of(launch.folder) if code else ""

    def _launch(self, folder: Path) -> Launch:
        inventory = folder / "localhost.yml"
        inventory.write_text(INVENTORY, encoding="utf-8")
        told = {"netcellar_inventory": self.run.inventory, "netcellar_job": self.run.job}
        variables = variables_of(self.project, self.job, self.run.id) | told
        return Launch(self.run.id, folder, inventory, None, False, variables, "resume")


def _result(project: Project, run: Run, job: Job, records: list[Record], reason: str) -> Result:
    folder = RunFolder(run_folder(project.state, run.id))
    stamp = "netcellar_stamp_field" in job.settings
    outcome = outcome_of_run(records, job.name, stamp=stamp, check=False, reason=reason)
    outcome = with_faults(outcome, folder.faults())
    return Result(
        run_id=run.id,
        job=job,
        repository=project.repositories[job.repository],
        limit=run.limit,
        check=False,
        status=outcome.status,
        message=f"resumed: {outcome.message}",
        started=run.started,
        finished=now(),
        records=records,
        warnings=folder.warnings(),
    )
