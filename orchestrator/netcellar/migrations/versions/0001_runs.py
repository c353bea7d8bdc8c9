"""Runs, records and receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    _runs()
    _records()
    _receipts()


def downgrade() -> None:
    """Drop them."""
    for table in ("receipts", "records", "runs"):
        op.drop_table(table)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("job", sa.String(128), nullable=False, index=True),
        sa.Column("inventory", sa.String(128), nullable=False),
        sa.Column("repository", sa.String(128), nullable=False),
        sa.Column("limit_pattern", sa.Text),
        sa.Column("check_mode", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("started", sa.DateTime, nullable=False, index=True),
        sa.Column("finished", sa.DateTime),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("pid_started", sa.Double, nullable=False),
        sa.Column("child_pid", sa.Integer),
        sa.Column("child_started", sa.Double),
        sa.Column("result", sa.JSON),
    )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("device_id", sa.String(255), primary_key=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False, index=True),
        sa.Column("error", sa.String(32), index=True),
        sa.Column("details", sa.JSON, nullable=False),
    )


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("device_id", sa.String(255), primary_key=True, index=True),
        sa.Column("artifact", sa.String(64), primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("commit_hash", sa.String(64), nullable=False),
        sa.Column("remote", sa.Text),
        sa.Column("captured_at", sa.String(32)),
    )
