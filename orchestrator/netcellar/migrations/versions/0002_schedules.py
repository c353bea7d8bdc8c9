"""Certificates, holdings, slots, schedules, log lines and the audit; who started a run, where, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
RUN = "runs.id"


def upgrade() -> None:
    """Add the columns and tables."""
    _runs()
    _certificates()
    _holdings()
    _slots()
    _schedules()
    _log_lines()
    _audit()


def downgrade() -> None:
    """Drop them."""
    for table in ("audit", "log_lines", "schedules", "slots", "holdings", "certificates"):
        op.drop_table(table)
    op.drop_index("ix_records_device_id", "records")
    with op.batch_alter_table("runs") as runs:
        for column in ("cancel_by", "parent", "started_by", "origin", "machine", "seen", "type"):
            runs.drop_column(column)


def _runs() -> None:
    for name, size, default in (
        ("type", 32, "backup"),
        ("machine", 255, ""),
        ("origin", 16, "manual"),
        ("started_by", 128, ""),
    ):
        op.add_column("runs", sa.Column(name, sa.String(size), nullable=False, server_default=default))
    op.add_column("runs", sa.Column("seen", sa.DateTime))
    op.add_column("runs", sa.Column("parent", sa.String(64)))
    op.add_column("runs", sa.Column("cancel_by", sa.String(128)))
    op.create_index("ix_records_device_id", "records", ["device_id"])


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("run_id", sa.String(64), sa.ForeignKey(RUN, ondelete="CASCADE"), primary_key=True),
        sa.Column("device_id", sa.String(255), primary_key=True, index=True),
        sa.Column("artifact", sa.String(64), primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("checks", sa.JSON, nullable=False),
    )


def _holdings() -> None:
    op.create_table(
        "holdings",
        sa.Column("repository", sa.String(128), primary_key=True),
        sa.Column("device_id", sa.String(255), primary_key=True),
        sa.Column("artifact", sa.String(64), primary_key=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255)),
        sa.Column("job", sa.String(128), nullable=False, index=True),
        sa.Column("inventory", sa.String(128), nullable=False, index=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("commit_hash", sa.String(64)),
        sa.Column("captured_at", sa.DateTime, nullable=False, index=True),
    )


def _slots() -> None:
    op.create_table(
        "slots",
        sa.Column("job", sa.String(128), primary_key=True),
        sa.Column("due", sa.DateTime, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("run_id", sa.String(64), index=True),
        sa.Column("noted", sa.DateTime, nullable=False),
        sa.Column("machine", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("pid_started", sa.Double, nullable=False),
    )


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("job", sa.String(128), primary_key=True),
        sa.Column("schedule", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
    )


def _log_lines() -> None:
    op.create_table(
        "log_lines",
        sa.Column("id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("run_id", sa.String(64), sa.ForeignKey(RUN, ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("device_id", sa.String(255)),
        sa.Column("host", sa.String(255)),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_index("ix_log_lines_run_id_id", "log_lines", ["run_id", "id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("machine", sa.String(255), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False, index=True),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    )
