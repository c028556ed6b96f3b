"""Find people of cases one may see, masked. By the surname whoever sees the masks; by more of the name who may read identities."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager

from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.cases.people_models import RELATIVE, WORKER, Person
from webapp.cases.people_terms import is_surname, person_ids
from webapp.cases.protection import LIAISONS, br_22_known_to, br_23_identity_open_to, reads_people_of
from webapp.core.db import db
from webapp.processes.models import UserTask


def find_people(text: str, *, user: User, limit: int) -> list[tuple[Person, Case]]:
    """With their cases, the newest first. Nothing of a person is opened."""
    ids = person_ids(text)
    if ids is None:
        return []
    query = select(Person, Case).join(Case, Case.id == Person.case_id).join(Case.employer).options(contains_eager(Case.employer))
    query = query.where(Person.id.in_(ids), or_(_of_my_cases(text, user), *_of_my_legs(user)))
    return list(db.session.execute(query.order_by(Person.id.desc()).limit(limit)).tuples())


def _of_my_cases(text: str, user: User) -> ColumnElement[bool]:
    reach = reads_people_of(user) if is_surname(text) else br_23_identity_open_to(user)
    return and_(reach, br_22_known_to(user))


def _of_my_legs(user: User) -> list[ColumnElement[bool]]:
    """Workers and families of the cases in whose legs the user's role had a task."""
    groups = [(role, scope) for role, scope in user.candidate_groups if role in LIAISONS]
    if not groups:
        return []
    mine = or_(*(and_(UserTask.role == role, UserTask.scope == scope) for role, scope in sorted(groups)))
    legs = select(UserTask.case_id).where(UserTask.case_id == Person.case_id, mine)
    return [and_(Person.kind.in_((WORKER, RELATIVE)), legs.exists())]
