"""Read people of a case, masked, and who looked at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select

from webapp.accounts.models import User
from webapp.accounts.places import reaches
from webapp.cases.models import Case
from webapp.cases.people import id_number_index
from webapp.cases.people_forms import kind_names
from webapp.cases.people_models import COMPLAINANT, WORKER, Person
from webapp.cases.protection import (
    HEALTH,
    IDENTITY,
    IDENTITY_READERS,
    INTAKE,
    LIAISONS,
    br_22_known_people,
    br_23_may_reveal,
    kinds_to_add,
    known_to_liaison,
    roles_over,
)
from webapp.cases.queries import visible_cases
from webapp.core.db import db
from webapp.core.errors import Forbidden, NotFound
from webapp.core.permissions import Permission
from webapp.events.models import AccessLog
from webapp.processes.lookups import Choice, Texts
from webapp.processes.models import UserTask
from webapp.processes.people import names_of
from webapp.processes.subjects import Subject

SHOWN_ACCESSES = 100


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody saw ``part`` of a person in full. ``label``: masked."""

    at: datetime
    actor: str
    label: str
    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, masked, with what this reader may do."""

    person: Person
    may_reveal: frozenset[str]
    may_record_consent: bool = False


@dataclass(frozen=True, slots=True)
class PeopleOfCase:
    """``accesses``: empty for readers who do not supervise."""

    rows: list[PersonRow]
    may_add: bool
    accesses: list[Access] = field(default_factory=list)
    shows_accesses: bool = False


def people_of_case(case: Case, user: User) -> PeopleOfCase:
    """What this reader of the case may know of its people: two queries, for supervisors two more."""
    roles = roles_over(user, case)
    people = _people(case.id, roles)
    supervises = reaches(user, Permission.SUPERVISE, case) and bool(roles)
    rows = [_row(person, roles, frozenset()) for person in people]
    return PeopleOfCase(rows, bool(kinds_to_add(roles)), _accesses(case.id, people) if supervises else [], supervises)


def people_for_task(task: UserTask, user: User) -> list[PersonRow]:
    """What the liaison with a task of a leg may know; nothing for other roles."""
    roles = liaison_roles(user, task.case_id)
    if task.case_id is None or not roles:
        return []
    query = select(Person).where(known_to_liaison([task.case_id])).order_by(Person.id)
    return [_row(person, frozenset(), roles) for person in db.session.scalars(query)]


def find_person(person_id: int, user: User) -> tuple[Person, Case, PersonRow]:
    """For readers of the case, and for the liaison of one of its legs. Raises NotFound for everybody else, BR-22 included."""
    found = db.session.get(Person, person_id)
    case = db.session.get(Case, found.case_id) if found else None
    if found is None or case is None:
        raise NotFound
    roles, liaison = roles_over(user, case), liaison_roles(user, case.id)
    conditions = [br_22_known_people(roles)] if roles else []
    conditions += [known_to_liaison([case.id])] if liaison else []
    if not conditions or db.session.scalar(select(Person.id).where(Person.id == person_id, or_(*conditions))) is None:
        raise NotFound
    return found, case, _row(found, roles, liaison)


def liaison_roles(user: User, case_id: int | None) -> frozenset[str]:
    """Roles that decide about people of the case: those of LIAISONS that had a task in one of its legs."""
    groups = [(role, scope) for role, scope in user.candidate_groups if role in LIAISONS]
    if case_id is None or not groups:
        return frozenset()
    mine = or_(*(and_(UserTask.role == role, UserTask.scope == scope) for role, scope in groups))
    return frozenset(db.session.scalars(select(UserTask.role).where(UserTask.case_id == case_id, mine).distinct()))


def people_with_id_number(number: str, user: User) -> list[tuple[Person, Case]]:
    """The same person in the cases one may see, by the blind index. Raises Forbidden for roles that read no identities."""
    if not user.role_codes & IDENTITY_READERS:
        raise Forbidden
    query = select(Person, Case).join(Case, Case.id == Person.case_id).where(Person.id_number_index == id_number_index(number))
    visible = visible_cases(user).with_only_columns(Case.id)
    found = db.session.execute(query.where(Case.id.in_(visible)).order_by(Person.id).limit(50)).tuples().all()
    known = [(person, case, roles_over(user, case)) for person, case in found]
    return [(person, case) for person, case, roles in known if br_23_may_reveal(person, IDENTITY, roles=roles, liaison_roles=())]


def worker_choices(subject: Subject, at: datetime) -> Sequence[Choice]:
    """Workers of the case, for ``reference`` fields, masked."""
    if subject.case_id is None:
        return []
    query = select(Person).where(Person.case_id == subject.case_id, Person.kind == WORKER).order_by(Person.id)
    return [Choice(str(person.id), _label(person)) for person in db.session.scalars(query)]


def worker_labels(values: Sequence[str]) -> Mapping[str, Texts]:
    ids = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]
    people = db.session.scalars(select(Person).where(Person.id.in_(ids), Person.kind == WORKER)).all()
    return {str(person.id): _label(person) for person in people}


def people_for_copies(case_id: int) -> list[Person]:
    """Whom every printed copy may list, masked: complainants never (BR-22), whoever prints."""
    return _people(case_id, frozenset())


def _people(case_id: int, roles: frozenset[str]) -> list[Person]:
    query = select(Person).where(Person.case_id == case_id, br_22_known_people(roles))
    return list(db.session.scalars(query.order_by(Person.id)))


def _row(person: Person, roles: frozenset[str], liaison: frozenset[str]) -> PersonRow:
    parts = [IDENTITY, HEALTH] if person.has_health else [IDENTITY]
    may = frozenset(part for part in parts if br_23_may_reveal(person, part, roles=roles, liaison_roles=liaison))
    consent = person.kind == COMPLAINANT and not person.consents_to_be_named and bool(roles & INTAKE)
    return PersonRow(person, may, consent)


def _accesses(case_id: int, people: Sequence[Person]) -> list[Access]:
    """Views of the people this supervisor may know: those of a complainant would give the complainant away."""
    labels = {f"person:{person.id}": person.label for person in people}
    fields = [f"{key}:{part}" for key in labels for part in (IDENTITY, HEALTH)]
    if not fields:
        return []
    query = select(AccessLog).where(AccessLog.subject == f"case:{case_id}", AccessLog.field.in_(fields))
    rows = db.session.scalars(query.order_by(AccessLog.id.desc()).limit(SHOWN_ACCESSES)).all()
    names = names_of(row.actor_id for row in rows)
    return [_access(row, names, labels) for row in rows]


def _access(row: AccessLog, names: Mapping[int, str], labels: Mapping[str, str]) -> Access:
    key, _, part = row.field.rpartition(":")
    return Access(row.viewed_at, names.get(row.actor_id, ""), labels[key], part, row.reason)


def _label(person: Person) -> Texts:
    kind = kind_names()[person.kind]
    where = f"，{person.relation}" if person.relation else ""
    return {
        "zh": f"{person.label}（{kind['zh']}{where}）",
        "en": f"{person.label} ({kind['en']}{', ' + person.relation if person.relation else ''})",
    }
