"""case links"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earlier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(batch_op.f("ix_case_file_earlier_id"), ["earlier_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_case_file_earlier_id_case_file"), "case_file", ["earlier_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_case_file_earlier_id_case_file"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_case_file_earlier_id"))
        batch_op.drop_column("earlier_id")
