"""The form on which a campaign is planned: what was typed, read once for the page, the live count and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.accounts.models import Jurisdiction, Town, User
from webapp.campaigns.errors import BadPlan
from webapp.campaigns.kinds import all_kinds
from webapp.campaigns.models import Campaign
from webapp.campaigns.queries import scope_counts, towns_of
from webapp.campaigns.services import Plan
from webapp.core.db import db
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission

USUAL_LENGTH = timedelta(days=90)  # a quarter, as the playbooks plan it [D]
MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Typed:
    """Fields of the form as text; ``town_ids`` empty: all towns."""

    jurisdiction: Jurisdiction
    kind: str
    name: str
    plan: str
    starts_on: str
    ends_on: str
    min_workers: str
    town_ids: Sequence[int]

    @property
    def criteria(self) -> dict[str, Any]:
        return {"town_ids": sorted(self.town_ids), "min_workers": _whole(self.min_workers) or 0}


@dataclass(frozen=True, slots=True)
class Scope:
    """Who is in the scope now: towns of the jurisdiction with their number of employers."""

    rows: list[tuple[Town, int]]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.rows)


def jurisdictions_of(user: User) -> list[Jurisdiction]:
    """Where the user may coordinate. Raises Forbidden if nowhere."""
    scopes = user.scopes_with(Permission.COORDINATE)
    query = select(Jurisdiction).order_by(Jurisdiction.id)
    if "*" not in scopes:
        query = query.where(Jurisdiction.id.in_([int(scope[1:]) for scope in scopes if scope[0] == "j"]))
    found = list(db.session.scalars(query))
    if not found:
        raise Forbidden
    return found


def read(values: MultiDict[str, str], *, jurisdictions: Sequence[Jurisdiction], today: date) -> Typed:
    """What was typed; on an empty form the kind, the dates and the jurisdiction are proposed."""
    wanted = _whole(values.get("jurisdiction_id", ""))
    jurisdiction = next((one for one in jurisdictions if one.id == wanted), jurisdictions[0])
    own = {town.id for town in towns_of(jurisdiction.id)}
    return Typed(
        jurisdiction=jurisdiction,
        kind=values.get("kind", all_kinds()[-1].code),
        name=values.get("name", ""),
        plan=values.get("plan", "").replace("\r\n", "\n"),
        starts_on=values.get("starts_on", today.isoformat()),
        ends_on=values.get("ends_on", (today + USUAL_LENGTH).isoformat()),
        min_workers=values.get("min_workers", ""),
        town_ids=[town_id for text in values.getlist("town_ids") if (town_id := _whole(text)) in own and town_id is not None],
    )


def of_campaign(campaign: Campaign) -> Typed:
    """A draft as its form."""
    criteria: Mapping[str, Any] = campaign.criteria
    return Typed(
        jurisdiction=campaign.jurisdiction,
        kind=campaign.kind,
        name=campaign.name,
        plan=campaign.plan,
        starts_on=campaign.starts_on.isoformat(),
        ends_on=campaign.ends_on.isoformat(),
        min_workers=str(criteria.get("min_workers") or ""),
        town_ids=list(criteria.get("town_ids") or ()),
    )


def plan_of(typed: Typed) -> Plan:
    """Raises BadPlan for what is no date or number."""
    days = {name: _day(getattr(typed, name)) for name in ("starts_on", "ends_on")}
    problems = {name: [gettext("Give the day as year, month and day.")] for name, found in days.items() if found is None}
    if typed.min_workers.strip() and _whole(typed.min_workers) is None:
        problems["min_workers"] = [gettext("Give the number of workers in digits, or leave it empty.")]
    starts_on, ends_on = days["starts_on"], days["ends_on"]
    if problems or starts_on is None or ends_on is None:
        raise BadPlan(problems)
    return Plan(typed.kind, typed.name, typed.plan.strip(), starts_on, ends_on, typed.criteria)


def scope_of(kind: str, jurisdiction_id: int, criteria: Mapping[str, Any]) -> Scope:
    """Counted now, in one query; towns that were not chosen are left out."""
    counts = scope_counts(kind, jurisdiction_id, criteria)
    chosen = criteria.get("town_ids")
    return Scope([(town, counts.get(town.id, 0)) for town in towns_of(jurisdiction_id) if not chosen or town.id in chosen])


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
