"""A task changes hands: taken over, reassigned, delegated and handed back; who loses or gets it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.pages import Browser, answers, complete_next, counted_queries, hidden_values, open_case, open_task, text_of, token_on
from webapp.cases.case_page import case_page
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Forbidden
from webapp.notifications.models import Notice
from webapp.processes import assignments, queries, services
from webapp.processes.candidates import candidates_for
from webapp.processes.errors import (
    AlreadyClaimed,
    AlreadyDelegated,
    AlreadyEnded,
    Delegated,
    NotACandidate,
    NotDelegated,
    NotHeld,
    ReasonMissing,
)
from webapp.processes.models import FormDraft, UserTask

WHY = "Hui is ill today; the hearing is tomorrow."


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    found = open_case(employer, cast.ping)
    while open_task(found).role != "HD_LEAD":
        complete_next(found, conclusion="violation")
    return found


@pytest.fixture
def task(case: Case, cast: Any) -> UserTask:
    """A task of the case leads that hui holds."""
    found = open_task(case)
    do(services.claim, found, actor=cast.hui)
    return found


def do(verb: Callable[..., Any], task: UserTask, **values: Any) -> Any:
    with transaction():
        return verb(db.session.get_one(UserTask, task.id), **values, at=clock.now())


def fresh(task: UserTask) -> UserTask:
    db.session.rollback()
    return db.session.get_one(UserTask, task.id, populate_existing=True)


def told(person: Any) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice.kind).where(Notice.user_id == person.id).order_by(Notice.id)))


def keep_draft(task: UserTask, person: Any, values: dict[str, Any]) -> None:
    do(services.save_draft, task, values=values, actor=person)


def draft(task: UserTask, person: Any) -> dict[str, Any] | None:
    db.session.rollback()
    found = db.session.get(FormDraft, (task.id, person.id), populate_existing=True)
    return found.values if found else None


def text_field(task: UserTask) -> str:
    form = queries.form_of(task)
    assert form is not None
    return next(field.key for field in form.answerable if field.type == "textarea")


def test_taking_over_moves_the_task_and_tells_the_holder(task: UserTask, cast: Any) -> None:
    do(assignments.take_over, task, holder_id=cast.hui.id, reason=WHY, actor=cast.hui2)
    assert fresh(task).assignee_id == cast.hui2.id
    assert told(cast.hui) == ["task.taken_over"]
    assert told(cast.hui2) == []
    kept = assignments.last_handover(task)
    assert kept is not None
    assert (kept.from_id, kept.to_id, kept.remark) == (cast.hui.id, cast.hui2.id, WHY)


def test_the_draft_of_the_holder_stays_theirs(task: UserTask, cast: Any) -> None:
    field = text_field(task)
    keep_draft(task, cast.hui, {field: "typed by hui"})
    do(assignments.take_over, task, holder_id=cast.hui.id, reason=WHY, actor=cast.hui2)
    assert draft(task, cast.hui) == {field: "typed by hui"}
    assert draft(task, cast.hui2) is None


def test_taking_over_needs_a_reason(task: UserTask, cast: Any) -> None:
    for reason in ("", "   ", "x" * 201):
        with pytest.raises(ReasonMissing):
            do(assignments.take_over, task, holder_id=cast.hui.id, reason=reason, actor=cast.hui2)
    assert fresh(task).assignee_id == cast.hui.id


def test_only_a_member_of_the_group_takes_over(task: UserTask, cast: Any) -> None:
    for person in (cast.chen, cast.tao, cast.zhou, cast.jing):
        with pytest.raises(Forbidden):
            do(assignments.take_over, task, holder_id=cast.hui.id, reason=WHY, actor=person)


def test_who_confirmed_another_holder_is_told_who_holds_it_now(task: UserTask, cast: Any) -> None:
    with pytest.raises(AlreadyClaimed, match="hui某某"):
        do(assignments.take_over, task, holder_id=cast.chen.id, reason=WHY, actor=cast.hui2)
    assert fresh(task).assignee_id == cast.hui.id


def test_what_is_free_meanwhile_is_simply_claimed(task: UserTask, cast: Any) -> None:
    do(services.release, task, actor=cast.hui)
    do(assignments.take_over, task, holder_id=cast.hui.id, reason=WHY, actor=cast.hui2)
    assert fresh(task).assignee_id == cast.hui2.id
    assert told(cast.hui) == []


def test_a_completed_task_cannot_change_hands(task: UserTask, cast: Any, case: Case) -> None:
    complete_next(case)
    verbs: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (assignments.take_over, {"holder_id": cast.hui.id, "reason": WHY, "actor": cast.hui2}),
        (assignments.reassign, {"to": cast.hui2, "reason": WHY, "actor": cast.chen}),
        (assignments.delegate, {"to": cast.hui2, "remark": WHY, "actor": cast.hui}),
        (assignments.resolve, {"remark": WHY, "actor": cast.hui}),
    ]
    for verb, values in verbs:
        with pytest.raises(AlreadyEnded):
            do(verb, task, **values)


def test_a_supervisor_gives_the_task_to_somebody_of_the_group(task: UserTask, cast: Any) -> None:
    do(assignments.reassign, task, to=cast.hui2, reason=WHY, actor=cast.chen)
    assert fresh(task).assignee_id == cast.hui2.id
    assert told(cast.hui) == ["task.reassigned"]
    assert told(cast.hui2) == ["task.assigned"]


def test_a_free_task_is_assigned_without_a_reason(case: Case, cast: Any) -> None:
    task = open_task(case)
    do(assignments.reassign, task, to=cast.hui2, reason="", actor=cast.chen)
    assert fresh(task).assignee_id == cast.hui2.id


def test_taking_a_task_from_its_holder_needs_a_reason(task: UserTask, cast: Any) -> None:
    with pytest.raises(ReasonMissing):
        do(assignments.reassign, task, to=cast.hui2, reason=" ", actor=cast.chen)


def test_only_supervisors_of_the_place_reassign_and_only_to_candidates(task: UserTask, cast: Any) -> None:
    for person in (cast.hui, cast.zhou):
        with pytest.raises(Forbidden):
            do(assignments.reassign, task, to=cast.hui2, reason=WHY, actor=person)
    for person in (cast.tao, cast.zhou):
        with pytest.raises(NotACandidate):
            do(assignments.reassign, task, to=person, reason=WHY, actor=cast.chen)


def test_a_supervisor_who_releases_a_task_tells_its_holder(task: UserTask, cast: Any) -> None:
    do(services.release, task, actor=cast.chen)
    assert told(cast.hui) == ["task.released_by"]


def test_candidates_come_with_what_they_have_to_do(task: UserTask, cast: Any) -> None:
    with counted_queries() as statements:
        found = candidates_for([task])
    assert len(statements) == 1
    assert [(one.user_id, one.open_tasks) for one in found] == [(cast.hui2.id, 0), (cast.hui.id, 1)]
    assert [one.user_id for one in candidates_for([task], except_id=cast.hui.id)] == [cast.hui2.id]


def test_a_delegated_task_comes_back_with_remark_and_draft(task: UserTask, cast: Any) -> None:
    field = text_field(task)
    keep_draft(task, cast.hui, {field: "begun"})
    do(assignments.delegate, task, to=cast.hui2, remark="Please gather the papers.", actor=cast.hui)
    assert (fresh(task).assignee_id, fresh(task).owner_id) == (cast.hui2.id, cast.hui.id)
    assert draft(task, cast.hui2) == {field: "begun"}
    keep_draft(task, cast.hui2, {field: "begun and finished"})
    assert [one.id for one in assignments.delegated_by(cast.hui)] == [task.id]
    do(assignments.resolve, task, remark="All there.", actor=cast.hui2)
    assert (fresh(task).assignee_id, fresh(task).owner_id) == (cast.hui.id, None)
    assert draft(task, cast.hui) == {field: "begun and finished"}
    assert told(cast.hui2) == ["task.delegated"]
    assert told(cast.hui) == ["task.resolved"]


def test_who_was_asked_cannot_submit_release_or_delegate_again(task: UserTask, cast: Any) -> None:
    do(assignments.delegate, task, to=cast.hui2, remark="", actor=cast.hui)
    for verb, values, refusal in (
        (services.complete, {"values": {}, "version": None, "locale": "en"}, Delegated),
        (services.release, {}, Delegated),
        (assignments.delegate, {"to": cast.hui, "remark": ""}, AlreadyDelegated),
    ):
        with pytest.raises(refusal):
            do(verb, task, actor=cast.hui2, **values)


def test_the_owner_takes_a_delegated_task_back(task: UserTask, cast: Any) -> None:
    do(assignments.delegate, task, to=cast.hui2, remark="", actor=cast.hui)
    do(assignments.take_over, task, holder_id=cast.hui2.id, reason=WHY, actor=cast.hui)
    assert (fresh(task).assignee_id, fresh(task).owner_id) == (cast.hui.id, None)
    assert told(cast.hui2) == ["task.delegated", "task.taken_over"]
    with pytest.raises(NotDelegated):
        do(assignments.resolve, task, remark=WHY, actor=cast.hui2)


def test_a_supervisor_moves_a_delegated_task_and_both_learn_it(task: UserTask, cast: Any) -> None:
    do(assignments.delegate, task, to=cast.hui2, remark="", actor=cast.hui)
    do(services.release, task, actor=cast.chen)
    assert (fresh(task).assignee_id, fresh(task).owner_id) == (None, None)
    assert told(cast.hui) == ["task.released_by"]
    assert told(cast.hui2) == ["task.delegated", "task.released_by"]


def test_only_the_holder_delegates_and_only_within_the_group(task: UserTask, cast: Any) -> None:
    with pytest.raises(NotHeld):
        do(assignments.delegate, task, to=cast.hui, remark="", actor=cast.hui2)
    with pytest.raises(NotACandidate):
        do(assignments.delegate, task, to=cast.qin, remark="", actor=cast.hui)


def test_an_owner_without_the_role_gets_nothing_back(task: UserTask, cast: Any) -> None:
    do(assignments.delegate, task, to=cast.hui2, remark="", actor=cast.hui)
    with transaction():
        cast.hui.active = False
    do(assignments.resolve, task, remark="All there.", actor=cast.hui2)
    assert (fresh(task).assignee_id, fresh(task).owner_id) == (None, None)


def test_the_timeline_names_both(task: UserTask, cast: Any, case: Case, app: Any) -> None:
    do(assignments.take_over, task, holder_id=cast.hui.id, reason=WHY, actor=cast.hui2)
    do(assignments.delegate, task, to=cast.hui, remark="", actor=cast.hui2)
    do(assignments.resolve, task, remark="Done.", actor=cast.hui)
    do(assignments.reassign, task, to=cast.hui, reason=WHY, actor=cast.chen)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = [sentence.text for sentence in case_page(case, cast.chen).timeline]
    for part in (f"took “{task.name_en}” over from Hui.", f"delegated “{task.name_en}” to Hui.", f"handed “{task.name_en}” back."):
        assert part in said
    assert f"assigned “{task.name_en}” to Hui." in said


def test_claiming_what_a_colleague_holds_asks_for_confirmation(app: Any, task: UserTask, cast: Any) -> None:
    keep_draft(task, cast.hui, {text_field(task): "SECRET-DRAFT"})
    hui2 = Browser(app, "hui2")
    token = token_on(hui2.get("/account").text)
    answer = hui2.post(f"/tasks/{task.id}/claim", csrf_token=token)
    shown = text_of(answer.text)
    assert answer.status_code == 409
    for part in ("Take over from Hui", "has had this task since", "has typed something already", "Why do you take it over?"):
        assert part in shown
    assert "SECRET-DRAFT" not in answer.text
    path = f"/tasks/{task.id}/take-over"
    done = hui2.post(path, **{**hidden_values(answer.text, path), "reason": WHY})
    assert done.status_code == 303
    assert WHY in text_of(hui2.get(done.headers["Location"]).text)
    assert "Hui2 took over" in text_of(Browser(app, "hui").get("/notices").text)


def test_a_confirmation_without_a_reason_keeps_the_page(app: Any, task: UserTask) -> None:
    path = f"/tasks/{task.id}/take-over"
    answer = Browser(app, "hui2").send(path, path, reason=" ")
    assert answer.status_code == 422
    assert "Say in a few words why" in text_of(answer.text)


def test_what_was_typed_for_a_task_somebody_holds_is_kept_as_a_draft(app: Any, case: Case, cast: Any) -> None:
    task = open_task(case)
    hui2 = Browser(app, "hui2")
    hidden = hidden_values(hui2.get(f"/tasks/{task.id}").text, f"/tasks/{task.id}/complete")
    do(services.claim, task, actor=cast.hui)
    field = text_field(task)
    answer = hui2.post(f"/tasks/{task.id}/complete", **hidden, **answers(queries.form_of(task), **{field: "typed by hui2, long enough"}))
    assert answer.status_code == 409
    assert f"/tasks/{task.id}/take-over" in answer.text
    kept = draft(task, cast.hui2)
    assert kept is not None
    assert kept[field] == "typed by hui2, long enough"


def test_who_may_not_use_a_verb_gets_no_page_for_it(app: Any, task: UserTask) -> None:
    asked = (("chen", "take-over", 403), ("hui", "reassign", 403), ("zhou", "take-over", 404), ("zhou", "reassign", 404))
    for username, verb, status in (*asked, ("chen", "delegate", 403)):
        assert Browser(app, username).get(f"/tasks/{task.id}/{verb}").status_code == status, (username, verb)


def test_every_verb_has_a_page_that_does_it(app: Any, task: UserTask, cast: Any) -> None:
    steps = (
        ("chen", "reassign", {"to": str(cast.hui2.id), "reason": WHY}, cast.hui2.id),
        ("hui2", "delegate", {"to": str(cast.hui.id), "reason": "please"}, cast.hui.id),
        ("hui", "resolve", {"reason": "ready"}, cast.hui2.id),
    )
    for username, verb, values, holder in steps:
        browser = Browser(app, username)
        assert f'href="/tasks/{task.id}/{verb}"' in browser.get(f"/tasks/{task.id}").text
        answer = browser.send(f"/tasks/{task.id}/{verb}", f"/tasks/{task.id}/{verb}", **values)
        assert answer.status_code == 303, text_of(answer.text)
        assert fresh(task).assignee_id == holder


def test_a_person_from_elsewhere_cannot_be_chosen_and_is_not_named(app: Any, task: UserTask, cast: Any) -> None:
    with transaction():
        cast.jing.jurisdiction_id = None
    chen = Browser(app, "chen")
    path = f"/tasks/{task.id}/reassign"
    for stranger in (cast.jing.id, 999_999, "x"):
        answer = chen.send(path, path, to=str(stranger), reason=WHY)
        assert answer.status_code == 422
        assert "Choose the person who is to do it" in text_of(answer.text)
        assert "Jing" not in text_of(answer.text)


def test_a_double_click_tells_once(app: Any, task: UserTask, cast: Any) -> None:
    hui2, path = Browser(app, "hui2"), f"/tasks/{task.id}/take-over"
    hidden = hidden_values(hui2.get(path).text, path)
    first, second = (hui2.post(path, **hidden, reason=WHY) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert told(cast.hui) == ["task.taken_over"]


def test_a_delegated_task_is_prepared_and_handed_back_on_its_page(app: Any, task: UserTask, cast: Any) -> None:
    do(assignments.delegate, task, to=cast.hui2, remark="Check the air samples.", actor=cast.hui)
    page = Browser(app, "hui2").get(f"/tasks/{task.id}")
    shown = text_of(page.text)
    assert "Hui delegated this task to Hui2" in shown
    assert "Check the air samples." in shown
    assert "Hand back" in shown
    assert '<button class="btn primary" type="submit">' not in page.text
