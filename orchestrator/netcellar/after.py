"""What follows a run: those who want to hear of it are told, and the metrics are written.

Nothing here changes what a run came to: what goes wrong is said, and tried again after the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .core import NetcellarError
from .errors import OrchestratorError, RunRefusedError
from .facts import facts_of
from .metrics import write
from .notify import Teller
from .project_types import Project
from .store import Store, now
from .survey import survey_now

Warn = Callable[[str], None]
Step = Callable[[Project, Store, Mapping[str, str], Warn], None]


def after_run(project: Project, store: Store, environment: Mapping[str, str], warn: Warn) -> None:
    """Tell of every run that nobody was told of yet, and write the metrics."""
    tell_of_runs(project, store, environment, warn)
    _guarded(_measure, project, store, environment, warn)


def tell_of_runs(project: Project, store: Store, environment: Mapping[str, str], warn: Warn) -> None:
    """Tell of every run that nobody was told of yet, and of what was gathered and is due."""
    _guarded(_tell, project, store, environment, warn)


def _guarded(step: Step, project: Project, store: Store, environment: Mapping[str, str], warn: Warn) -> None:
    try:
        step(project, store, environment, warn)
    except (OrchestratorError, NetcellarError, OSError) as error:
        warn(str(error))


def _tell(project: Project, store: Store, environment: Mapping[str, str], warn: Warn) -> None:
    Teller(project, store, environment, warn).tell(now())


def _measure(project: Project, store: Store, environment: Mapping[str, str], warn: Warn) -> None:
    if project.metrics is None:
        return
    try:
        coverage = survey_now(project, store, environment, warn)
    except RunRefusedError as error:
        warn(str(error))
        coverage = None
    write(facts_of(project, store, coverage), project.metrics)
