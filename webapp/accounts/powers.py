"""Powers: hand down, end, use; and those an agency has by law. DT9, BR-17. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

from sqlalchemy import func, select

from webapp.accounts import queries
from webapp.accounts.models import Organisation, Power, PowerUse, Town
from webapp.accounts.organisation import AGENCY, ALL_ITEMS, POWER_KINDS, TOWN
from webapp.core.db import db
from webapp.core.errors import DomainError, Invalid
from webapp.core.i18n import gettext, pick
from webapp.events.services import record


class TownWithoutPower(DomainError):
    """BR-17: on %(on)s the town %(holder)s holds no power for this (%(kind)s, item %(item)s). Report the matter to the district."""

    status = 422


class AgencyWithoutPower(DomainError):
    """DT9: on %(on)s the agency holds no power for this (%(kind)s, item %(item)s). Ask the administrator to enter its legal basis."""

    status = 422


class PowerInUse(DomainError):
    """A decision of %(on)s rests on this power. It cannot end before that day."""

    status = 422


@dataclass(frozen=True, slots=True)
class Grant:
    """A power as it is to be entered. ``town``: None for the agency of the jurisdiction."""

    jurisdiction_id: int
    town: Town | None
    kind: str
    items: tuple[str, ...]
    basis: str
    document_no: str | None
    valid_from: date
    valid_to: date | None
    verified: str
    note: str | None = None


def check(grant: Grant) -> None:
    """Raises Invalid with every reason. A town's power needs a published document. Source: APL 24."""
    errors = {}
    if grant.kind not in POWER_KINDS:
        errors["kind"] = gettext("Choose what the power allows.")
    if not grant.items:
        errors["items"] = gettext("Choose at least one matter the power covers.")
    if grant.valid_to is not None and grant.valid_to < grant.valid_from:
        errors["valid_to"] = gettext("The power would end before it begins. Correct one of the two days.")
    if grant.town is not None and not grant.document_no:
        errors["document_no"] = gettext("A town has a power only by a published document. Enter its number.")
    if not errors and _is_held(grant):
        errors["items"] = gettext("The holder has this power already for some of these matters and days. End the earlier row first.")
    if errors:
        raise Invalid({name: [text] for name, text in errors.items()})


def add_power(grant: Grant, *, actor_id: int | None, at: datetime) -> Power:
    """Raises Invalid."""
    check(grant)
    holder, town = queries.health_authority(grant.jurisdiction_id), grant.town
    power = Power(
        jurisdiction_id=grant.jurisdiction_id, holder_kind=TOWN if town else AGENCY, town_id=town.id if town else None,
        organisation_id=None if town or holder is None else holder.id, kind=grant.kind, items=list(grant.items), basis=grant.basis,
        document_no=grant.document_no, valid_from=grant.valid_from, valid_to=grant.valid_to, verified=grant.verified, note=grant.note,
        added_by_id=actor_id, added_at=at,
    )  # fmt: skip
    db.session.add(power)
    db.session.flush([power])
    record(_stream(power), "power.added", actor_id=actor_id, at=at, power_id=power.id)
    return power


def end_power(power: Power, *, last_day: date, actor_id: int | None, at: datetime) -> None:
    """Let it be in force through ``last_day``. Raises Invalid, PowerInUse."""
    if last_day < power.valid_from:
        raise Invalid({"valid_to": [gettext("The power would end before it begins. Correct one of the two days.")]})
    if power.valid_to is not None and last_day > power.valid_to:
        raise Invalid(
            {"valid_to": [gettext("The power ends on %(on)s already. A longer one is a new row with its own basis.", on=power.valid_to)]}
        )
    latest = db.session.scalar(select(func.max(PowerUse.on_day)).where(PowerUse.power_id == power.id))
    if latest is not None and latest > last_day:
        raise PowerInUse(on=latest)
    power.valid_to = last_day
    record(_stream(power), "power.ended", actor_id=actor_id, at=at, power_id=power.id, last_day=last_day.isoformat())


