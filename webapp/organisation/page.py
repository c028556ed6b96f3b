"""What the pages of the organisation show: places with their staff, bodies, people with certificates, powers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, exists, literal, select, tuple_
from sqlalchemy.orm import joinedload

from webapp.accounts import queries
from webapp.accounts.models import Certificate, Grid, Jurisdiction, Organisation, Power, Town, User
from webapp.accounts.organisation import AGENCY, HEALTH, is_institution
from webapp.accounts.queries import Reach
from webapp.accounts.staffing import Staff, staffing
from webapp.core.db import db
from webapp.core.i18n import gettext, pick
from webapp.core.pagination import BadCursor, Page
from webapp.core.permissions import Scope
from webapp.rules import citing
from webapp.rules.queries import violation_labels

PEOPLE_SHOWN = 50
MAX_DIGITS = 10
EXPIRES_WITHIN = timedelta(days=80)  # ours [D]: time to renew the card


@dataclass(frozen=True, slots=True)
class Places:
    """``grids`` by town id."""

    staff: Sequence[Staff]
    grids: Mapping[int, Sequence[Grid]]

    @property
    def with_problems(self) -> list[Staff]:
        return [one for one in self.staff if one.problems]


@dataclass(frozen=True, slots=True)
class Bodies:
    above: Sequence[Organisation]
    departments: Sequence[Organisation]
    institutions: Sequence[Organisation]


@dataclass(frozen=True, slots=True)
class Person:
    user: User
    reach: Sequence[Reach]
    certificates: Sequence[Certificate]


def visible_areas(user: User) -> list[Jurisdiction]:
    """The jurisdictions whose organisation the user may read: the own one, all for the whole installation's people."""
    query = select(Jurisdiction).order_by(Jurisdiction.id)
    if not any(held.scope == Scope.INSTALLATION for held in user.held):
        query = query.where(Jurisdiction.id == user.jurisdiction_id)
    return list(db.session.scalars(query))


def places(area: Jurisdiction) -> Places:
    grids: dict[int, list[Grid]] = defaultdict(list)
    for grid in db.session.scalars(select(Grid).join(Town).where(Town.jurisdiction_id == area.id).order_by(Grid.code)):
        grids[grid.town_id].append(grid)
    return Places(staffing(area.id), grids)


def bodies(area: Jurisdiction) -> Bodies:
    rows = list(db.session.scalars(select(Organisation).where(Organisation.jurisdiction_id == area.id).order_by(Organisation.id)))
    above = [row for row in rows if row.kind == HEALTH and row.level == "city"]
    institutions = [row for row in rows if is_institution(row.kind)]
    return Bodies(above, [row for row in rows if row not in above and row not in institutions], institutions)


def people(area: Jurisdiction, *, after: str = "", limit: int = PEOPLE_SHOWN) -> Page[Person]:
    """Active accounts of the area, those with a certificate first; keyset by that and id. Raises BadCursor."""
    turn = case((exists().where(Certificate.user_id == User.id), 0), else_=1)
    query = select(User, turn).where(User.jurisdiction_id == area.id, User.active)
    if after:
        query = query.where(tuple_(turn, User.id) > tuple_(*(literal(number) for number in _turn_and_id(after))))
    rows = db.session.execute(query.order_by(turn, User.id).limit(limit + 1)).tuples().all()
    users = [user for user, _ in rows[:limit]]
    reach, held = queries.reaches(users), _certificates_of(users)
    found = [Person(user, reach[user.id], held[user.id]) for user in users]
    return Page(found, f"{rows[limit - 1][1]}.{users[-1].id}" if len(rows) > limit else None)


def powers(area: Jurisdiction) -> list[Power]:
    """Rows of the agency first, then of the towns, the newest first."""
    query = select(Power).where(Power.jurisdiction_id == area.id).options(joinedload(Power.town), joinedload(Power.organisation))
    return list(db.session.scalars(query.order_by(Power.holder_kind, Power.town_id, Power.kind, Power.valid_from.desc(), Power.id)))


def certificate_state(card: Certificate, on: date) -> tuple[str, str]:
    """Tone and sentence of a certificate's tag."""
    if card.is_revoked(on):
        return "bad", gettext("revoked on %(on)s", on=card.revoked_on)
    if card.valid_to < on:
        return "bad", gettext("expired on %(on)s", on=card.valid_to)
    if card.issued_on > on:
        return "", gettext("valid from %(on)s", on=card.issued_on)
    if card.valid_to - on <= EXPIRES_WITHIN:
        return "warn", gettext("expires on %(on)s: %(days)s days left", on=card.valid_to, days=(card.valid_to - on).days)
    return "ok", gettext("valid through %(on)s", on=card.valid_to)


def power_state(power: Power, on: date) -> tuple[str, str]:
    if power.is_in_force(on):
        return "ok", gettext("in force")
    return ("info", gettext("not yet in force")) if power.valid_from > on else ("", gettext("ended"))


def power_holder(power: Power) -> str:
    if power.holder_kind == AGENCY:
        body = power.organisation
        return pick({"zh": body.name_zh, "en": body.name_en}) if body else gettext("Health authority")
    return town_name(power.town) if power.town else ""


def town_name(town: Town) -> str:
    return pick({"zh": town.name_zh, "en": town.name_en})


def item_names(items: Sequence[str]) -> list[str]:
    """Names of the matters; none for every matter."""
    labels = violation_labels([item for item in items if item != "*"])
    return [pick(labels.get(item, {"zh": item, "en": item})) for item in items if item != "*"]


def cited(basis: str) -> str:
    """``L:ODL62,63; L:APL17`` as people cite it; other words stay as they are."""
    return "; ".join(_cited(part.strip()) for part in basis.split(";"))


def _turn_and_id(after: str) -> tuple[int, int]:
    turn, _, number = after.partition(".")
    if turn not in ("0", "1") or not (number.isascii() and number.isdigit() and len(number) < MAX_DIGITS):
        raise BadCursor
    return int(turn), int(number)


def _certificates_of(users: Sequence[User]) -> dict[int, list[Certificate]]:
    held: dict[int, list[Certificate]] = defaultdict(list)
    for card in db.session.scalars(select(Certificate).where(Certificate.user_id.in_([one.id for one in users])).order_by(Certificate.id)):
        held[card.user_id].append(card)
    return held


def _cited(part: str) -> str:
    found = citing.cited_law(part)
    if found is None:
        return part
    law, articles = found
    return gettext("%(law)s, %(articles)s", law=pick(citing.LAWS[law]), articles=citing.listed(articles))
