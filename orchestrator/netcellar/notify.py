"""Telling of runs that ended: by the rules of the project, each news once, and gathered where a rule says so.

The store remembers what was told, so whoever comes next goes on: after a crash, from another process or machine. A
message is sent at least once; a channel that fails is tried again, and never holds up another one, or a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from . import channels
from .core import GOOD, Library, run_difference
from .errors import RunRefusedError
from .models import NoticeRow, RecordRow, Run
from .notice_text import Message, message_of
from .notices import Notice, Rule
from .project_types import Project
from .references import Resolver
from .store import Store
from .survey import survey_now

# Rules that are new are not about runs of long ago.
RECENT = timedelta(hours=1)
KEPT = timedelta(days=90)
# So long may one take that is about to send; then another one does.
CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=5)
MOST_TRIES = 6
Send = Callable[[str, Message, Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of the runs of a project. ``warn`` takes what a person should know of channels that fail."""

    project: Project
    store: Store
    environment: Mapping[str, str]
    warn: Callable[[str], None]
    send: Send = channels.send

    def tell(self, at: datetime) -> None:
        """Enter what is new, and send what is due at a moment (UTC). Raises StoreError."""
        if not self.project.notify.rules:
            return
        for run in self._new_runs(at):
            self._enter(run, self._notice(run))
        for rule in self.project.notify.rules:
            self._deliver(rule, at)

    def _new_runs(self, at: datetime) -> Sequence[Run]:
        names = [rule.name for rule in self.project.notify.rules]
        entered = select(NoticeRow.run_id).where(NoticeRow.rule.in_(names))
        ended = select(Run).where(Run.finished >= at - RECENT, Run.check.is_(False), Run.id.not_in(entered))
        with self.store.reading() as session:
            return session.scalars(ended.order_by(Run.finished, Run.id)).all()

    def _notice(self, run: Run) -> Notice:
        rules = [rule for rule in self.project.notify.rules if rule.may_fit(run.job, run.status)]
        failed = select(RecordRow).where(RecordRow.run_id == run.id, RecordRow.outcome.not_in(GOOD))
        classes: dict[str, list[str]] = {}
        with self.store.reading() as session:
            for row in session.scalars(failed.order_by(RecordRow.host)):
                classes.setdefault(row.error or row.outcome, []).append(row.host)
        return Notice(
            run_id=run.id,
            job=run.job,
            status=run.status,
            message=run.message,
            finished=f"{run.finished.isoformat()}Z" if run.finished else "",
            devices_backed_up=run.backed_up or 0,
            devices_failed=sum(map(len, classes.values())),
            classes=classes,
            missed=self._missed(run) if any(rule.coverage for rule in rules) else [],
            changes=self._changes(run) if any(rule.changes for rule in rules) else {},
        )

    def _missed(self, run: Run) -> list[str]:
        try:
            found = survey_now(self.project, self.store, self.environment, self.warn, [run.inventory])
        except RunRefusedError as error:
            # What is not known is not met.
            self.warn(str(error))
            return [run.inventory]
        return [share.inventory for share in found.shares if not share.met]

    def _changes(self, run: Run) -> dict[str, list[str]]:
        repository = self.project.repositories.get(run.repository)
        if repository is None or run.commit is None:
            return {}
        changes: dict[str, list[str]] = {}
        for shared in run_difference(Library(repository.path, repository.branch), run.id).shared:
            where = " > ".join(shared.change.parents)
            lines = "; ".join(line.strip() for line in shared.change.lines[:3])
            told = (
                f"on {', '.join(shared.devices[:5])}: {where}: {lines}" if where else f"on {shared.devices[0]}: {lines}"
            )
            changes.setdefault(shared.change.about, []).append(told)
        return changes

    def _enter(self, run: Run, notice: Notice) -> None:
        with self.store.session() as session:
            for rule in self.project.notify.rules:
                if session.get(NoticeRow, (rule.name, run.id)) is None:
                    session.add(_row(session, rule, notice, run.finished or run.started))

    def _deliver(self, rule: Rule, at: datetime) -> None:
        rows, held = self._claim(rule, at)
        if not rows:
            return
        message = message_of(rule, [Notice.of(row.details) for row in rows], self.project.folder.name, held)
        faults = dict(self._send(rule, rows, message))
        for channel, fault in faults.items():
            self.warn(f"notice `{rule.name}`: channel {channel}: {fault}; it is tried again")
        with self.store.session() as session:
            for row in rows:
                _close(session.get_one(NoticeRow, (row.rule, row.run_id)), faults, at)

    def _claim(self, rule: Rule, at: datetime) -> tuple[list[NoticeRow], int]:
        """The news to send now, and how much was held back since the last message."""
        waiting = select(NoticeRow).where(NoticeRow.rule == rule.name, NoticeRow.state == "due").order_by(NoticeRow.at)
        with self.store.session() as session:
            session.execute(delete(NoticeRow).where(NoticeRow.at < at - KEPT))
            rows = list(session.scalars(waiting))
            if not any(row.due <= at for row in rows):
                return [], 0
            for row in rows:
                row.due = at + CLAIM
            held = session.scalars(
                select(NoticeRow).where(NoticeRow.rule == rule.name, NoticeRow.state == "held")
            ).all()
            for one in held:
                one.state = "quiet"
            return rows, len(held)

    def _send(self, rule: Rule, rows: Sequence[NoticeRow], message: Message) -> Iterator[tuple[str, str]]:
        resolver = Resolver(self.environment, self.warn)
        wanted = {channel for row in rows for channel in row.left}
        for channel in (name for name in rule.channels if name in wanted):
            try:
                url = resolver.resolve(self.project.notify.channels[channel])
            except RunRefusedError as error:
                yield channel, error.message
                continue
            if fault := self.send(url, message, self.environment):
                yield channel, fault


def _row(session: Session, rule: Rule, notice: Notice, ended: datetime) -> NoticeRow:
    told = select(NoticeRow.run_id).where(
        NoticeRow.rule == rule.name,
        NoticeRow.fingerprint == notice.fingerprint,
        NoticeRow.state.in_(("due", "sent")),
        NoticeRow.at > ended - rule.cooldown,
        # Not those of a clock that was set back since.
        NoticeRow.at <= ended + CLAIM,
    )
    state = "none"
    if rule.fits(notice):
        state = "held" if session.scalars(told).first() else "due"
    return NoticeRow(
        rule=rule.name,
        run_id=notice.run_id,
        at=ended,
        state=state,
        due=ended + rule.digest,
        tries=0,
        fingerprint=notice.fingerprint,
        left=list(rule.channels),
        reason="",
        details=notice.as_dict(),
    )


def _close(row: NoticeRow, faults: Mapping[str, str], at: datetime) -> None:
    row.left = [channel for channel in row.left if channel in faults]
    row.tries += 1
    row.reason = "; ".join(f"{channel}: {faults[channel]}" for channel in row.left)
    if not row.left:
        row.state = "sent"
    elif row.tries >= MOST_TRIES:
        row.state = "failed"
    else:
        row.due = at + FIRST_WAIT * 2 ** (row.tries - 1)
