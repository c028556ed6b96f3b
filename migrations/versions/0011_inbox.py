"""inbox"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN, DONE = sa.text("state = 0"), sa.text("state = 1")
HELD = sa.text("state = 0 AND assignee_id IS NOT NULL")
MINE = ["assignee_id", "order_at", "id"]
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# What the diagrams of the release before would have said.
STAGE_OF_PROCESS = {
    "campaign_visit": "visit", "correction": "correction", "dibao": "assistance", "medical_aid": "assistance",
    "temporary_relief": "assistance", "work_injury": "assistance", "evidence_registration": "investigation",
    "interim_control": "investigation", "labour_referral": "referral", "poisoning_referral": "referral", "police_referral": "referral",
    "radiation_referral": "referral",
}  # fmt: skip
STAGE_OF_STEP = {
    "clue": ("town_accept", "verify", "supplement_finding", "revisit"),
    "acceptance": ("accept", "supplement_report", "answer_rejection", "accept_again", "receive_case"),
    "filing": ("propose_filing", "file_case"),
    "investigation": ("inspect", "conclude", "supplement_evidence"),
    "crime": ("screen_crime", "decide_referral", "after_transfer"),
    "review": ("deliberate", "review", "review_hearing"),
    "notice": ("give_notice", "serve_notice", "hear_party", "call_hearing", "hold_hearing"),
    "decision": ("summary_decision", "town_decision", "decide", "decide_none", "serve_decision"),
    "execution": ("await_payment", "demand", "apply_court"),
    "closing": ("report_closing", "approve_closing"),
}


def upgrade() -> None:
    _add_columns()
    _fill()
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_index("ix_user_task_mine")
        batch_op.create_index("ix_user_task_mine", MINE, sqlite_where=HELD, postgresql_where=HELD)
        batch_op.create_index("ix_user_task_town", ["town_id", "order_at", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index("ix_user_task_stage", ["stage", "order_at", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index("ix_user_task_employer", ["employer_id"], sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index("ix_user_task_done", ["ended_by_id", "ended_at", "id"], sqlite_where=DONE, postgresql_where=DONE)
    _create_tables()


def downgrade() -> None:
    op.drop_table("case_watch")
    op.drop_table("inbox_preference")
    op.drop_table("saved_filter")
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        for name in ("done", "employer", "mine", "stage", "town"):
            batch_op.drop_index(f"ix_user_task_{name}")
        batch_op.create_index("ix_user_task_mine", MINE, sqlite_where=OPEN, postgresql_where=OPEN)
        for name in ("hazards", "industry", "risk_level", "stage"):
            batch_op.drop_column(name)
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        for name in ("hazards", "industry", "risk_level"):
            batch_op.drop_column(name)
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_column("stage")


def _add_columns() -> None:
    op.add_column("case_file", sa.Column("stage", sa.String(length=16), nullable=True))
    op.add_column("user_task", sa.Column("stage", sa.String(length=16), nullable=True))
    for table in ("process_instance", "user_task"):
        op.add_column(table, sa.Column("risk_level", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("industry", sa.String(length=8), nullable=True))
        op.add_column(table, sa.Column("hazards", sa.String(length=400), nullable=True))


def _fill() -> None:
    process, element = sa.column("process_key"), sa.column("element")
    by_process = [(process == key, stage) for key, stage in STAGE_OF_PROCESS.items()]
    by_step = [(element.in_(steps), stage) for stage, steps in STAGE_OF_STEP.items()]
    tasks = sa.table("user_task", process, element, sa.column("stage"))
    op.execute(tasks.update().values(stage=sa.case(*by_process, *by_step, else_=None)))
    op.execute(
        "UPDATE case_file SET stage = CASE WHEN closed_at IS NOT NULL THEN 'closed' ELSE (SELECT stage FROM user_task"
        " WHERE user_task.instance_id = case_file.root_instance_id ORDER BY user_task.id DESC LIMIT 1) END"
    )
    listed = {
        "sqlite": "SELECT ',' || group_concat(value, ',') || ',' FROM json_each(employer.hazards)",
        "postgresql": "SELECT ',' || string_agg(value, ',') || ',' FROM json_array_elements_text(employer.hazards)",
    }[op.get_bind().dialect.name]
    for table in ("process_instance", "user_task"):
        told = f"risk_level = employer.risk_level, industry = employer.industry, hazards = ({listed})"
        op.execute(f"UPDATE {table} SET {told} FROM employer WHERE employer.id = {table}.employer_id")  # noqa: S608  # own names only


def _create_tables() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=True),
        sa.Column("scope", sa.String(length=24), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_saved_filter_owner_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    with op.batch_alter_table("saved_filter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_filter_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_saved_filter_shared", ["role", "scope"], unique=False)
    op.create_table(
        "inbox_preference",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("page_size", sa.Integer(), nullable=False),
        sa.Column("default_filter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["default_filter_id"], ["saved_filter.id"], name=op.f("fk_inbox_preference_default_filter_id_saved_filter"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_inbox_preference_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_inbox_preference")),
    )
    op.create_table(
        "case_watch",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_watch_case_id_case_file")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_case_watch_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", "case_id", name=op.f("pk_case_watch")),
    )
