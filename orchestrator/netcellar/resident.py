"""The scheduler as a program: it looks at the clock, runs jobs beside each other, and stops in good order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .after import tell_of_runs
from .core import NetcellarError
from .errors import OrchestratorError
from .execution import JobBusyError
from .jobs import run_job, tidy
from .models import Slot
from .order import Order
from .presence import Presence
from .project import load_project
from .project_store import forget_old
from .project_types import Job, Project
from .recovery import lose, recover
from .result import NOT_RUN
from .scheduler import Scheduler, next_look
from .signals import Stop
from .store import Store, StoreError, now
from .words import counted

LOOK = timedelta(seconds=5)
NAP_SECONDS = 0.2
TIDY_SECONDS = 3600.0
TELL_SECONDS = 60.0
Tell = Callable[[str], None]


@dataclass(slots=True)
class Going:
    """A run that this program has begun. ``code`` is its exit code when it has ended as runs do."""

    job: Job
    slot: Slot
    stop: Stop = field(default_factory=Stop)
    thread: threading.Thread | None = None
    code: int | None = None
    failure: OrchestratorError | NetcellarError | OSError | None = None

    @property
    def key(self) -> tuple[str, datetime]:
        """What tells its slot from all others."""
        return self.job.name, self.slot.due


class Resident:
    """``open_store`` opens the project's store, again where it was gone; ``tell`` takes lines for a person."""

    def __init__(
        self,
        project: Project,
        open_store: Callable[[], Store],
        environment: Mapping[str, str],
        tell: Tell,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.project = project
        self.open_store = open_store
        self.environment = dict(environment)
        self.tell = tell
        self.clock = clock
        self.store = open_store()
        self.going: list[Going] = []
        self.codes: list[int] = []
        self._written = project.file.stat().st_mtime_ns
        self._told = ""
        self._tidied = time.monotonic()
        self._teller: threading.Thread | None = None
        self._next_telling = 0.0
        self.scheduler = self._scheduler()
        tidy(project, self.store, tell)

    def stay(self, stop: Stop, grace: float) -> None:
        """Look until ``stop`` is asked; then runs have ``grace`` seconds to end by themselves."""
        while not stop.asked:
            self.reread()
            self.look()
            end = time.monotonic() + next_look(self.scheduler.jobs, self.clock(), LOOK).total_seconds()
            while not stop.asked and time.monotonic() < end:
                time.sleep(NAP_SECONDS)
        self.leave(stop, grace)

    def once(self, stop: Stop, grace: float) -> int:
        """Run what is due now, and what comes due while that goes on; the worst exit code of the runs."""
        self.look()
        while self.going and not stop.asked:
            time.sleep(NAP_SECONDS)
            self.look()
        self.leave(stop, grace)
        return max(self.codes, default=0)

    def look(self) -> None:
        """One look; a store that cannot be used is told of once, and opened again."""
        try:
            self._reap()
            at = self.clock()
            for lost in recover(self.project.state, self.store, Presence.of(self.store), at):
                self.tell(f"run {lost.id} of {lost.job} was killed; it is entered as lost, and its captures are kept")
            self.scheduler.look(at)
            if time.monotonic() - self._tidied > TIDY_SECONDS:
                forget_old(self.project, self.store, at)
                self._tidied = time.monotonic()
            self._tell_of_runs()
            self._say_once("")
        except StoreError as error:
            self._say_once(f"{error}\n  slots that come due meanwhile are caught up when the store is there again")
            self._open_again()

    def _tell_of_runs(self) -> None:
        """Of runs that were lost, and of news that was gathered: beside the clock, which no channel may hold up."""
        if (self._teller and self._teller.is_alive()) or time.monotonic() < self._next_telling:
            return
        self._next_telling = time.monotonic() + TELL_SECONDS
        words = (self.project, self.store, self.environment, self.tell)
        self._teller = threading.Thread(target=tell_of_runs, args=words, name="notices", daemon=True)
        self._teller.start()

    def leave(self, stop: Stop, grace: float) -> None:
        """Begin nothing more; wait for what goes on, then end it. Each further signal is passed on at once."""
        if self.going:
            runs = counted(len(self.going), "run")
            self.tell(f"stopping: {grace:.0f} s for {runs} to end; a second signal cancels what is left")
        end, passed = time.monotonic() + grace, 1
        while any(one.thread and one.thread.is_alive() for one in self.going):
            late = time.monotonic() > end
            if stop.asked > passed or late:
                passed, end = stop.asked, float("inf")
                for one in self.going:
                    one.stop.ask("the scheduler was stopped")
            time.sleep(NAP_SECONDS)
        try:
            self._reap()
            self.scheduler.settle(self.clock())
        except StoreError as error:
            self.tell(f"{error}\n  what came of the last runs is entered at the next start")

    def reread(self) -> None:
        """Take over a project file that was changed; one with mistakes is told of, and the old one stays."""
        try:
            written = self.project.file.stat().st_mtime_ns
            if written == self._written:
                return
            self._written = written
            project = load_project(self.project.file)
        except (OrchestratorError, OSError) as error:
            self.tell(f"the project file has changed and cannot be used; the schedule stays as it was:\n{error}")
            return
        if (project.state, project.store) != (self.project.state, self.project.store):
            self.tell("the project file names another `state` or `store`: start the scheduler again to take it over")
            return
        self.project = project
        self.scheduler = self._scheduler()
        self.tell("the project file has changed, and is taken over")

    def _scheduler(self) -> Scheduler:
        return Scheduler(self.store, self.project.jobs, Presence.of(self.store), self._begin, self.tell)

    def _begin(self, job: Job, slot: Slot) -> None:
        one = Going(job, slot)
        one.thread = threading.Thread(target=self._run, args=(one,), name=f"run of {job.name}")
        self.going.append(one)
        self.tell(f"{job.name}: begins, for its slot of {slot.due.isoformat()}Z")
        one.thread.start()

    def _run(self, one: Going) -> None:
        order = Order(one.job, origin="schedule", slot=one.slot.due)
        try:
            result = run_job(
                self.project, order, warn=self.tell, environment=self.environment, stop=one.stop, store=self.store
            )
        except (OrchestratorError, NetcellarError, OSError) as error:
            one.failure = error
            return
        one.code = result.exit_code
        self.tell(f"{one.job.name}: run {result.run_id}: {result.status}: {result.message}")

    def _reap(self) -> None:
        """Take note of runs that have ended; the slot of one that never began is closed, or waits again."""
        for one in [one for one in self.going if one.thread and not one.thread.is_alive()]:
            if one.code is None:
                self._broke(one)
            self.codes.append(NOT_RUN if one.code is None else one.code)
            self.going.remove(one)

    def _broke(self, one: Going) -> None:
        """Close what a run left open that never began, or broke."""
        row = next((slot for slot in self.scheduler.slots.open() if (slot.job, slot.due) == one.key), None)
        if row and row.run_id:
            self.tell(f"{one.job.name}: run {row.run_id} broke: {one.failure or 'see above'}")
            run = self.store.by_id([row.run_id]).get(row.run_id)
            if run and run.finished is None:
                lose(self.project.state, self.store, run.id, self.clock())
        elif one.failure:
            self._never_began(one, one.failure)
        else:
            self.scheduler.slots.miss(one.slot, "the run broke before it began", self.clock())

    def _never_began(self, one: Going, failure: OrchestratorError | NetcellarError | OSError) -> None:
        at = self.clock()
        if isinstance(failure, JobBusyError) and one.job.overlap == "queue":
            self.scheduler.slots.give_back(one.slot, at)
            return
        reason = failure.message if isinstance(failure, OrchestratorError | NetcellarError) else str(failure)
        self.tell(f"{one.job.name}: the run did not happen: {failure}")
        self.scheduler.slots.miss(one.slot, reason, at)

    def _say_once(self, words: str) -> None:
        if words and words != self._told:
            self.tell(words)
        elif self._told and not words:
            self.tell("the store is there again")
        self._told = words

    def _open_again(self) -> None:
        try:
            self.store = self.open_store()
        except OrchestratorError:
            return
        self.scheduler = self._scheduler()
