"""The store of a project, where its file says."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.engine import make_url

from .journal import Keep, age_out
from .project_types import Project
from .recovery import run_folder
from .references import Resolver
from .store import Store, open_store


def project_store(project: Project, environment: Mapping[str, str], warn: Callable[[str], None]) -> Store:
    """Open it. Raises StoreError, and RunRefusedError where its password is not to be had."""
    settings = project.store
    if settings.url is None:
        return open_store(project.state)
    url = make_url(settings.url)
    if settings.password:
        url = url.set(password=Resolver(environment, warn).resolve(settings.password))
    return open_store(project.state, url)


def forget_old(project: Project, store: Store, at: datetime) -> int:
    """Let what is old enough go, from the store and with the runs' folders; gives how many runs went."""
    usual = Keep()
    given = project.store
    keep = Keep(given.keep_runs or usual.runs, given.keep_logs or usual.logs, given.keep_audit or usual.audit)
    gone = age_out(store, at, keep)
    for run_id in gone:
        shutil.rmtree(run_folder(project.state, run_id), ignore_errors=True)
    return len(gone)
