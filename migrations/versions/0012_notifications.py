"""notifications"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNREAD, READ = sa.text("read_at IS NULL"), sa.text("read_at IS NOT NULL")
DELEGATED = sa.text("state = 0 AND owner_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("user_task", sa.Column("owner_id", sa.Integer(), nullable=True))
    op.create_index("ix_user_task_owner", "user_task", ["owner_id", "id"], unique=False, sqlite_where=DELEGATED, postgresql_where=DELEGATED)
    op.create_table(
        "task_handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verb", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("remark", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_task_handover_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_handover")),
    )
    op.create_index("ix_task_handover_task", "task_handover", ["task_id", "id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("case_no", sa.String(length=32), nullable=True),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("url", sa.String(length=200), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_unread", "notice", ["user_id", "id"], unique=False, sqlite_where=UNREAD, postgresql_where=UNREAD)
    op.create_index("ix_notice_read", "notice", ["user_id", "id"], unique=False, sqlite_where=READ, postgresql_where=READ)
    op.create_index("ix_notice_read_at", "notice", ["read_at"], unique=False, sqlite_where=READ, postgresql_where=READ)
    op.create_index("ix_notice_task", "notice", ["task_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("task_handover")
    op.drop_index("ix_user_task_owner", table_name="user_task")
    op.drop_column("user_task", "owner_id")
