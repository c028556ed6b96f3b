"""BR-22 and BR-23, role by role, and on every page, answer and paper."""

from __future__ import annotations

from typing import Any

import pytest
from flask_babel import force_locale

from tests.webapp.cases.test_people import AT, COMPLAINANT, NAME, NUMBER, WORKER, add
from tests.webapp.pages import Browser, complete_next, open_case, text_of
from webapp.cases import people, people_queries
from webapp.cases.models import Case, Person
from webapp.cases.people import NotToBeRevealed
from webapp.cases.people_forms import person_form
from webapp.cases.protection import HEALTH, IDENTITY, br_23_may_reveal, kinds_to_add, roles_over
from webapp.cases.tab_wording import TABS
from webapp.core.db import transaction
from webapp.core.errors import Forbidden, NotFound
from webapp.dossiers.contents import dossier_of

ROLES = (
    "GRID",
    "TOWN",
    "HD_INTAKE",
    "HD_LEAD",
    "HD_OFF",
    "HD_CHIEF",
    "HD_PRIN",
    "HD_REV",
    "POL",
    "HRSS_INJ",
    "MED",
    "CIV",
    "TOWN_WIN",
    "ADMIN",
)
REASON = {"reason": "核对身份"}


@pytest.fixture
def case(app: Any, employer: Any, cast: Any) -> Case:
    return open_case(employer, cast.ping, source="complaint")


def who_may(kind: str, part: str, *, consents: bool = False) -> set[str]:
    person = Person(kind=kind, consents_to_be_named=consents)
    over = {role for role in ROLES if br_23_may_reveal(person, part, roles={role}, liaison_roles=())}
    legs = {f"leg of {role}" for role in ROLES if br_23_may_reveal(person, part, roles=(), liaison_roles={role})}
    return over | legs


def test_a_worker_is_named_to_those_who_work_on_the_case_and_decide_about_the_worker() -> None:
    legs = {"leg of HRSS_INJ", "leg of MED", "leg of CIV"}
    assert who_may("worker", IDENTITY) == {"HD_INTAKE", "HD_LEAD", "HD_OFF", "HD_CHIEF", "TOWN"} | legs | {"leg of TOWN_WIN"}
    assert who_may("worker", HEALTH) == {"HD_LEAD", "HD_OFF", "HD_CHIEF"} | legs


def test_a_witness_is_not_named_to_other_departments() -> None:
    assert who_may("witness", IDENTITY) == {"HD_INTAKE", "HD_LEAD", "HD_OFF", "HD_CHIEF", "TOWN"}


def test_a_complainant_is_named_to_intake_and_with_written_consent_to_the_case_officers() -> None:
    assert who_may("complainant", IDENTITY) == {"HD_INTAKE"}
    assert who_may("complainant", IDENTITY, consents=True) == {"HD_INTAKE", "HD_LEAD", "HD_OFF", "HD_CHIEF"}
    assert who_may("complainant", HEALTH, consents=True) == set()


def test_only_intake_adds_complainants_and_only_case_officers_write_health_data() -> None:
    assert "complainant" in kinds_to_add({"HD_INTAKE"})
    for role in ROLES:
        assert role == "HD_INTAKE" or "complainant" not in kinds_to_add({role})
    assert "diagnosis" in person_form({"HD_LEAD"}).field_keys
    assert "diagnosis" not in person_form({"TOWN"}).field_keys
    assert kinds_to_add({"HD_PRIN"}) == kinds_to_add({"ADMIN"}) == ()


