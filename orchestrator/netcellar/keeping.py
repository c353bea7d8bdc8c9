"""What the store keeps of a run's records: a row each, receipts, certificates, and the newest holding per artifact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .core import Kept, Record
from .models import CertificateRow, HoldingRow, ReceiptRow, RecordRow, Run

REPLACED = (RecordRow, ReceiptRow, CertificateRow)


def keep(session: Session, run: Run, records: Sequence[Record]) -> None:
    """Replace what the store has of a run by these records."""
    for table in REPLACED:
        session.execute(delete(table).where(table.run_id == run.id))
    for record in records:
        session.add(_row(run.id, record))
        session.add_all(_receipts(run.id, record))
        session.add_all(_certificates(run.id, record))
    if not run.check:
        _hold(session, run, [record for record in records if record.good and record.captured_at])


def moment(text: str) -> datetime:
    """An ISO 8601 time of a record as the store keeps it: UTC, without a zone."""
    found = datetime.fromisoformat(text)
    return (found.astimezone(UTC) if found.tzinfo else found).replace(tzinfo=None)


def _hold(session: Session, run: Run, records: Sequence[Record]) -> None:
    query = select(HoldingRow).where(HoldingRow.repository == run.repository)
    held = {(row.device_id, row.artifact): row for row in session.scalars(query)}
    for record in records:
        at = moment(record.captured_at or "")
        for kept in record.artifacts:
            before = held.get((record.device_id, kept.artifact))
            # A lost run is often entered after the run that followed it.
            if before is None or before.captured_at <= at:
                session.merge(_holding(run, record, kept, at))


def _holding(run: Run, record: Record, kept: Kept, at: datetime) -> HoldingRow:
    return HoldingRow(
        repository=run.repository,
        device_id=record.device_id,
        artifact=kept.artifact,
        host=record.host,
        name=record.name,
        job=run.job,
        inventory=run.inventory,
        run_id=run.id,
        path=kept.path,
        commit_hash=record.commit,
        captured_at=at,
    )


def _row(run_id: str, record: Record) -> RecordRow:
    return RecordRow(
        run_id=run_id,
        device_id=record.device_id,
        host=record.host,
        outcome=record.outcome,
        error=record.error,
        details=asdict(record),
    )


def _receipts(run_id: str, record: Record) -> Iterator[ReceiptRow]:
    for kept in record.artifacts if record.good and record.commit else ():
        yield ReceiptRow(
            run_id=run_id,
            device_id=record.device_id,
            artifact=kept.artifact,
            path=kept.path,
            commit_hash=record.commit,
            remote=record.remote,
            captured_at=record.captured_at,
        )


def _certificates(run_id: str, record: Record) -> Iterator[CertificateRow]:
    for kept in record.artifacts:
        if kept.certificate:
            yield CertificateRow(
                run_id=run_id,
                device_id=record.device_id,
                artifact=kept.artifact,
                size=kept.size,
                sha256=kept.sha256,
                checks=dict(kept.certificate),
            )
