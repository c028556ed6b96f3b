"""Suspend, resume and extend clocks, and recount them when a calendar is published. Callers hold the transaction.

The tasks that a clock binds get their new date from the consumer of these events (``webapp.processes.clocks``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from webapp.accounts.models import User
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import Invalid
from webapp.deadlines import errors, reckoning
from webapp.deadlines.legal_basis import legal_basis
from webapp.deadlines.models import Deadline, Duty, Escalation, Extension, Suspension
from webapp.deadlines.reasons import POLICE, REASONS, reasons_for
from webapp.deadlines.reckoning import Pause, Term
from webapp.deadlines.services import reckon_limit
from webapp.deadlines.wording import length_of
from webapp.events.services import lock_stream, record
from webapp.rules.models import TimeLimit
from webapp.rules.queries import working_days
from webapp.rules.services import Moved

MAX_TEXT = 400


def suspend(deadline: Deadline, *, reason: str, note: str, actor_id: int | None, at: datetime) -> None:
    """Let the clock stand still. ``actor_id`` None: the diagram does, which needs no note.

    Raises ClockEnded, ClockRanOut, AlreadySuspended, ReasonMissing, ReasonRefused, NoteMissing.
    """
    _lock(deadline)
    _refuse_unless_movable(deadline, at)
    if deadline.suspended_at is not None:
        raise errors.AlreadySuspended(on=_day(deadline.suspended_at))
    if reason not in reasons_for(deadline.time_limit):
        raise _refused_reason(reason)
    text = _text(note, needed=actor_id is not None)
    deadline.suspended_at, deadline.suspended_reason = at, reason
    deadline.suspensions.append(
        Suspension(reason=reason, note=text, from_at=at, by_id=actor_id, keeps_days=_kept_days(deadline.time_limit, reason))
    )
    record(deadline.stream, "deadline.suspended", actor_id=actor_id, at=at, code=deadline.code, reason=reason)


def resume(deadline: Deadline, *, actor_id: int | None, at: datetime) -> None:
    """Let the clock go on: the actual days are added. Raises ClockEnded, NotSuspended."""
    _lock(deadline)
    if not deadline.is_open:
        raise errors.ClockEnded
    if deadline.suspended_at is None:
        raise errors.NotSuspended
    before, standing = deadline.suspended_days, deadline.suspensions[-1]
    standing.to_at, standing.resumed_by_id = at, actor_id
    deadline.suspended_at = deadline.suspended_reason = None
    _recount(deadline)
    days = deadline.suspended_days - before
    record(deadline.stream, "deadline.resumed", actor_id=actor_id, at=at, code=deadline.code, days=days, due_at=deadline.due_at.isoformat())


def extend(deadline: Deadline, *, reason: str, approver: User, at: datetime) -> None:
    """Add the time that the law allows, as often as it does.

    Raises ClockEnded, ClockRanOut, AlreadySuspended, NotExtendable, ExtensionUsedUp, NoteMissing.
    """
    _lock(deadline)
    _refuse_unless_movable(deadline, at)
    if deadline.suspended_at is not None:
        raise errors.AlreadySuspended(on=_day(deadline.suspended_at))
    value, unit = _extension(deadline)
    text = _text(reason, needed=True, key="reason")
    deadline.extensions.append(Extension(value=value, unit=unit, reason=text, approved_by_id=approver.id, approved_at=at))
    _recount(deadline)
    deadline.extended_to = deadline.due_at
    record(deadline.stream, "deadline.extended", actor_id=approver.id, at=at, code=deadline.code, due_at=deadline.due_at.isoformat())


def suspend_case(case_id: int, codes: Iterable[str], *, reason: str, note: str = "", actor_id: int | None, at: datetime) -> list[str]:
    """Suspend the clocks of the case with these codes that run; returns the codes. Raises what ``suspend`` raises."""
    running = [clock for clock in _running_in(case_id, codes) if not clock.is_suspended and not clock.is_overdue(at)]
    for clock in running:
        suspend(clock, reason=reason, note=note, actor_id=actor_id, at=at)
    return [clock.code for clock in running]


def resume_case(case_id: int, codes: Iterable[str], *, actor_id: int | None, at: datetime) -> list[str]:
    """Resume the suspended clocks of the case with these codes; returns the codes."""
    standing = [clock for clock in _running_in(case_id, codes) if clock.is_suspended]
    for clock in standing:
        resume(clock, actor_id=actor_id, at=at)
    return [clock.code for clock in standing]


def recount_provisional(at: datetime) -> list[Moved]:
    """Count the open provisional clocks by the calendar as it is now; returns those whose legal date moved."""
    query = select(Deadline).where(Deadline.ended_at.is_(None), Deadline.is_provisional)
    loaded = query.options(selectinload(Deadline.suspensions), selectinload(Deadline.extensions))
    found = list(db.session.scalars(loaded.order_by(Deadline.case_id, Deadline.instance_id, Deadline.id)))
    moved = [_recounted(clock, at) for clock in found]
    return [one for one in moved if one is not None]


def may_extend(deadline: Deadline) -> bool:
    """Whether the rule row still allows an extension."""
    value, _, count = _allowed(deadline.time_limit)
    return deadline.is_open and not deadline.is_suspended and value is not None and len(deadline.extensions) < count


def _lock(deadline: Deadline) -> None:
    """The record first, then the row: the order of every other writer."""
    lock_stream(deadline.stream)
    db.session.refresh(deadline)


def _refuse_unless_movable(deadline: Deadline, at: datetime) -> None:
    if not deadline.is_open:
        raise errors.ClockEnded
    if deadline.is_overdue(at):
        raise errors.ClockRanOut(on=_day(deadline.due_at))


def _refused_reason(reason: str) -> Invalid:
    error = errors.ReasonRefused if reason in REASONS else errors.ReasonMissing
    return error({"reason": [error().message]})


def _text(typed: str, *, needed: bool, key: str = "note") -> str:
    text = " ".join(typed.split())[:MAX_TEXT]
    if needed and not text:
        raise errors.NoteMissing({key: [errors.NoteMissing().message]})
    return text


def _kept_days(limit: TimeLimit, reason: str) -> int:
    """Working days left after a police referral that ended without filing. Source: domain/08 C.4."""
    return limit.keeps_days_min or 0 if reason == POLICE else 0


def _extension(deadline: Deadline) -> tuple[int, str]:
    value, unit, count = _allowed(deadline.time_limit)
    basis = legal_basis(deadline.time_limit)
    if value is None:
        raise errors.NotExtendable(basis=basis)
    if len(deadline.extensions) >= count:
        raise errors.ExtensionUsedUp(length=length_of(value, unit), count=count, basis=basis)
    return value, unit


def _allowed(limit: TimeLimit) -> tuple[int | None, str, int]:
    """How much one extension adds, and how many there may be."""
    return limit.extension_value, limit.extension_unit or limit.unit, limit.extension_count or 1


def _running_in(case_id: int, codes: Iterable[str]) -> Sequence[Deadline]:
    db.session.flush()  # what this step opened counts too
    running = select(Deadline).where(Deadline.case_id == case_id, Deadline.code.in_(list(codes)), Deadline.ended_at.is_(None))
    return db.session.scalars(running.order_by(Deadline.id)).all()


def _recount(deadline: Deadline) -> None:
    """Reckon anew from the start, with every pause and extension."""
    limit, pauses = deadline.time_limit, _pauses(deadline)
    steps: list[tuple[datetime, Pause | Term]] = [(one.approved_at, Term(one.value, one.unit)) for one in deadline.extensions]
    steps += [(pause.to_at, pause) for pause in pauses]
    counted = reckon_limit(limit, deadline.started_at, [step for _, step in sorted(steps, key=lambda step: step[0])])
    deadline.target_at, deadline.due_at, deadline.remind_at = counted.target_at, counted.due_at, counted.remind_at
    deadline.is_provisional = counted.is_provisional
    if limit.unit != "H":
        deadline.suspended_days = sum(reckoning.added(pause, limit.unit, working_days()) for pause in pauses)


def _pauses(deadline: Deadline) -> list[Pause]:
    return [Pause(one.from_at, one.to_at, one.keeps_days) for one in deadline.suspensions if one.to_at is not None]


def _recounted(deadline: Deadline, at: datetime) -> Moved | None:
    before = deadline.due_at
    _recount(deadline)
    if deadline.due_at == before:
        return None
    if deadline.due_at > at:
        _forgive(deadline)
    record(deadline.stream, "deadline.recounted", actor_id=None, at=at, code=deadline.code, due_at=deadline.due_at.isoformat())
    return Moved(deadline.id, deadline.code, deadline.case_id, deadline.instance_id, before, deadline.due_at)


def _forgive(deadline: Deadline) -> None:
    """It was told as breached, or as nearly so, by a date that did not hold."""
    if deadline.breached_at is not None:
        db.session.execute(delete(Escalation).where(Escalation.deadline_id == deadline.id))
        db.session.execute(delete(Duty).where(Duty.deadline_id == deadline.id))
    deadline.breached_at = deadline.reminded_at = None


def _day(at: datetime) -> str:
    return legal_day(at).isoformat()
