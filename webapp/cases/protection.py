"""Who may learn what about the people of a case. Queries and templates ask here, and nowhere else.

BR-22: a reporter's identity is visible only to intake. Source: Regulation on toxic substances, article 50; domain/02, 2.6. A reporter who
consents in writing may be named to the case officers, nobody else (domain/08 C.7).
BR-23: health data are hidden from roles without need, and each view is logged. Source: PIPL 28, 51, 55; domain/02, 2.6.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_, true

from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.cases.people_models import COMPLAINANT, KINDS, RELATIVE, WORKER, Person
from webapp.core.permissions import Permission, permissions_of

INTAKE = frozenset({"HD_INTAKE"})
CASE_OFFICERS = frozenset({"HD_LEAD", "HD_OFF", "HD_CHIEF"})
TOWN_OFFICERS = frozenset({"TOWN", "TOWN_ENF"})
KEEPERS = INTAKE | CASE_OFFICERS | TOWN_OFFICERS | {"GRID"}  # who writes down whom they met
IDENTITY_READERS = INTAKE | CASE_OFFICERS | TOWN_OFFICERS
HEALTH_READERS = CASE_OFFICERS
HEALTH_LIAISONS = frozenset({"HRSS_INJ", "MED", "CIV"})  # decide about a worker or a family of the case
LIAISONS = HEALTH_LIAISONS | {"TOWN_WIN"}  # the window visits the family: it needs names, not health data
IDENTITY, HEALTH = "identity", "health"
PARTS = (IDENTITY, HEALTH)  # what is revealed at once


def roles_over(user: User, case: Case) -> frozenset[str]:
    """The user's roles that read cases and reach this one. An administrator's reach opens no person."""
    places = {f"j{case.jurisdiction_id}", f"t{case.town_id}", f"g{case.grid_id}"}
    return frozenset(
        held.role for held in user.held if held.scope in places and Permission.READ_CASES in permissions_of(frozenset({held.role}))
    )


def br_22_may_know_complainant(roles: Iterable[str], *, consents: bool) -> bool:
    """BR-22: may these roles over a case know that there is a complainant?"""
    held = frozenset(roles)
    return bool(held & INTAKE) or (consents and bool(held & CASE_OFFICERS))


def br_22_known_people(roles: Iterable[str]) -> ColumnElement[bool]:
    """BR-22 as a condition on the rows of Person, for readers of the case with these roles."""
    held = frozenset(roles)
    others = Person.kind != COMPLAINANT
    if br_22_may_know_complainant(held, consents=False):
        return true()
    if br_22_may_know_complainant(held, consents=True):
        return or_(others, Person.consents_to_be_named.is_(True))
    return others


def br_22_known_to(user: User) -> ColumnElement[bool]:
    """The same for all cases a user reads, as a condition on rows of Person joined with Case."""
    named = and_(Person.consents_to_be_named.is_(True), _in_places(user, CASE_OFFICERS))
    return or_(Person.kind != COMPLAINANT, _in_places(user, INTAKE), named)


def reads_people_of(user: User) -> ColumnElement[bool]:
    """``roles_over`` is not empty, as a condition on rows of Case."""
    return _in_places(user, frozenset(role for role in user.role_codes if Permission.READ_CASES in permissions_of(frozenset({role}))))


def br_23_identity_open_to(user: User) -> ColumnElement[bool]:
    """Cases where the user may read who people are, as a condition on rows of Case. BR-22 comes on top."""
    return _in_places(user, IDENTITY_READERS)


def known_to_liaison(case_ids: Iterable[int]) -> ColumnElement[bool]:
    """What the liaison of a leg of these cases knows: the workers and their families, nobody else."""
    ids = list(case_ids)
    return and_(Person.case_id.in_(ids), Person.kind.in_((WORKER, RELATIVE))) if ids else false()


def br_23_may_reveal(person: Person, part: str, *, roles: Iterable[str], liaison_roles: Iterable[str]) -> bool:
    """BR-22 and BR-23: may the roles over the case, or the liaison's roles in its legs, see this part in full?"""
    held = frozenset(roles)
    if person.kind == COMPLAINANT:
        return part == IDENTITY and br_22_may_know_complainant(held, consents=person.consents_to_be_named)
    readers, liaisons = (HEALTH_READERS, HEALTH_LIAISONS) if part == HEALTH else (IDENTITY_READERS, LIAISONS)
    is_liaison = bool(frozenset(liaison_roles) & liaisons) and person.kind in (WORKER, RELATIVE)
    return is_liaison or bool(held & readers)


def kinds_to_add(roles: Iterable[str]) -> tuple[str, ...]:
    """Kinds of people that somebody with these roles over the case may add; BR-22 keeps complainants to intake."""
    held = frozenset(roles)
    if not held & KEEPERS:
        return ()
    return tuple(kind for kind in KINDS if kind != COMPLAINANT or held & INTAKE)


def _in_places(user: User, roles: frozenset[str]) -> ColumnElement[bool]:
    """Cases where the user holds one of these roles. People are few where cases are many: no index of places is to be begun with."""
    columns = {"j": Case.jurisdiction_id + 0, "t": Case.town_id + 0, "g": Case.grid_id + 0}
    places = {held.scope for held in user.held if held.role in roles and held.scope[0] in columns}
    return or_(*(columns[place[0]] == int(place[1:]) for place in sorted(places))) if places else false()
