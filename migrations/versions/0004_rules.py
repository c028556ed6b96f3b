"""rules"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = ("jurisdiction_id", "extension_value", "extension_unit", "extension_count", "target_value", "target_unit", "keeps_days_min")
COMMON = ("note_zh", "note_en", "added_by_id", "added_at")


def upgrade() -> None:
    for name in ADDED:
        op.add_column("time_limit", sa.Column(name, sa.String(length=8) if name.endswith("_unit") else sa.Integer(), nullable=True))
    op.add_column("time_limit", sa.Column("is_right", sa.Boolean(), server_default=sa.false(), nullable=False))
    for column in _common():
        op.add_column("time_limit", column)
    # The 90 days of APL 60 are in force since 2021-07-15; the row was shipped with an earlier day.
    op.execute("UPDATE time_limit SET valid_from = '2021-07-15' WHERE code = 'DECIDE' AND valid_from = '2021-01-01'")
    op.create_table(
        "violation",
        *_dated(),
        sa.Column("law", sa.String(length=8), nullable=False),
        sa.Column("article", sa.String(length=16), nullable=False),
        sa.Column("pattern", sa.String(length=8), nullable=False),
        sa.Column("fine_min", sa.Integer(), nullable=False),
        sa.Column("fine_max", sa.Integer(), nullable=False),
        sa.Column("income_from", sa.Integer(), nullable=True),
        sa.Column("income_times_min", sa.Integer(), nullable=True),
        sa.Column("income_times_max", sa.Integer(), nullable=True),
        sa.Column("serious", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violation")),
    )
    op.create_index("ix_violation_code", "violation", ["code", "valid_from"])
    op.create_table(
        "amount",
        *_dated(),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amount")),
    )
    op.create_index("ix_amount_code", "amount", ["code", "valid_from"])
    op.create_table(
        "exposure_limit",
        *_dated(),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("stated", sa.String(length=80), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("twa", "twa_respirable", "stel", "mac")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_limit")),
    )
    op.create_index("ix_exposure_limit_code", "exposure_limit", ["code", "valid_from"])
    op.create_table(
        "calendar_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("years", sa.JSON(), nullable=False),
        sa.Column("day_count", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_import")),
    )


def downgrade() -> None:
    for table in ("calendar_import", "exposure_limit", "amount", "violation"):
        op.drop_table(table)
    op.execute("UPDATE time_limit SET valid_from = '2021-01-01' WHERE code = 'DECIDE' AND valid_from = '2021-07-15'")
    for name in (*COMMON, "is_right", *ADDED):
        op.drop_column("time_limit", name)


def _dated() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("zh", sa.String(length=200), nullable=False),
        sa.Column("en", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("verified", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *_common(),
    ]


def _common() -> list[sa.Column[object]]:
    return [
        *(sa.Column(name, sa.String(length=400), nullable=True) for name in ("note_zh", "note_en")),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
    ]
