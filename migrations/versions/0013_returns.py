"""returns"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_instance", sa.Column("was_returned", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "task_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_task_return_instance_id_process_instance")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_task_return_task_id_user_task")),
        sa.ForeignKeyConstraint(["to_task_id"], ["user_task.id"], name=op.f("fk_task_return_to_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_return")),
        sa.UniqueConstraint("task_id", name=op.f("uq_task_return_task_id")),
        sa.UniqueConstraint("to_task_id", name=op.f("uq_task_return_to_task_id")),
    )
    op.create_index(op.f("ix_task_return_instance_id"), "task_return", ["instance_id"], unique=False)


def downgrade() -> None:
    """A returned task becomes a withdrawn one: what knew no returns reads it so."""
    op.execute("UPDATE user_task SET state = 2 WHERE state = 3")
    op.drop_table("task_return")
    op.drop_column("process_instance", "was_returned")
