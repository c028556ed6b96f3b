"""deadlines"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
RUNNING = "ended_at IS NULL AND suspended_at IS NULL"
REMIND = sa.text(f"{RUNNING} AND reminded_at IS NULL")
BREACH = sa.text(f"{RUNNING} AND breached_at IS NULL")
UNSEEN = sa.text("seen_at IS NULL")
OPEN = sa.text("ended_at IS NULL")
ADDED = (
    ("role", sa.String(length=24)), ("scope", sa.String(length=24)), ("jurisdiction_id", sa.Integer()), ("town_id", sa.Integer()),
    ("grid_id", sa.Integer()), ("target_at", INSTANT), ("remind_at", INSTANT), ("suspended_at", INSTANT),
    ("suspended_reason", sa.String(length=24)), ("extended_to", INSTANT), ("reminded_at", INSTANT), ("breached_at", INSTANT),
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        for name, kind in ADDED:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.add_column(sa.Column("suspended_days", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_index("ix_deadline_open")
    _fill()
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_remind", ["remind_at", "id"], unique=False, sqlite_where=REMIND, postgresql_where=REMIND)
        batch_op.create_index("ix_deadline_breach", ["due_at", "id"], unique=False, sqlite_where=BREACH, postgresql_where=BREACH)
    _create_movements()
    _create_escalation()
    _create_duty()


def downgrade() -> None:
    for name in ("duty", "escalation", "deadline_extension", "deadline_suspension"):
        op.drop_table(name)
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_remind")
        batch_op.drop_index("ix_deadline_breach")
        for name, _ in ADDED:
            batch_op.drop_column(name)
        batch_op.drop_column("suspended_days")
        batch_op.create_index("ix_deadline_open", ["due_at", "id"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)


def _fill() -> None:
    """Who owes the clocks that exist, and when the running ones remind."""
    op.execute("UPDATE deadline SET jurisdiction_id = (SELECT i.jurisdiction_id FROM process_instance i WHERE i.id = deadline.instance_id)")
    for column in ("role", "scope"):
        op.execute(f"UPDATE deadline SET {column} = (SELECT t.{column} FROM user_task t WHERE t.id = deadline.task_id)")  # noqa: S608
    for column, letters in (("town_id", "('t', 'g')"), ("grid_id", "('g')")):
        task = f"SELECT t.{column} FROM user_task t WHERE t.id = deadline.task_id AND substr(t.scope, 1, 1) IN {letters}"  # noqa: S608
        op.execute(f"UPDATE deadline SET {column} = ({task})")  # noqa: S608
    clocks = sa.table(
        "deadline", sa.column("id", BIG_ID), sa.column("started_at", INSTANT), sa.column("due_at", INSTANT), sa.column("remind_at", INSTANT),
        sa.column("ended_at", INSTANT),
    )  # fmt: skip
    connection = op.get_bind()
    running = connection.execute(sa.select(clocks.c.id, clocks.c.started_at, clocks.c.due_at).where(clocks.c.ended_at.is_(None))).all()
    remind = clocks.update().where(clocks.c.id == sa.bindparam("of_id")).values(remind_at=sa.bindparam("reminds_at"))
    if running:
        connection.execute(remind, [{"of_id": row.id, "reminds_at": _remind_at(row.started_at, row.due_at)} for row in running])


def _remind_at(started_at: datetime, due_at: datetime) -> datetime:
    used: timedelta = (due_at - started_at) * 0.8
    return started_at + used


def _create_movements() -> None:
    op.create_table(
        "deadline_suspension",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("deadline_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("to_at", INSTANT, nullable=True),
        sa.Column("keeps_days", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("resumed_by_id", sa.Integer(), nullable=True),
        sa.Column("evidence_document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_deadline_suspension_deadline_id_deadline")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_suspension")),
    )
    op.create_index("ix_deadline_suspension_deadline_id", "deadline_suspension", ["deadline_id"], unique=False)
    op.create_table(
        "deadline_extension",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("deadline_id", BIG_ID, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_deadline_extension_deadline_id_deadline")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_extension")),
    )
    op.create_index("ix_deadline_extension_deadline_id", "deadline_extension", ["deadline_id"], unique=False)


def _create_escalation() -> None:
    op.create_table(
        "escalation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("deadline_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=24), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("jurisdiction_id", "town_id", "grid_id")),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_escalation_deadline_id_deadline")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("deadline_id", name=op.f("uq_escalation_deadline_id")),
    )
    op.create_index("ix_escalation_case_id", "escalation", ["case_id"], unique=False)
    op.create_index("ix_escalation_instance_id", "escalation", ["instance_id"], unique=False)
    op.create_index("ix_escalation_unseen", "escalation", ["opened_at", "id"], unique=False, sqlite_where=UNSEEN, postgresql_where=UNSEEN)


def _create_duty() -> None:
    op.create_table(
        "duty",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("deadline_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=True),
        sa.Column("scope", sa.String(length=24), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("jurisdiction_id", "town_id", "grid_id")),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("performed_at", INSTANT, nullable=True),
        sa.Column("performed_by_id", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_duty_deadline_id_deadline")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("deadline_id", name=op.f("uq_duty_deadline_id")),
    )
    op.create_index("ix_duty_instance_id", "duty", ["instance_id"], unique=False)
    op.create_index("ix_duty_jurisdiction", "duty", ["jurisdiction_id", "due_on", "id"], unique=False)
    op.create_index("ix_duty_town", "duty", ["town_id", "due_on", "id"], unique=False)
    op.create_index("ix_duty_performer", "duty", ["performed_by_id", "due_on", "id"], unique=False)
