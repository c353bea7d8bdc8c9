"""What the store keeps of a run's records: a row each, receipts, certificates, and the newest holding per artifact.

Rows go to the database in bulk: ten thousand devices are a usual run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Insert, delete, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .core import AHEAD, Record
from .models import Base, CertificateRow, HoldingRow, ReceiptRow, RecordRow, Run

Row = dict[str, Any]
HOLDING_KEY = ("repository", "device_id", "artifact")


def keep(session: Session, run: Run, records: Sequence[Record]) -> None:
    """Replace what the store has of a run by these records."""
    rows: dict[type[Base], list[Row]] = {
        RecordRow: [_row(run.id, record) for record in records],
        ReceiptRow: [row for record in records for row in _receipts(run.id, record)],
        CertificateRow: [row for record in records for row in _certificates(run.id, record)],
    }
    for table, added in rows.items():
        session.execute(delete(table).where(table.run_id == run.id))  # type: ignore[attr-defined]
        if added:
            session.execute(insert(table), added)
    held = [] if run.check else [row for record in records if record.good for row in _holdings(run, record)]
    if held:
        session.execute(_newest(session.get_bind().dialect.name), held)


def moment(text: str) -> datetime:
    """An ISO 8601 time of a record as the store keeps it: UTC, without a zone."""
    found = datetime.fromisoformat(text)
    return (found.astimezone(UTC) if found.tzinfo else found).replace(tzinfo=None)


def _newest(dialect: str) -> Insert:
    """Enter holdings. One gives way only to a newer one: a lost run is often entered after the run that followed it.

    One that a wrong clock dated gives way to any.
    """
    enter = postgresql.insert(HoldingRow) if dialect == "postgresql" else sqlite.insert(HoldingRow)
    latest = datetime.now(UTC).replace(tzinfo=None) + AHEAD
    columns = [column.name for column in HoldingRow.__table__.columns if column.name not in HOLDING_KEY]
    return enter.on_conflict_do_update(
        index_elements=HOLDING_KEY,
        set_={name: enter.excluded[name] for name in columns},
        where=(HoldingRow.captured_at <= enter.excluded.captured_at) | (HoldingRow.captured_at > latest),
    )


def _holdings(run: Run, record: Record) -> Iterator[Row]:
    for kept in record.artifacts if record.captured_at else ():
        yield {
            "repository": run.repository,
            "device_id": record.device_id,
            "artifact": kept.artifact,
            "host": record.host,
            "name": record.name,
            "job": run.job,
            "inventory": run.inventory,
            "run_id": run.id,
            "path": kept.path,
            "commit_hash": record.commit,
            "captured_at": moment(record.captured_at or ""),
        }


def _row(run_id: str, record: Record) -> Row:
    return {
        "run_id": run_id,
        "device_id": record.device_id,
        "host": record.host,
        "outcome": record.outcome,
        "error": record.error,
        "details": asdict(record),
    }


def _receipts(run_id: str, record: Record) -> Iterator[Row]:
    for kept in record.artifacts if record.good and record.commit else ():
        yield {
            "run_id": run_id,
            "device_id": record.device_id,
            "artifact": kept.artifact,
            "path": kept.path,
            "commit_hash": record.commit,
            "remote": record.remote,
            "captured_at": record.captured_at,
        }


def _certificates(run_id: str, record: Record) -> Iterator[Row]:
    for kept in record.artifacts:
        if kept.certificate:
            yield {
                "run_id": run_id,
                "device_id": record.device_id,
                "artifact": kept.artifact,
                "size": kept.size,
                "sha256": kept.sha256,
                "checks": dict(kept.certificate),
            }