def use_power(
    *,
    jurisdiction_id: int,
    town_id: int | None,
    kind: str,
    items: Sequence[str],
    task_id: int,
    case_id: int,
    on: date,
    actor_id: int,
    at: datetime,
) -> list[PowerUse]:
    """Keep with the decision which power it rests on, one row per item; ``town_id`` set: the town decides, else the agency.

    Without items the power must cover every matter. Saying it twice for a task changes nothing.

    Raises TownWithoutPower, AgencyWithoutPower. Source: BR-17, DT9; APL 24.
    """
    known = {one.item: one for one in db.session.scalars(select(PowerUse).where(PowerUse.task_id == task_id, PowerUse.kind == kind))}
    wanted = list(dict.fromkeys(items)) or [ALL_ITEMS]
    powers = {item: _needed(jurisdiction_id, town_id, kind=kind, item=item, on=on) for item in wanted if item not in known}
    uses = [
        PowerUse(power_id=power.id, task_id=task_id, case_id=case_id, kind=kind, item=item, on_day=on, actor_id=actor_id, used_at=at)
        for item, power in powers.items()
    ]
    db.session.add_all(uses)
    db.session.flush(uses)
    return [*(known[item] for item in wanted if item in known), *uses]


def uses_of_case(case_id: int) -> list[PowerUse]:
    return list(db.session.scalars(select(PowerUse).where(PowerUse.case_id == case_id).order_by(PowerUse.id)))


def add_lawful_powers(agency: Organisation, *, at: datetime) -> list[Power]:
    """What a district health authority may do by the law itself. Raises Invalid if they are entered already."""
    return [add_power(_by_law(agency, *row), actor_id=None, at=at) for row in BY_LAW]


# kind, legal basis, in force since, verification mark: "part" where only excerpts were seen
BY_LAW: tuple[tuple[str, str, date, str], ...] = (
    ("inspect", "L:ODL62,63", date(2018, 12, 29), "part"),
    ("penalise", "L:APL17; L:ODL69,70,71,72,73,74,75,77,79,80", date(2021, 7, 15), "part"),
    ("order", "L:APL28; L:ODL63", date(2021, 7, 15), "part"),
    ("register_evidence", "L:APL56", date(2021, 7, 15), "yes"),
    ("control", "L:ODL64; L:AEL18,19,25", date(2018, 12, 29), "part"),
    ("transfer", "L:TR3,5; L:APL27", date(2020, 8, 7), "yes"),
)


def _is_held(grant: Grant) -> bool:
    conditions = [Power.jurisdiction_id == grant.jurisdiction_id, Power.kind == grant.kind]
    conditions.append(Power.town_id == grant.town.id if grant.town else Power.holder_kind == AGENCY)
    return any(_meet(power, grant) for power in db.session.scalars(select(Power).where(*conditions)))


def _meet(power: Power, grant: Grant) -> bool:
    if power.valid_to is not None and power.valid_to < grant.valid_from:
        return False
    if grant.valid_to is not None and grant.valid_to < power.valid_from:
        return False
    return ALL_ITEMS in grant.items or _cover_any(power, grant.items)


def _cover_any(power: Power, items: Iterable[str]) -> bool:
    return any(power.covers(item) for item in items)


def _needed(jurisdiction_id: int, town_id: int | None, *, kind: str, item: str, on: date) -> Power:
    if town_id is None:
        return queries.power_of_agency(jurisdiction_id, kind, item, on) or _refuse(AgencyWithoutPower(on=on, kind=_name(kind), item=item))
    town = db.session.get_one(Town, town_id)
    holder = pick({"zh": town.name_zh, "en": town.name_en})
    power = queries.power_of_town(town_id, kind, item, on)
    return power or _refuse(TownWithoutPower(on=on, holder=holder, kind=_name(kind), item=item))


def _refuse(refusal: DomainError) -> NoReturn:
    raise refusal


def _name(kind: str) -> str:
    return str(POWER_KINDS.get(kind, kind))


def _by_law(agency: Organisation, kind: str, basis: str, valid_from: date, verified: str) -> Grant:
    return Grant(agency.jurisdiction_id, None, kind, (ALL_ITEMS,), basis, None, valid_from, None, verified)


def _stream(power: Power) -> str:
    return f"power:{power.id}"
