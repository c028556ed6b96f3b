"""search"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TERM = sa.String(20).with_variant(sa.String(20, collation="C"), "postgresql")
ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "employer_term",
        sa.Column("term", TERM, nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_employer_term_employer_id_employer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("term", "grid_id", "employer_id", name=op.f("pk_employer_term")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_employer_term_employer", "employer_term", ["employer_id"])
    op.create_table(
        "person_term",
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", ROW, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_term_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("term", "person_id", name=op.f("pk_person_term")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_term_person", "person_term", ["person_id"])
    op.create_index("ix_referral_case", "referral", ["case_id"])


def downgrade() -> None:
    op.drop_index("ix_referral_case", "referral")
    op.drop_table("person_term")
    op.drop_table("employer_term")
