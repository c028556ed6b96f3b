"""Editions, process instances and user tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base, BigId

OPEN, COMPLETED, WITHDRAWN, RETURNED = 0, 1, 2, 3
NO_DUE = datetime(9999, 1, 1, tzinfo=UTC)  # order of tasks without a clock: last


class ArtifactFile(Base):
    """The content of one diagram, decision or form, stored once per hash."""

    __tablename__ = "artifact"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # bpmn, dmn, form
    key: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes]


class Edition(Base):
    """An immutable set of diagrams, decisions and forms."""

    __tablename__ = "edition"
    __table_args__ = (
        Index("ix_edition_active", "is_active", unique=True, sqlite_where=text("is_active"), postgresql_where=text("is_active")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    manifest: Mapped[list[list[str]]] = mapped_column(JSON)  # [kind, key, artifact hash], sorted
    note: Mapped[str] = mapped_column(String(400))
    published_by_id: Mapped[int | None]
    published_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=False)


class ProcessInstance(Base):
    """One run of a process definition, pinned to its edition."""

    __tablename__ = "process_instance"
    __table_args__ = (Index("ix_process_instance_case", "case_id"), Index("ix_process_instance_parent", "parent_id"))
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    process_key: Mapped[str] = mapped_column(String(80))
    case_id: Mapped[int | None]
    case_no: Mapped[str | None] = mapped_column(String(32))  # copies, so that a step needs no look-up
    employer_id: Mapped[int | None]
    employer_name: Mapped[str | None] = mapped_column(String(120))
    town_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    risk_level: Mapped[int | None]
    industry: Mapped[str | None] = mapped_column(String(8))
    hazards: Mapped[str | None] = mapped_column(String(400))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    jurisdiction_id: Mapped[int | None]
    state: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    awaits: Mapped[dict[str, str]] = mapped_column(JSON)  # name of each message it waits for -> the element that waits
    has_timers: Mapped[bool] = mapped_column(default=False)
    was_returned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # a step of it was returned to an earlier one
    outcome: Mapped[str] = mapped_column(String(12))  # running, completed, failed
    end_element: Mapped[str | None] = mapped_column(String(80))
    started_by_id: Mapped[int | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    edition: Mapped[Edition] = relationship()

    @property
    def is_running(self) -> bool:
        return self.outcome == "running"


class UserTask(Base):
    """One piece of work waiting for, or done by, a person. Flat: lists read nothing else."""

    __tablename__ = "user_task"
    __table_args__ = (
        UniqueConstraint("instance_id", "engine_task_id"),
        Index(  # without the free ones: SQLite would look for those of a group in here
            "ix_user_task_mine", "assignee_id", "order_at", "id",
            sqlite_where=text("state = 0 AND assignee_id IS NOT NULL"), postgresql_where=text("state = 0 AND assignee_id IS NOT NULL"),
        ),
        Index(
            "ix_user_task_pool", "role", "scope", "order_at", "id",
            sqlite_where=text("state = 0 AND assignee_id IS NULL"), postgresql_where=text("state = 0 AND assignee_id IS NULL"),
        ),
        Index("ix_user_task_open", "order_at", "id", sqlite_where=text("state = 0"), postgresql_where=text("state = 0")),
        Index("ix_user_task_town", "town_id", "order_at", "id", sqlite_where=text("state = 0"), postgresql_where=text("state = 0")),
        Index("ix_user_task_stage", "stage", "order_at", "id", sqlite_where=text("state = 0"), postgresql_where=text("state = 0")),
        Index("ix_user_task_employer", "employer_id", sqlite_where=text("state = 0"), postgresql_where=text("state = 0")),
        Index(
            "ix_user_task_done", "ended_by_id", "ended_at", "id",
            sqlite_where=text("state = 1"), postgresql_where=text("state = 1"),
        ),
        Index("ix_user_task_case", "case_id"),
        Index(
            "ix_user_task_owner", "owner_id", "id",
            sqlite_where=text("state = 0 AND owner_id IS NOT NULL"), postgresql_where=text("state = 0 AND owner_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    engine_task_id: Mapped[UUID]
    process_key: Mapped[str] = mapped_column(String(80))  # the process the element stands in: a called one has its own
    element: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200))
    form_key: Mapped[str | None] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(24))
    scope: Mapped[str] = mapped_column(String(24))  # with role the candidate group, as in Membership.scope
    jurisdiction_id: Mapped[int | None]
    town_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    case_id: Mapped[int | None]
    case_no: Mapped[str | None] = mapped_column(String(32))
    employer_id: Mapped[int | None]
    employer_name: Mapped[str | None] = mapped_column(String(120))
    stage: Mapped[str | None] = mapped_column(String(16))  # one of stages.STAGES
    risk_level: Mapped[int | None]  # of the employer: employers.risks
    industry: Mapped[str | None] = mapped_column(String(8))
    hazards: Mapped[str | None] = mapped_column(String(400))  # codes between commas: ",silica_dust,noise,"
    assignee_id: Mapped[int | None]
    assigned_at: Mapped[datetime | None]
    owner_id: Mapped[int | None]  # who delegated it to the assignee and gets it back; None: not delegated
    due_at: Mapped[datetime | None]  # None: no clock is bound to it
    order_at: Mapped[datetime]  # due_at, or NO_DUE
    priority: Mapped[int] = mapped_column(default=0)
    has_draft: Mapped[bool] = mapped_column(default=False)
    state: Mapped[int] = mapped_column(default=OPEN)
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]
    instance: Mapped[ProcessInstance] = relationship()

    @property
    def is_open(self) -> bool:
        return self.state == OPEN

    @property
    def is_claimed(self) -> bool:
        return self.assignee_id is not None

    @property
    def is_delegated(self) -> bool:
        return self.owner_id is not None

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < (self.ended_at or now)


class Handover(Base):
    """A user task that went from one person to another, and what was said with it. ``verb``: one of ``handlers.VERBS``."""

    __tablename__ = "task_handover"
    __table_args__ = (Index("ix_task_handover_task", "task_id", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"))
    verb: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[int | None]
    from_id: Mapped[int | None]
    to_id: Mapped[int | None]
    remark: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]


class TaskReturn(Base):
    """A user task that went back to an earlier step, and why."""

    __tablename__ = "task_return"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"), unique=True)  # that ended so
    to_task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"), unique=True)  # that was opened by it
    done_at: Mapped[datetime]  # when the step that opened again was done before
    reason: Mapped[str] = mapped_column(String(400))
    actor_id: Mapped[int]
    returned_at: Mapped[datetime]


class FormSubmission(Base):
    """What a person sent with a task or a start (``task_id`` None)."""

    __tablename__ = "form_submission"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("user_task.id"), unique=True)
    form_hash: Mapped[str | None] = mapped_column(String(64))  # None: the task has no form
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[int | None]
    submitted_at: Mapped[datetime]


class FormDraft(Base):
    """Typed but not sent: one per task and person, saved by itself."""

    __tablename__ = "form_draft"
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]


class TimerRow(Base):
    """A timer an instance waits for; the loop fires it."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("instance_id", "engine_task_id"), Index("ix_timer_due", "due_at", "id"))
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    engine_task_id: Mapped[UUID]
    element: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime]


class Message(Base):
    """A message for an instance: stored first, delivered when the instance waits for it."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_waiting", "instance_id", "id",
            sqlite_where=text("delivered_at IS NULL"), postgresql_where=text("delivered_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    name: Mapped[str] = mapped_column(String(120))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))  # the child that sent it
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    stored_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class DecisionRecord(Base):
    """One DMN table evaluated in an instance: what went in and what came out."""

    __tablename__ = "decision_record"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    element: Mapped[str] = mapped_column(String(80))
    decision: Mapped[str] = mapped_column(String(80))
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    outputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    taken_at: Mapped[datetime]
