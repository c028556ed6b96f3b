"""Pages of legal clocks: one clock and what moved it, what supervisors must look at, and what was owed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from flask import Blueprint, make_response, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Answer

from webapp.cases.models import Case
from webapp.cases.queries import visible_cases
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission, policy
from webapp.deadlines import escalations, moving, queries
from webapp.deadlines.legal_basis import legal_basis
from webapp.deadlines.models import Deadline
from webapp.deadlines.reasons import reason_name, reasons_for
from webapp.deadlines.wording import length_of, limit_name, limit_names
from webapp.processes.people import names_of
from webapp.rules.models import TimeLimit
from webapp.rules.wording import verified_name

blueprint = Blueprint("deadlines", __name__)
blueprint.add_app_template_filter(reason_name, "suspension_reason")
blueprint.add_app_template_filter(length_of, "limit_length")
blueprint.add_app_template_filter(limit_name, "limit_name")


@blueprint.app_template_filter("verification_mark")
def verification_mark(limit: TimeLimit) -> str:
    """How well the source of the limit is checked."""
    return verified_name(limit.verified)


@blueprint.app_context_processor
def of_deadlines() -> dict[str, object]:
    return {"may_move_clock": lambda deadline: queries.may_move(current_user, deadline), "escalation_count": _escalation_count}


@blueprint.get("/deadlines/<int:deadline_id>")
@policy(Permission.READ_CASES)
def show(deadline_id: int) -> Answer:
    return _page(deadline_id)


@blueprint.post("/deadlines/<int:deadline_id>/suspensions")
@policy(Permission.SUPERVISE)
def suspend(deadline_id: int) -> Answer:
    def work(deadline: Deadline) -> str:
        reason, note = request.form.get("reason", ""), request.form.get("note", "")
        moving.suspend(deadline, reason=reason, note=note, actor_id=current_user.id, at=clock.now())
        return gettext("The time limit is suspended. It goes on when you resume it; the days in between are added.")

    return _do(deadline_id, "suspend", work)


@blueprint.post("/deadlines/<int:deadline_id>/resumption")
@policy(Permission.SUPERVISE)
def resume(deadline_id: int) -> Answer:
    def work(deadline: Deadline) -> str:
        moving.resume(deadline, actor_id=current_user.id, at=clock.now())
        return gettext("The time limit goes on and ends on %(day)s.", day=clock.legal_day(deadline.due_at).isoformat())

    return _do(deadline_id, "resume", work)


@blueprint.post("/deadlines/<int:deadline_id>/extensions")
@policy(Permission.SUPERVISE)
def extend(deadline_id: int) -> Answer:
    def work(deadline: Deadline) -> str:
        moving.extend(deadline, reason=request.form.get("reason", ""), approver=current_user, at=clock.now())
        return gettext("The time limit is extended to %(day)s.", day=clock.legal_day(deadline.due_at).isoformat())

    return _do(deadline_id, "extend", work)


@blueprint.get("/escalations")
@policy(Permission.SUPERVISE)
def list_escalations() -> str:
    page = queries.unseen_escalations(current_user, after=request.args.get("after"))
    cases = _cases_of(one.case_id for one in page.items)
    return render_template("deadlines/escalations.html", page=page, cases=cases)


@blueprint.post("/escalations/<int:escalation_id>/seen")
@policy(Permission.SUPERVISE)
def see(escalation_id: int) -> Answer:
    def work() -> Done:
        escalation = queries.find_escalation(escalation_id, current_user)
        escalations.see(escalation, note=request.form.get("note", ""), actor_id=current_user.id, at=clock.now())
        return Done(url_for("deadlines.list_escalations"), gettext("Noted. The entry is out of the list; it stays in the record."))

    return post_once(f"escalation:{escalation_id}", work)


@blueprint.get("/duties")
@policy(Permission.SUPERVISE)
def list_duties() -> str:
    first, last = _day("first"), _day("last")
    page = queries.list_duties(current_user, first=first, last=last, after=request.args.get("after"))
    return render_template(
        "deadlines/duties.html", page=page, first=first, last=last, cases=_cases_of(one.case_id for one in page.items),
        people=names_of(one.performed_by_id for one in page.items), names=limit_names({one.code for one in page.items}),
    )  # fmt: skip


def _do(deadline_id: int, verb: str, work: Callable[[Deadline], str]) -> Answer:
    """One verb on a clock, once per form; a refusal shows the clock as it is now, with what was typed."""

    def once() -> Done:
        deadline, _ = _to_move(deadline_id)
        return Done(url_for("deadlines.show", deadline_id=deadline_id), work(deadline))

    try:
        _to_move(deadline_id)
        return post_once(f"deadline:{deadline_id}:{verb}", once)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        db.session.expire_all()  # what the refused work changed is not there
        return _page(deadline_id, verb=verb, refusal=error)


def _to_move(deadline_id: int) -> tuple[Deadline, Case | None]:
    """Raises NotFound for outsiders, Forbidden for insiders who do not supervise the group that owes it."""
    deadline, case = _find(deadline_id)
    if not queries.may_move(current_user, deadline):
        raise Forbidden
    return deadline, case


def _find(deadline_id: int) -> tuple[Deadline, Case | None]:
    """A clock is seen by whoever sees its case; without one, by the supervisors of its group. Raises NotFound."""
    deadline = queries.get_deadline(deadline_id)
    case = _cases_of([deadline.case_id]).get(deadline.case_id or 0)
    if case is None and (deadline.case_id is not None or not queries.may_move(current_user, deadline)):
        raise NotFound
    return deadline, case


def _page(deadline_id: int, *, verb: str = "", refusal: DomainError | None = None) -> Answer:
    deadline, case = _find(deadline_id)
    movers = [person for one in deadline.suspensions for person in (one.by_id, one.resumed_by_id)]
    html = render_template(
        "deadlines/show.html", deadline=deadline, case=case, verb=verb, refusal=refusal, typed=request.form,
        errors=refusal.errors if isinstance(refusal, Invalid) else {}, reasons=reasons_for(deadline.time_limit),
        may_extend=moving.may_extend(deadline), basis=legal_basis(deadline.time_limit),
        people=names_of([*movers, *(one.approved_by_id for one in deadline.extensions)]),
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _cases_of(case_ids: Iterable[int | None]) -> dict[int, Case]:
    """Those of the cases that this person sees, by id."""
    wanted = [case_id for case_id in case_ids if case_id is not None]
    query = visible_cases(current_user).where(Case.id.in_(wanted)).options(joinedload(Case.employer))
    return {case.id: case for case in db.session.scalars(query)} if wanted else {}


def _escalation_count() -> int:
    return queries.count_escalations(current_user)


def _day(name: str) -> date | None:
    """A day of the filter; a damaged one filters nothing."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
