"""The tables of the store. ``migrations/`` makes them; a test holds the two together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """What the tables have in common."""


class Run(Base):
    """One execution of a job. ``pid`` and ``pid_started`` (seconds since 1970) are of its orchestrator."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    job: Mapped[str] = mapped_column(String(128), index=True)
    inventory: Mapped[str] = mapped_column(String(128))
    repository: Mapped[str] = mapped_column(String(128))
    limit: Mapped[str | None] = mapped_column("limit_pattern", Text)
    check: Mapped[bool] = mapped_column("check_mode")
    status: Mapped[str] = mapped_column(String(16), index=True)
    message: Mapped[str] = mapped_column(Text, default="")
    started: Mapped[datetime] = mapped_column(index=True)
    finished: Mapped[datetime | None]
    pid: Mapped[int]
    pid_started: Mapped[float] = mapped_column(Double)
    child_pid: Mapped[int | None]
    child_started: Mapped[float | None] = mapped_column(Double)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    records: Mapped[list[RecordRow]] = relationship(cascade="all, delete-orphan", order_by="RecordRow.host")


class RecordRow(Base):
    """What happened to one device in one run; ``details`` is the whole record."""

    __tablename__ = "records"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(255), primary_key=True)
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
