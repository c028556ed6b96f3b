"""audit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LAST_SIGN_IN = """
    UPDATE user_account SET signed_in_at = (
        SELECT max(event.occurred_at) FROM event JOIN event_stream ON event_stream.id = event.stream_id
        WHERE event_stream.key = 'account:' || user_account.id AND event.name = 'account.signed_in')
"""


def upgrade() -> None:
    op.add_column("user_account", sa.Column("password_is_temporary", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("user_account", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(LAST_SIGN_IN)
    op.add_column("membership", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("valid_to", sa.Date(), nullable=True))
    op.add_column("access_log", sa.Column("case_id", BIG, nullable=True))
    op.execute(
        f"UPDATE access_log SET case_id = CAST(substr(subject, 6) AS {'INTEGER' if _is_sqlite() else 'BIGINT'}) WHERE subject LIKE 'case:%'"
    )
    op.create_index("ix_access_log_case_id", "access_log", ["case_id"])
    op.create_index("ix_access_log_actor", "access_log", ["actor_id", "id"])
    op.create_index("ix_event_anchor_head_stream", "event_anchor_head", ["stream_id", "seq"])
    op.create_table(
        "audit_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=400), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["user_account.id"], name=op.f("fk_audit_sample_drawn_by_id_user_account")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_audit_sample_jurisdiction_id_jurisdiction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample")),
    )
    op.create_index("ix_audit_sample_list", "audit_sample", ["jurisdiction_id", "id"])
    op.create_table(
        "audit_sample_case",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["audit_sample.id"], name=op.f("fk_audit_sample_case_sample_id_audit_sample")),
        sa.PrimaryKeyConstraint("sample_id", "place", name=op.f("pk_audit_sample_case")),
    )


def downgrade() -> None:
    op.drop_table("audit_sample_case")
    op.drop_index("ix_audit_sample_list", table_name="audit_sample")
    op.drop_table("audit_sample")
    op.drop_index("ix_event_anchor_head_stream", table_name="event_anchor_head")
    op.drop_index("ix_access_log_actor", table_name="access_log")
    op.drop_index("ix_access_log_case_id", table_name="access_log")
    op.drop_column("access_log", "case_id")
    op.drop_column("membership", "valid_to")
    op.drop_column("membership", "valid_from")
    op.drop_column("user_account", "signed_in_at")
    op.drop_column("user_account", "password_is_temporary")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
