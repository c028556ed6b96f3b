"""Read the registry of employers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import User
from webapp.accounts.places import reaches, within
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.pagination import TOTAL_CAP, Cursor, Page
from webapp.core.permissions import Permission
from webapp.employers.models import Employer, EmployerRecord
from webapp.employers.records import KINDS
from webapp.employers.term_index import employer_ids


class EmployerLookups:
    """What forms may ask of the registry."""

    def employer_exists(self, employer_id: int) -> bool:
        return db.session.scalar(select(Employer.id).where(Employer.id == employer_id)) is not None


def visible_employers(user: User) -> Select[tuple[Employer]]:
    """Employers in the places of a user whose role reads the registry."""
    return select(Employer).where(within(user, Permission.READ_EMPLOYERS, Employer))


def find_employer(employer_id: int, user: User) -> Employer:
    """Raises NotFound outside what the user may see."""
    query = visible_employers(user).where(Employer.id == employer_id).options(joinedload(Employer.town), joinedload(Employer.grid))
    employer = db.session.scalars(query).one_or_none()
    if employer is None:
        raise NotFound
    return employer


@dataclass(frozen=True, slots=True)
class EmployerFilter:
    """``hazard``: a code of the catalogue; ``key``: "yes" for key employers only; ``status``: "running", "closed" or "" for both."""

    town_id: int | None = None
    grid_id: int | None = None
    industry: str = ""
    hazard: str = ""
    risk_level: int | None = None
    key: str = ""
    status: str = ""

    @property
    def is_set(self) -> bool:
        return self != EmployerFilter()

    def parameters(self) -> dict[str, str | int | None]:
        """As the address of the list has them."""
        return {
            "town": self.town_id, "grid": self.grid_id, "industry": self.industry or None, "hazard": self.hazard or None,
            "risk": self.risk_level, "key": self.key or None, "status": self.status or None,
        }  # fmt: skip

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = {
            Employer.town_id: self.town_id, Employer.grid_id: self.grid_id, Employer.industry: self.industry,
            Employer.risk_level: self.risk_level, Employer.status: self.status,
        }  # fmt: skip
        found: list[ColumnElement[bool]] = [column == value for column, value in columns.items() if value not in (None, "")]
        if self.key:
            found.append(Employer.is_key.is_(True))
        if self.hazard:  # a list of codes in quotes: none is a part of another
            found.append(cast(Employer.hazards, String).contains(f'"{self.hazard}"', autoescape=True))
        return found


def list_employers(
    user: User, *, text: str = "", chosen: EmployerFilter | None = None, after: str | None = None, limit: int = 25
) -> Page[Employer]:
    """In order of registration, keyset by id. ``text``: as ``term_index`` finds employers. Raises BadCursor."""
    rows = visible_employers(user).where(*(chosen or EmployerFilter()).conditions())
    if text.strip():
        rows = rows.where(Employer.id.in_(employer_ids(text, user=user)))
    total = db.session.scalar(select(func.count()).select_from(rows.with_only_columns(Employer.id).limit(TOTAL_CAP + 1).subquery()))
    cursor = Cursor.decode(after)
    if cursor is not None:
        rows = rows.where(Employer.id > cursor.id)
    found = list(db.session.scalars(rows.options(joinedload(Employer.town)).order_by(Employer.id).limit(limit + 1)))
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], Cursor(last.created_at, last.id).encode() if last else None, total)


def find_record(employer: Employer, kind: str, record_id: int) -> EmployerRecord:
    """Raises NotFound for another employer's record, and for a kind that does not exist."""
    if kind not in KINDS:
        raise NotFound
    model = KINDS[kind].model
    row: EmployerRecord | None = db.session.scalars(select(model).where(model.id == record_id, model.employer_id == employer.id)).first()
    if row is None:
        raise NotFound
    return row


def may_keep(user: User, employer: Employer) -> bool:
    """Whether the user keeps the file of this employer: adds records, strikes them out, changes the basic facts."""
    return reaches(user, Permission.KEEP_EMPLOYERS, employer)