def test_a_role_elsewhere_opens_nothing_here(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    assert roles_over(cast.zhou, case) == roles_over(cast.admin, case) == roles_over(cast.jing, case) == frozenset()
    for user in (cast.zhou, cast.jing, cast.she, cast.min):
        with pytest.raises(NotFound):
            people_queries.find_person(person.id, user)
    with pytest.raises(Forbidden):
        add(case, cast.zhou, WORKER)


@pytest.mark.parametrize("username", ["ping", "tao", "hui", "chen", "zheng", "zhou", "jing", "admin"])
def test_others_do_not_even_learn_that_there_is_a_complainant(app: Any, cast: Any, case: Case, username: str) -> None:
    person = add(case, cast.an, COMPLAINANT)
    user = getattr(cast, username)
    with pytest.raises(NotFound):
        people_queries.find_person(person.id, user)
    assert people_queries.people_of_case(case, user).rows == []
    browser = Browser(app, username)
    answers = [browser.get(f"/people/{person.id}"), browser.get(f"/people/{person.id + 1000}")]
    assert text_of(answers[0].text) == text_of(answers[1].text)
    assert answers[0].status_code == answers[1].status_code == 404


def test_a_complainant_leaves_no_trace_in_the_cases_page_record_answers_and_dossier(app: Any, cast: Any, case: Case) -> None:
    hui, path = Browser(app, "hui"), f"/cases/{case.case_no}"
    tabs = [f"{path}/{tab}" for tab in TABS if tab != "overview"]
    api = [f"/api/v1{path}{part}" for part in ("", "/events", "/tasks")]
    addresses = (path, *tabs, *api, f"/employers/{case.employer_id}", "/cases", "/")
    before = [text_of(hui.get(address).text) for address in addresses]
    add(case, cast.an, COMPLAINANT)
    assert [text_of(hui.get(address).text) for address in addresses] == before
    for reader in (cast.hui, cast.an):
        printed = dossier(case, reader)
        assert case.case_no in printed
        assert "欧*" not in printed
        assert "举报人、投诉人" not in printed


def test_written_consent_lets_the_case_officers_see_who_complained(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.an, COMPLAINANT)
    with pytest.raises(Forbidden), transaction():
        people.record_consent(person, case, values={"consent_evidence": "同意书"}, actor=cast.hui, at=AT, locale="en")
    with transaction():
        values = {"consent_evidence": "书面同意书，2026年3月4日"}
        people.record_consent(person, case, values=values, actor=cast.an, at=AT, locale="en")
    assert [row.person.id for row in people_queries.people_of_case(case, cast.hui).rows] == [person.id]
    assert people_queries.people_of_case(case, cast.tao).rows == []  # the town is not a case officer


def test_the_dossier_names_people_by_their_mask(app: Any, cast: Any, case: Case) -> None:
    add(case, cast.hui, WORKER)
    printed = dossier(case, cast.hui)
    assert "张* 32**************0X" in printed
    for secret in (NAME, NUMBER, "尘肺"):
        assert secret not in printed


def test_the_liaison_of_a_leg_sees_the_worker_and_nobody_else(app: Any, cast: Any, case: Case) -> None:
    worker, witness = add(case, cast.hui, WORKER), add(case, cast.hui, {"kind": "witness", "name": "王某某"})
    add(case, cast.an, COMPLAINANT)
    task = complete_next(case)
    with transaction() as session:
        task.role, task.scope = "HRSS_INJ", next(scope for role, scope in cast.she.candidate_groups if role == "HRSS_INJ")
        session.flush()
    assert [row.person.id for row in people_queries.people_for_task(task, cast.she)] == [worker.id]
    assert people_queries.people_for_task(task, cast.min) == []
    person, _, row = people_queries.find_person(worker.id, cast.she)
    assert row.may_reveal == {IDENTITY, HEALTH}
    with pytest.raises(NotFound):
        people_queries.find_person(witness.id, cast.she)
    she = Browser(app, "she")
    assert "张*" in she.get(f"/tasks/{task.id}/people").text
    assert NAME in she.send(f"/people/{person.id}", f"/people/{person.id}/reveal/identity", **REASON).text


def test_a_role_without_need_is_refused_in_words(app: Any, cast: Any, case: Case) -> None:
    person = add(case, cast.hui, WORKER)
    with pytest.raises(NotToBeRevealed, match="BR-23"):
        people.reveal(
            person, HEALTH, values=REASON, actor=cast.tao, roles=frozenset({"TOWN"}), liaison_roles=frozenset(), at=AT, locale="en"
        )  # fmt: skip


def dossier(case: Case, reader: Any) -> str:
    """Everything that is printed."""
    with force_locale("zh_Hans_CN"):
        return repr(dossier_of(case, reader=reader, at=AT).document)
