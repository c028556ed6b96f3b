"""Employers, rules, search, notices and saved filters."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_login import current_user
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from webapp.api.records import (
    CalendarDaySchema,
    EmployerDetail,
    EmployerPage,
    FoundGroup,
    NoticePage,
    RecordSchema,
    RuleSchema,
    SavedFilterSchema,
    columns_of,
)
from webapp.api.schemas import SHORT, PageQuery
from webapp.core import clock
from webapp.core.permissions import Permission, policy
from webapp.employers.all_records import all_records
from webapp.employers.models import EmployerRecord
from webapp.employers.queries import EmployerFilter, find_employer, list_employers
from webapp.employers.records import KINDS
from webapp.inbox import kept
from webapp.notifications.queries import list_notices
from webapp.rules import listing
from webapp.rules.models import Dated
from webapp.search.queries import Group, Kind, found

ROW_ID = validate.Range(min=1, max=2**31 - 1)
RULE_COLUMNS = frozenset(RuleSchema().fields) | {"id", "added_by_id", "added_at"}
RECORD_COLUMNS = frozenset({"id", "employer_id", "added_by_id", "added_at", "struck_at", "struck_reason"})

employers = Blueprint("api_employers", __name__, url_prefix="/api/v1/employers", description="Employers")
rules = Blueprint("api_rules", __name__, url_prefix="/api/v1/rules", description="Dated legal data")
mine = Blueprint("api_mine", __name__, url_prefix="/api/v1", description="Search, notices, saved filters")


class EmployerQuery(PageQuery):
    q = fields.String(load_default="", validate=SHORT)
    town_id = fields.Integer(validate=ROW_ID)
    grid_id = fields.Integer(validate=ROW_ID)
    industry = fields.String(load_default="", validate=validate.Length(max=8))
    hazard = fields.String(load_default="", validate=validate.Length(max=24))
    risk_level = fields.Integer(validate=validate.Range(min=1, max=3))
    is_key = fields.Boolean(load_default=False)
    status = fields.String(load_default="", validate=validate.OneOf(["", "running", "closed"]))


class RuleQuery(Schema):
    on = fields.Date(metadata={"description": "the rows in force on that day; today without it"})
    q = fields.String(load_default="", validate=SHORT)


class SearchQuery(Schema):
    q = fields.String(required=True, validate=validate.Length(min=1, max=80))
    kind = fields.Enum(Kind, by_value=True)


@employers.get("")
@policy(Permission.READ_EMPLOYERS)
@employers.arguments(EmployerQuery, location="query")
@employers.response(200, EmployerPage)
def list_of_employers(wanted: dict[str, Any]) -> dict[str, Any]:
    """Employers of your place in the order of registration."""
    named = {name: wanted[name] for name in ("town_id", "grid_id", "industry", "hazard", "risk_level", "status") if wanted.get(name)}
    chosen = EmployerFilter(**named, key="yes" if wanted["is_key"] else "")
    page = list_employers(current_user, text=wanted["q"], chosen=chosen, after=wanted.get("after"), limit=wanted["limit"])
    return {"items": page.items, "total": page.total_text, "next": page.next}


@employers.get("/<int:employer_id>")
@policy(Permission.READ_EMPLOYERS)
@employers.response(200, EmployerDetail)
def show_employer(employer_id: int) -> Any:
    return find_employer(employer_id, current_user)


@employers.get("/<int:employer_id>/records")
@policy(Permission.READ_EMPLOYERS)
@employers.response(200, RecordSchema(many=True))
def employer_records(employer_id: int) -> list[dict[str, Any]]:
    """Declarations, posts, tests, examinations, projects, contracts, insurance and risk classes; struck ones too."""
    records = all_records(find_employer(employer_id, current_user).id)
    return [_record(kind, row) for kind, known in KINDS.items() for row in records.of(known.model)]


@rules.get("/<any(limits, violations, amounts, exposure):kind>")
@policy(Permission.READ_CASES)
@rules.arguments(RuleQuery, location="query")
@rules.response(200, RuleSchema(many=True))
def list_rules(wanted: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Time limits, violations with their fines, amounts, or exposure limits in force on a day."""
    lines = listing.lines(kind, on=wanted.get("on") or clock.today(), text=wanted["q"])
    return [_rule(line.row) for line in lines]


@rules.get("/<any(limits, violations, amounts, exposure):kind>/<code>")
@policy(Permission.READ_CASES)
@rules.response(200, RuleSchema(many=True))
def rule_history(kind: str, code: str) -> list[dict[str, Any]]:
    """Every row of a code, the newest first."""
    return [_rule(row) for row in listing.history(kind, code)]


@rules.get("/calendar/<int:year>")
@policy(Permission.READ_CASES)
@rules.response(200, CalendarDaySchema(many=True))
def calendar(year: int) -> Any:
    """Holidays and made-up working days of a published year; other days follow the week."""
    return listing.days_of(min(year, date.max.year))


@mine.get("/search")
@policy(Permission.WORK)
@mine.arguments(SearchQuery, location="query")
@mine.response(200, FoundGroup(many=True))
def search(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything you may see that matches, by kind."""
    return [_group(group) for group in found(wanted["q"], user=current_user, kind=wanted.get("kind")).groups]


@mine.get("/notices")
@policy(Permission.WORK)
@mine.arguments(PageQuery, location="query")
@mine.response(200, NoticePage)
def notices(wanted: dict[str, Any]) -> Any:
    """What you were told, the unread first."""
    return list_notices(current_user.id, after=wanted.get("after"), limit=wanted["limit"])


@mine.get("/saved-filters")
@policy(Permission.WORK)
@mine.response(200, SavedFilterSchema(many=True))
def saved_filters() -> Any:
    """Your own and those your groups share."""
    return kept.filters_of(current_user)


def _record(kind: str, row: EmployerRecord) -> dict[str, Any]:
    values = columns_of(row, without=RECORD_COLUMNS | {row.day})
    return {"id": row.id, "kind": kind, "day": getattr(row, row.day), "values": values} | {
        name: getattr(row, name) for name in ("struck_at", "struck_reason")
    }


def _rule(row: Dated) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in RuleSchema().fields if name != "values"}
    return {**shown, "values": columns_of(row, without=RULE_COLUMNS)}


def _group(group: Group) -> dict[str, Any]:
    return {"kind": group.kind.value, "total": group.total_text, "items": [_ITEMS[group.kind](item) for item in group.items]}


_ITEMS: dict[Kind, Any] = {
    Kind.CASE: lambda case: {"case_no": case.case_no, "employer": case.employer.name},
    Kind.EMPLOYER: lambda employer: employer.summary(),
    Kind.DOCUMENT: lambda paper: {"id": paper.id, "kind": paper.kind, "number": paper.number, "case_no": paper.case.case_no},
    Kind.PERSON: lambda pair: {"id": pair[0].id, "name_mask": pair[0].name_mask, "case_no": pair[1].case_no},
    Kind.REFERRAL: lambda referral: {"id": referral.id, "kind": referral.kind, "state": referral.state},
}
