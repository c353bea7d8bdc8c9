"""The tables of the store. ``migrations/`` makes them; a test holds the two together.

Times are UTC without a zone. Runs age out with their records, receipts, certificates and log lines; slots, the audit
and ``holdings`` (what the cellar holds of each device) have lives of their own and refer to runs by name only. See
``docs/adr/0010-what-the-store-keeps.md``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship

# SQLite counts up only what it calls INTEGER.
Counter = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """What the tables have in common."""


class Run(Base):
    """One execution of a job. ``pid`` and ``pid_started`` (seconds since 1970) are of its orchestrator on ``machine``.

    ``seen`` is when that process last said that it lives, for other machines that share the store. ``origin`` is
    manual, schedule or retry; ``parent`` the run that a retry is of; who is in ``cancel_by`` asked for its end.
    """

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    job: Mapped[str] = mapped_column(String(128), index=True)
    type: Mapped[str] = mapped_column(String(32), default="backup")
    inventory: Mapped[str] = mapped_column(String(128))
    repository: Mapped[str] = mapped_column(String(128))
    limit: Mapped[str | None] = mapped_column("limit_pattern", Text)
    check: Mapped[bool] = mapped_column("check_mode")
    status: Mapped[str] = mapped_column(String(16), index=True)
    message: Mapped[str] = mapped_column(Text, default="")
    started: Mapped[datetime] = mapped_column(index=True)
    finished: Mapped[datetime | None]
    seen: Mapped[datetime | None]
    machine: Mapped[str] = mapped_column(String(255), default="")
    pid: Mapped[int]
    pid_started: Mapped[float] = mapped_column(Double)
    child_pid: Mapped[int | None]
    child_started: Mapped[float | None] = mapped_column(Double)
    origin: Mapped[str] = mapped_column(String(16), default="manual")
    started_by: Mapped[str] = mapped_column(String(128), default="")
    parent: Mapped[str | None] = mapped_column(String(64))
    cancel_by: Mapped[str | None] = mapped_column(String(128))
    # That of thousands of devices is megabytes: it is read where it is asked for, and the database picks its figures.
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    backed_up: Mapped[int | None] = column_property(result["devices_backed_up"].as_integer())
    not_backed_up: Mapped[int | None] = column_property(result["devices_failed"].as_integer())
    files_changed: Mapped[int | None] = column_property(result["git_commit_status", "files_changed"].as_integer())
    commit: Mapped[str | None] = column_property(result["git_commit_status", "commit_hash"].as_string())
    pushed: Mapped[bool | None] = column_property(result["git_commit_status", "pushed"].as_boolean())
    records: Mapped[list[RecordRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="RecordRow.host"
    )


class RecordRow(Base):
    """What happened to one device in one run; ``details`` is the whole record."""

    __tablename__ = "records"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(255), primary_key=True, index=True)
    host: Mapped[str] = mapped_column(String(255))
    outcome: Mapped[str] = mapped_column(String(16), index=True)
    error: Mapped[str | None] = mapped_column(String(32), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReceiptRow(Base):
    """Proof that an artifact of a device is stored: the commit that held it, and the remote that had the commit."""

    __tablename__ = "receipts"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(255), primary_key=True, index=True)
    artifact: Mapped[str] = mapped_column(String(64), primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    commit_hash: Mapped[str] = mapped_column(String(64))
    remote: Mapped[str | None] = mapped_column(Text)
    captured_at: Mapped[str | None] = mapped_column(String(32))


class CertificateRow(Base):
    """Why an artifact of a run counts as whole: ``checks`` maps each check that it passed to what the check saw."""

    __tablename__ = "certificates"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(255), primary_key=True, index=True)
    artifact: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    checks: Mapped[dict[str, Any]] = mapped_column(JSON)


class HoldingRow(Base):
    """The newest proven capture of an artifact of a device in a repository, however long ago its run was.

    ``captured_at`` is when the device last gave it; ``commit_hash`` the commit of the run that proved it.
    """

    __tablename__ = "holdings"

    repository: Mapped[str] = mapped_column(String(128), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    artifact: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(255))
    job: Mapped[str] = mapped_column(String(128), index=True)
    inventory: Mapped[str] = mapped_column(String(128), index=True)
    run_id: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(Text)
    commit_hash: Mapped[str | None] = mapped_column(String(64))
    captured_at: Mapped[datetime] = mapped_column(index=True)


class Slot(Base):
    """A moment at which a schedule wants its job to run. The row is unique, so two schedulers never take one twice.

    ``state`` is waiting (for the run before it), running, done, or missed; ``reason`` says why it was missed. ``pid``
    and ``pid_started`` are of the scheduler on ``machine`` that took it.
    """

    __tablename__ = "slots"

    job: Mapped[str] = mapped_column(String(128), primary_key=True)
    due: Mapped[datetime] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    run_id: Mapped[str | None] = mapped_column(String(64), index=True)
    noted: Mapped[datetime]
    machine: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    pid_started: Mapped[float] = mapped_column(Double)


class Watched(Base):
    """Since when a job's schedule is watched as it stands now, and up to when its slots have been dealt with."""

    __tablename__ = "schedules"

    job: Mapped[str] = mapped_column(String(128), primary_key=True)
    schedule: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    until: Mapped[datetime]


class LogLine(Base):
    """A line of a run's log. ``source`` is job or connection; ``level`` is debug, info, warning or error."""

    __tablename__ = "log_lines"
    __table_args__ = (Index("ix_log_lines_run_id_id", "run_id", "id"),)

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(index=True)
    level: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(16))
    device_id: Mapped[str | None] = mapped_column(String(255))
    host: Mapped[str | None] = mapped_column(String(255))
    message: Mapped[str] = mapped_column(Text)


class NoticeRow(Base):
    """What a rule made of a run. ``details`` is what there is to tell, ``left`` the channels that have not had it.

    ``state`` is none (not for this rule), held (the same was told not long ago), quiet (held, and counted in a
    message), due (at ``due``), sent, or failed; ``reason`` says what the channels that are left answered.
    """

    __tablename__ = "notices"

    rule: Mapped[str] = mapped_column(String(64), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    due: Mapped[datetime]
    tries: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    left: Mapped[list[str]] = mapped_column("channels_left", JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditEntry(Base):
    """Who did what: ``verb`` such as run.start, run.cancel, run.retry, quarantine.release or change.accept."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(128))
    machine: Mapped[str] = mapped_column(String(255))
    verb: Mapped[str] = mapped_column(String(32), index=True)
    subject: Mapped[str] = mapped_column(String(255))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
