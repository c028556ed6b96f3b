"""webhooks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "webhook_receiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("earlier_secret", sa.LargeBinary(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_webhook_receiver_jurisdiction_id_jurisdiction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_receiver")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_webhook_delivery_event_id_event")),
        sa.ForeignKeyConstraint(["receiver_id"], ["webhook_receiver.id"], name=op.f("fk_webhook_delivery_receiver_id_webhook_receiver")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_delivery_key")),
        sa.UniqueConstraint("receiver_id", "event_id", name=op.f("uq_webhook_delivery_receiver_id_event_id")),
    )
    op.create_index(
        "ix_webhook_delivery_due", "webhook_delivery", ["next_at", "id"], unique=False, sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index("ix_webhook_delivery_receiver", "webhook_delivery", ["receiver_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_receiver")
