"""One run of a job, from the first look at the store to the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace

from .after import after_run
from .errors import OrchestratorError, RunRefusedError
from .execution import Execution
from .failures import failures_of
from .order import Order
from .outcome import Outcome
from .presence import Presence
from .progress import Watch, ignore
from .project_store import forget_old, project_store
from .project_types import Project
from .recovery import recover
from .references import Resolver
from .result import Result
from .secrets_file import collect_secrets, remote_secrets
from .signals import Stop, stop_on_signals
from .store import Store, StoreError, now

Warn = Callable[[str], None]


def run_job(  # noqa: PLR0913 (each has a meaning of its own, by name)
    project: Project,
    order: Order,
    *,
    watch: Watch = ignore,
    warn: Warn,
    environment: Mapping[str, str],
    stop: Stop | None = None,
    store: Store | None = None,
) -> Result:
    """Run a job once. What goes wrong with the run is in its result.

    Without ``stop``, signals ask for its end. Raises StoreError, JobBusyError where a run of the job goes on, and
    RunRefusedError where the job's window is closed.
    """
    store = store or project_store(project, environment, warn)
    tidy(project, store, warn)
    window = order.job.window
    if window and not order.any_time and not window.is_open(now()):
        remedy = "wait, or run it all the same with --any-time"
        raise RunRefusedError(f"the window {window} of `{order.job.name}` is closed", remedy=remedy)
    left = failures_of(project, store, order.job)
    order = replace(order, limit=order.limit or (order.job.limit if left is None else left))
    execution = Execution(project, order, store, watch, warn)
    # Up to the end of the entry into the store: a second Ctrl-C must not leave a run half told.
    with nullcontext(stop) if stop else stop_on_signals() as stopping:
        execution.enter()
        if order.limit == "":
            outcome = Outcome("success", "no device is left to do: the run before left none. Nothing to do")
        else:
            outcome = _outcome(project, execution, environment, stopping, warn)
        result = execution.finish(outcome)
    after_run(project, store, environment, warn)
    return result


def tidy(project: Project, store: Store, warn: Warn) -> None:
    """Enter what killed runs left, and let go what is old."""
    at = now()
    for lost in recover(project.state, store, Presence.of(store), at):
        warn(f"run {lost.id} of {lost.job} was killed; it is entered as lost, and what it captured is kept")
    forget_old(project, store, at)


def _outcome(project: Project, execution: Execution, environment: Mapping[str, str], stop: Stop, warn: Warn) -> Outcome:
    try:
        resolver = Resolver(environment, warn)
        job = execution.order.job
        values = collect_secrets(project, job.accounts, resolver)
        values |= remote_secrets(project.repositories[job.repository], resolver)
        return execution.go(values, environment, stop)
    except StoreError as error:
        return Outcome("failed", f"{error.message}. Next: {error.remedy}")
    except OSError as error:
        message = f"{error.filename or 'the system'}: {error.strerror or error}"
        return Outcome("failed", f"{message}. Next: mend it and run again; what was captured is kept")
    except OrchestratorError as error:
        return Outcome("refused", f"{error.message}. Next: {error.remedy or 'mend it and run again'}")
