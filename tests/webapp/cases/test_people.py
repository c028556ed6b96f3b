"""People of a case are sealed at rest, revealed with a reason, and every view is noted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text

from tests.webapp.pages import open_case
from webapp.cases import people, people_queries
from webapp.cases.masks import id_number_mask, is_id_number, name_mask
from webapp.cases.models import Case, Person
from webapp.cases.people_forms import catalogue_version
from webapp.cases.protection import HEALTH, IDENTITY, roles_over
from webapp.core.db import db, transaction
from webapp.core.errors import Forbidden, Invalid
from webapp.core.sealing import SealBroken
from webapp.events.models import AccessLog, Event
from webapp.processes import lookups
from webapp.processes.subjects import Subject

AT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
NAME, NUMBER = "张某某", "32000019800101000X"  # area 320000 is a province as a whole: nobody's number begins with it
WORKER = {
    "kind": "worker", "name": NAME, "id_number": NUMBER, "phone": "000-0000-0001", "relation": "打磨工", "diagnosis": "职业性尘肺病壹期",
    "certificate_no": "演诊001", "diagnosed_on": "2026-01-05", "institution": "演示职业病防治院",
}  # fmt: skip
COMPLAINANT = {"kind": "complainant", "name": "欧阳某某", "phone": "000-0000-0002"}


@pytest.fixture
def case(app: Any, employer: Any, cast: Any) -> Case:
    return open_case(employer, cast.ping)


def add(case: Case, actor: Any, values: dict[str, str]) -> Person:
    with transaction():
        return people.add_person(case, values=values, actor=actor, at=AT, locale="en")


def reveal(person: Person, case: Case, actor: Any, part: str, reason: str = "核对诊断证明") -> dict[str, str]:
    roles, liaison = roles_over(actor, case), people_queries.liaison_roles(actor, case.id)
    with transaction():
        return people.reveal(
            person, part, values={"reason": reason}, actor=actor, roles=roles, liaison_roles=liaison, at=AT, locale="en"
        )  # fmt: skip


def everything_stored() -> bytes:
    """Every value of every table as bytes, as a thief of the database would read it."""
    tables = [table.name for table in Person.metadata.sorted_tables]
    cells = [cell for name in tables for row in db.session.execute(text(f'SELECT * FROM "{name}"')) for cell in row]
    return b"\n".join(bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in cells)


def test_masks_tell_people_apart_and_nothing_more() -> None:
    assert (name_mask("张三丰"), name_mask(" 李四 "), name_mask("Jane Doe")) == ("张*", "李*", "J*")
    assert id_number_mask("32000019800101000X") == "32**************0X"


@pytest.mark.parametrize(
    ("number", "is_right"),
    [(NUMBER, True), ("320000198001010011", False), ("32000019800101", False), ("３２０００0198001010011", False), ("x" * 18, False)],
)
def test_an_identity_number_has_a_check_character(number: str, is_right: bool) -> None:
    assert is_id_number(number) is is_right


def test_nothing_of_a_person_is_readable_in_the_database(app: Any, cast: Any, case: Case) -> None:
    add(case, cast.hui, WORKER)
    add(case, cast.an, COMPLAINANT)
    stored = everything_stored()
    for secret in (NAME, NUMBER, "000-0000-0001", "职业性尘肺病壹期", "演诊001", "欧阳某某", "000-0000-0002"):
        assert secret.encode() not in stored
    assert "张*".encode() in stored


def test_what_was_sealed_is_revealed_in_full(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    assert (person.name_mask, person.id_number_mask) == ("张*", "32**************0X")
    assert reveal(person, case, cast.hui, IDENTITY) == {"name": NAME, "id_number": NUMBER, "phone": "000-0000-0001"}
    found = reveal(person, case, cast.hui, HEALTH)
    assert found == {
        "diagnosis": "职业性尘肺病壹期", "certificate_no": "演诊001", "diagnosed_on": "2026-01-05", "institution": "演示职业病防治院",
        "catalogue_version": "2024",
    }  # fmt: skip


def test_a_value_copied_from_another_row_does_not_open(app: Any, cast: Any, case: Case) -> None:
    one, other = add(case, cast.hui, WORKER), add(case, cast.hui, {**WORKER, "name": "李某某"})
    with transaction():
        one.name_sealed, one.health_sealed = other.name_sealed, other.health_sealed
    with pytest.raises(SealBroken):
        people.identity_of(one)
    with pytest.raises(SealBroken):
        people.health_of(one)


def test_each_view_is_noted_with_its_reason(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    for part in (IDENTITY, HEALTH):
        reveal(person, case, cast.chen, part)
    rows = db.session.scalars(select(AccessLog).order_by(AccessLog.id)).all()
    assert [(row.actor_id, row.subject, row.field, row.reason) for row in rows] == [
        (cast.chen.id, f"case:{case.id}", f"person:{person.id}:{part}", "核对诊断证明") for part in (IDENTITY, HEALTH)
    ]
    page = people_queries.people_of_case(case, cast.tao)
    assert [(access.label, access.part) for access in page.accesses] == [(person.label, HEALTH), (person.label, IDENTITY)]
    assert not people_queries.people_of_case(case, cast.hui).shows_accesses  # who does not supervise


def test_a_view_without_a_reason_is_refused_and_nothing_is_noted(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    with pytest.raises(Invalid):
        reveal(person, case, cast.hui, HEALTH, reason=" ")
    assert db.session.scalars(select(AccessLog)).all() == []


def test_the_same_number_is_found_in_the_cases_one_may_see(app: Any, employer: Any, cast: Any, case: Case) -> None:
    first = add(case, cast.hui, WORKER)
    second = add(open_case(employer, cast.ping), cast.tao, {key: WORKER[key] for key in ("kind", "name", "id_number")})
    add(case, cast.an, {**COMPLAINANT, "id_number": NUMBER})
    found = people_queries.people_with_id_number(f" {NUMBER.lower()} ", cast.hui)
    assert [person.id for person, _ in found] == [first.id, second.id]  # not the complainant
    assert people_queries.people_with_id_number("320000199001010010", cast.hui) == []
    assert people_queries.people_with_id_number(NUMBER, cast.zhou) == []
    with pytest.raises(Forbidden):
        people_queries.people_with_id_number(NUMBER, cast.ping)


def test_a_wrong_number_is_refused_in_words(app: Any, cast: Any, case: Case) -> None:
    with force_locale("en"), pytest.raises(Invalid) as caught:
        add(case, cast.hui, {**WORKER, "id_number": "320000198001010011"})
    assert "check character" in caught.value.errors["id_number"][0]
    assert db.session.scalars(select(Person)).all() == []


def test_a_diagnosis_belongs_to_the_catalogue_of_its_day() -> None:
    assert [catalogue_version(day) for day in (date(2025, 7, 31), date(2025, 8, 1))] == ["2013", "2024"]


def test_events_name_no_person(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    event = db.session.scalars(select(Event).where(Event.name == "person.added")).one()
    assert event.payload == {"person_id": person.id}


def test_forms_choose_a_worker_by_the_mask(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    add(case, cast.an, COMPLAINANT)
    subject = Subject(jurisdiction_id=case.jurisdiction_id, town_id=case.town_id, grid_id=case.grid_id, case_id=case.id)
    (choice,) = lookups.sources["workers"].choices(subject, AT)
    assert (choice.value, choice.label["zh"]) == (str(person.id), "张* 32**************0X（劳动者，打磨工）")
    assert lookups.labels_of("workers", [str(person.id), "99"])["99"]["zh"] == "99"
    other = Subject(jurisdiction_id=case.jurisdiction_id, town_id=None, grid_id=None)
    assert lookups.sources["workers"].choices(other, AT) == []
