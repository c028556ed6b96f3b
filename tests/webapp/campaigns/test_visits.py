"""What a visit does: it belongs to its town, and a hand-over opens a case. Covers R-094, R-198..R-200, R-205."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError
from sqlalchemy import func, select

from tests.webapp.campaigns.campaigning import AT, CORRECTION, REMARK, RUNNING, add_employers, members, running, task_of, walk, work
from tests.webapp.pages import answers
from webapp.campaigns.errors import CaseNotOpened
from webapp.campaigns.findings import Visit, finding_of
from webapp.campaigns.kinds import all_kinds, find_kind
from webapp.cases import services as cases
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.core.errors import Forbidden, Invalid
from webapp.deadlines.models import Deadline
from webapp.events.verify import problems
from webapp.processes import editions, queries
from webapp.processes.models import FormSubmission
from webapp.processes.said import said_in_case
from webapp.processes.services import start
from webapp.processes.subjects import Subject


@pytest.mark.parametrize(
    ("kind", "element"), [("DUST", "inspect_dust"), ("PLATING", "inspect_plating"), ("AUTOREP", "inspect_auto_repair")]
)
def test_each_kind_has_its_own_checklist(app: Any, cast: Any, kind: str, element: str) -> None:
    add_employers(1, industry="O8111", hazards=["chromium", "silica_dust"])
    member = members(running(cast.hui, kind=kind))[-1]
    work(member, **RUNNING)
    task = task_of(member)
    found = find_kind(kind)
    assert found is not None
    assert (task.element, task.form_key, task.role) == (element, found.checklist, "TOWN")
    form = queries.form_of(task)
    assert form is not None
    assert len([field for field in form.fields if field.key[1:].isdigit()]) == {"DUST": 35, "PLATING": 38, "AUTOREP": 36}[kind]


def test_a_visit_is_the_work_of_the_frozen_town_with_a_time_limit(app: Any, cast: Any, employer: Any) -> None:
    member = next(member for member in members(running(cast.hui)) if member.employer_id == employer.id)
    task = task_of(member)
    assert (task.role, task.scope, task.employer_id, task.case_id) == ("TOWN", f"t{employer.town_id}", employer.id, None)
    assert queries.can_work_on(cast.tao, task)
    assert not queries.can_work_on(cast.zhou, task)
    assert task.due_at is not None
    assert db.session.scalar(select(Deadline.id).where(Deadline.instance_id == member.instance_id, Deadline.ended_at.is_(None)))


def test_nobody_starts_a_visit_by_hand(app: Any, cast: Any, employer: Any) -> None:
    for actor in (cast.hui, cast.tao, cast.admin):
        assert "campaign_visit" not in [definition.key for definition in editions.startable_by(actor)]
        with pytest.raises(Forbidden):
            start("campaign_visit", subject=Subject(employer_id=employer.id), values={}, actor=actor, at=AT, locale="zh")


def test_a_hand_over_opens_a_case_with_what_was_found(app: Any, cast: Any, employer: Any) -> None:
    member = next(member for member in members(running(cast.hui)) if member.employer_id == employer.id)
    walk(member, "handed_over")
    db.session.refresh(member)
    case = db.session.get_one(Case, member.case_id)
    assert (case.employer_id, case.source, case.urgency) == (employer.id, "campaign", "A")
    (said,) = said_in_case(case.id)
    values = said.values
    assert values["signs"] == ["testing"]
    assert values["found_on"] == "2026-03-01"
    for part in ("2026年高危粉尘专项治理", REMARK, "不符合项（1项）", "B06"):
        assert part in values["description"]
    assert [task.element for task in queries.open_tasks_of_case(case.id)] == ["accept"]
    submission = db.session.scalars(select(FormSubmission).where(FormSubmission.instance_id == case.root_instance_id)).one()
    assert submission.actor_id == cast.tao.id
    assert list(problems()) == []


def test_a_hand_over_after_a_failed_correction_opens_a_case_too(app: Any, cast: Any) -> None:
    member = members(running(cast.hui))[0]
    work(member, **RUNNING)
    work(member, **CORRECTION)
    work(member, result="again")
    work(member, result="hand_over", urgency="B", findings="期限已过，仍未指定专人监测，当事人拒不改正。")
    db.session.refresh(member)
    case = db.session.get_one(Case, member.case_id)
    (said,) = said_in_case(case.id)
    assert "拒不改正" in said.values["description"]
    assert "B05" in said.values["description"]


@pytest.mark.parametrize("state", ["passed", "corrected", "not_applicable", "re_check"])
def test_every_other_way_opens_no_case(app: Any, cast: Any, state: str) -> None:
    member = members(running(cast.hui))[0]
    walk(member, state)
    db.session.refresh(member)
    assert member.case_id is None
    assert db.session.scalar(select(func.count(Case.id))) == 0


def test_a_refused_check_can_only_be_handed_over(app: Any, cast: Any) -> None:
    member = members(running(cast.hui))[0]
    work(member, **RUNNING)
    refused = {"employer_response": "refused", "witnesses": "镇街安监办两名工作人员"}
    for conclusion in ("pass", "correction"):
        with pytest.raises(Invalid) as error:
            work(member, conclusion=conclusion, **refused)
        assert error.value.errors.keys() == {"conclusion"}
    work(member, conclusion="hand_over", **refused)
    db.session.refresh(member)
    (said,) = said_in_case(db.session.get_one(Case, member.case_id).id)
    assert (said.values["employer_response"], said.values["witnesses"]) == ("refused", refused["witnesses"])
    assert said.values["signs"] == ["refused_entry"]


@pytest.mark.parametrize(
    ("failed", "answer", "allowed"),
    [
        ("b05", "failed", {"correction", "hand_over"}),
        ("b06", "failed_key", {"hand_over"}),
        ("b05", "met", {"pass", "correction", "hand_over"}),
    ],
)
def test_the_conclusion_must_fit_the_items(app: Any, failed: str, answer: str, allowed: set[str]) -> None:
    content = editions.content_of(editions.active_edition().id)
    for kind in all_kinds():
        form = content.form(kind.checklist)
        accepted = set()
        for conclusion in ("pass", "correction", "hand_over"):
            values = answers(form, conclusion=conclusion, **{failed: answer})
            try:
                form.validate(values, locale="zh", today=AT.date(), lookups=None)
            except ValidationError as error:
                assert error.messages_dict.keys() == {"conclusion"}
            else:
                accepted.add(conclusion)
        assert accepted == allowed


def test_a_lifecycle_that_does_not_take_the_finding_refuses_the_hand_over_whole(
    app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise Invalid({"weather": ["Say how the weather was."]})

    member = members(running(cast.hui))[0]
    work(member, **RUNNING)
    monkeypatch.setattr(cases.processes, "start_all", refuse)
    with pytest.raises(CaseNotOpened, match="weather"):
        work(member, b06="failed_key", conclusion="hand_over")
    assert task_of(member).element == "inspect_dust"


def test_a_checklist_of_an_administrator_that_asks_little_still_makes_a_finding(app: Any, employer: Any) -> None:
    values = finding_of(Visit("治理", employer, None, {"own_item": "failed"}, {}), today=AT.date())
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    assert form is not None
    stored = form.validate(values, locale="zh", today=AT.date(), lookups=None)
    assert (stored["signs"], stored["place"], stored["exposed_workers"]) == (["other"], employer.address, employer.exposed_workers)


def test_a_finding_fits_the_form_even_if_everything_failed(app: Any, employer: Any) -> None:
    content = editions.content_of(editions.active_edition().id)
    form = content.form("visit_plating")
    items = [field for field in form.fields if field.key[1:].isdigit()]
    said = {field.key: field.options[1].value for field in items}
    values = finding_of(Visit("治", employer, form, said | {"remarks": "长" * 1000}, {"situation": "情" * 1000}), today=AT.date())
    stored = editions.start_form(editions.active_edition(), "case_lifecycle")
    assert stored is not None
    assert stored.validate(values, locale="zh", today=AT.date(), lookups=None)["description"].startswith("“治”")
