"""organisation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
BODY_COLUMNS = ("level", "short_zh", "short_en", "parent_id", "valid_from", "valid_to", "is_demo")


def upgrade() -> None:
    with op.batch_alter_table("town", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=8), nullable=False, server_default="town"))
        batch_op.add_column(sa.Column("responsible_office", sa.String(length=120), nullable=True))
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level", sa.String(length=8), nullable=False, server_default="district"))
        batch_op.add_column(sa.Column("short_zh", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("short_en", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("is_demo", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(op.f("fk_organisation_parent_id_organisation"), "organisation", ["parent_id"], ["id"])
    _mark_demo_bodies()
    _create_certificates()
    _create_powers()


def downgrade() -> None:
    for name in ("power_use", "power", "officer_certificate"):
        op.drop_table(name)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_organisation_parent_id_organisation"), type_="foreignkey")
        for column in BODY_COLUMNS:
            batch_op.drop_column(column)
    with op.batch_alter_table("town", schema=None) as batch_op:
        batch_op.drop_column("responsible_office")
        batch_op.drop_column("kind")


def _mark_demo_bodies() -> None:
    """Bodies of a demo district that is loaded already belong to its demo people."""
    op.execute(
        "UPDATE organisation SET is_demo = true WHERE EXISTS (SELECT 1 FROM user_account u WHERE u.organisation_id = organisation.id AND u.is_demo)"
    )


def _create_certificates() -> None:
    op.create_table(
        "officer_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_officer_certificate_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_officer_certificate_number")),
    )
    op.create_index(op.f("ix_officer_certificate_user_id"), "officer_certificate", ["user_id"], unique=False)


def _create_powers() -> None:
    op.create_table(
        "power",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("holder_kind", sa.String(length=8), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("verified", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_power_added_by_id_user_account")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_power_jurisdiction_id_jurisdiction")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_power_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_power_town_id_town")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_power")),
    )
    op.create_index("ix_power_town", "power", ["town_id", "kind"], unique=False)
    op.create_index("ix_power_agency", "power", ["jurisdiction_id", "holder_kind", "kind"], unique=False)
    op.create_table(
        "power_use",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("power_id", sa.Integer(), nullable=False),
        sa.Column("task_id", BIG_ID, nullable=False),
        sa.Column("case_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_power_use_actor_id_user_account")),
        sa.ForeignKeyConstraint(["power_id"], ["power.id"], name=op.f("fk_power_use_power_id_power")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_power_use")),
        sa.UniqueConstraint("task_id", "kind", "item", name=op.f("uq_power_use_task_id_kind_item")),
    )
    op.create_index(op.f("ix_power_use_power_id"), "power_use", ["power_id"], unique=False)
    op.create_index(op.f("ix_power_use_case_id"), "power_use", ["case_id"], unique=False)
