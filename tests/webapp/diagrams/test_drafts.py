"""A draft becomes an edition through the check and a second person, and nothing that runs is touched."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.diagrams.changing import checked, drafted, published, replaced, submitted
from tests.webapp.pages import complete_next, open_case, open_task
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError
from webapp.diagrams import blanks, checks, differences, queries, services
from webapp.diagrams.errors import (
    BaseMoved,
    FileThere,
    HasErrors,
    NotChecked,
    NothingChanged,
    NotOpen,
    NotSubmitted,
    OwnDraft,
    SameFileChanged,
    SavedMeanwhile,
    UnknownFile,
)
from webapp.diagrams.models import Draft
from webapp.events.models import Event
from webapp.processes import editions
from webapp.processes.models import Edition

LIFECYCLE, CORRECTION = ("bpmn", "case_lifecycle"), ("bpmn", "correction")
PHOTOGRAPH = (
    '<bpmn:userTask id="photograph" name="拍照取证"><bpmn:documentation>Take photographs</bpmn:documentation><bpmn:extensionElements>'
    '<spiffworkflow:properties><spiffworkflow:property name="form" value="photographs" /></spiffworkflow:properties>'
    "</bpmn:extensionElements><bpmn:incoming>to_photograph</bpmn:incoming><bpmn:outgoing>{flow}</bpmn:outgoing></bpmn:userTask>"
    '<bpmn:sequenceFlow id="to_photograph" sourceRef="{start}" targetRef="photograph" />'
)


def renamed(name: str) -> tuple[str, str, bytes]:
    return (*CORRECTION, replaced(*CORRECTION, ('name="责令限期改正"', f'name="{name}"')))


def form_retitled(title: str) -> tuple[str, str, bytes]:
    form = editions.content_of(editions.active_edition().id).form("correction_order")
    return "form", "correction_order", replaced("form", "correction_order", (form.title["zh"], title))


def test_a_change_goes_through_check_and_second_person(app: Any, cast: Any) -> None:
    draft = submitted(cast.admin, renamed("限期改正"))
    assert not draft.problems
    edition = published(draft, cast.admin2)
    assert edition.is_active
    assert edition.published_by_id == cast.admin2.id
    assert draft.edition_id == edition.id
    assert editions.definition(edition, "correction").elements["issue_order"].name == "限期改正"
    names = db.session.scalars(select(Event.name).where(Event.name.like("draft.%") | Event.name.like("edition.%")).order_by(Event.id)).all()
    assert names[-3:] == ["draft.checked_in", "edition.published", "edition.activated"]


def test_whoever_changed_or_submitted_it_does_not_publish_it(app: Any, cast: Any) -> None:
    draft = drafted(cast.admin, renamed("限期改正"))
    with transaction():
        services.submit(draft, actor=cast.admin3, at=clock.now())
    for author in (cast.admin, cast.admin3):
        with pytest.raises(OwnDraft), transaction():
            services.publish(draft, note="", actor=author, at=clock.now())
    assert published(draft, cast.admin2).is_active


def test_errors_keep_a_draft_from_being_submitted_and_warnings_do_not(app: Any, cast: Any) -> None:
    broken = drafted(cast.admin, (*CORRECTION, replaced(*CORRECTION, ('value="correction_order"', 'value="no_such_form"'))))
    with pytest.raises(HasErrors), transaction():
        services.submit(broken, actor=cast.admin, at=clock.now())
    assert {("correction.bpmn", "issue_order")} == {(one["file"], one["element"]) for one in broken.problems}
    warned = drafted(cast.admin, (*CORRECTION, replaced(*CORRECTION, ("<bpmn:documentation>Order to correct</bpmn:documentation>", ""))))
    assert [one["severity"] for one in warned.problems] == ["warning"]
    with transaction():
        services.submit(warned, actor=cast.admin, at=clock.now())


def test_an_unchecked_or_unchanged_draft_is_not_submitted(app: Any, cast: Any) -> None:
    with transaction():
        draft = services.open_draft("x", actor=cast.admin, at=clock.now())
        services.add_copy(draft, *CORRECTION, actor=cast.admin, at=clock.now())
    with pytest.raises(NothingChanged), transaction():
        services.submit(draft, actor=cast.admin, at=clock.now())
    with transaction():
        services.save(draft, *CORRECTION, content=renamed("限期改正")[2], version=1, actor=cast.admin, at=clock.now())
    with pytest.raises(NotChecked), transaction():
        services.submit(draft, actor=cast.admin, at=clock.now())


def test_the_second_saver_of_one_version_is_told_who_was_first(app: Any, cast: Any) -> None:
    draft = drafted(cast.admin, renamed("限期改正"))
    with transaction():
        services.save(draft, *CORRECTION, content=renamed("甲")[2], version=1, actor=cast.admin, at=clock.now())
    with pytest.raises(SavedMeanwhile) as refused, transaction():
        services.save(draft, *CORRECTION, content=renamed("乙")[2], version=1, actor=cast.admin2, at=clock.now())
    assert cast.admin.name_zh in refused.value.message
    assert "甲".encode() in draft.files[0].content


def test_a_submitted_draft_cannot_be_changed_until_it_is_sent_back(app: Any, cast: Any) -> None:
    draft = submitted(cast.admin, renamed("限期改正"))
    with pytest.raises(NotOpen), transaction():
        services.save(draft, *CORRECTION, content=b"<x/>", version=1, actor=cast.admin, at=clock.now())
    with transaction():
        services.send_back(draft, remark="请改名称", actor=cast.admin2, at=clock.now())
    with pytest.raises(NotSubmitted), transaction():
        services.publish(draft, note="", actor=cast.admin2, at=clock.now())
    assert draft.remark == "请改名称"
    with transaction():
        services.save(draft, *CORRECTION, content=renamed("甲")[2], version=1, actor=cast.admin, at=clock.now())


def test_a_discarded_draft_stays_readable_and_takes_no_more_changes(app: Any, cast: Any) -> None:
    draft = drafted(cast.admin, renamed("限期改正"))
    with transaction():
        services.discard(draft, actor=cast.admin, at=clock.now())
    with pytest.raises(NotOpen), transaction():
        services.remove(draft, *CORRECTION, actor=cast.admin, at=clock.now())
    assert draft not in queries.list_drafts()
    assert queries.find_draft(draft.id).files


def test_copies_and_new_files_have_keys_that_fit(app: Any, cast: Any) -> None:
    draft = drafted(cast.admin)
    with pytest.raises(UnknownFile), transaction():
        services.add_copy(draft, "bpmn", "nothing", actor=cast.admin, at=clock.now())
    with pytest.raises(FileThere), transaction():
        services.add_blank(draft, *CORRECTION, name_zh="名", name_en="", actor=cast.admin, at=clock.now())


@pytest.mark.parametrize("kind", ["bpmn", "dmn", "form"])
def test_a_new_file_is_sound_from_the_beginning(app: Any, cast: Any, kind: str) -> None:
    draft = drafted(cast.admin, (kind, "brand_new", blanks.content(kind, "brand_new", name_zh="新<文>件&", name_en='New "file"')))
    assert [one for one in draft.problems if one["severity"] == "error"] == []
    assert {one["rule"] for one in draft.problems} <= {"no-form"}


def test_a_new_case_takes_the_new_step_and_an_old_one_does_not(app: Any, cast: Any, employer: Any) -> None:
    old = open_case(employer, cast.ping)
    form = blanks.content("form", "photographs", name_zh="取证照片", name_en="Photographs")
    edition = published(submitted(cast.admin, (*LIFECYCLE, with_photograph()), ("form", "photographs", form)), cast.admin2)
    new = open_case(employer, cast.ping)
    assert open_task(new).element == "photograph"
    assert open_task(new).form_key == "photographs"
    assert open_task(old).element != "photograph"
    complete_next(new)
    assert open_task(new).element == open_task(old).element
    complete_next(old)
    assert "photograph" not in {open_task(old).element}
    assert queries.running_per_edition()[edition.id] == 1


def test_an_earlier_edition_can_be_activated_again(app: Any, cast: Any, employer: Any) -> None:
    first = editions.active_edition()
    second = published(submitted(cast.admin, renamed("限期改正")), cast.admin2)
    with transaction():
        editions.activate(first, actor_id=cast.admin.id, at=clock.now())
    db.session.expire_all()
    assert (first.is_active, second.is_active) == (True, False)
    assert open_case(employer, cast.ping).root_instance_id is not None
    assert [change.key for change in queries.changes_between(first, second)] == ["correction"]


def test_another_file_moves_on_and_must_be_checked_again(app: Any, cast: Any) -> None:
    mine = submitted(cast.admin, renamed("限期改正"))
    published(submitted(cast.admin, form_retitled("改正通知")), cast.admin2)
    with pytest.raises(BaseMoved) as refused, transaction():
        services.publish(mine, note="", actor=cast.admin2, at=clock.now())
    assert "correction_order.json" in refused.value.message
    checked(mine)
    edition = published(mine, cast.admin2)
    forms = editions.content_of(edition.id)
    assert forms.form("correction_order").title["zh"] == "改正通知"
    assert forms.process("correction").elements["issue_order"].name == "限期改正"


def test_the_same_file_is_refused_until_somebody_says_which_counts(app: Any, cast: Any) -> None:
    mine = submitted(cast.admin, renamed("甲"))
    published(submitted(cast.admin, renamed("乙")), cast.admin2)
    checked(mine)
    with pytest.raises(SameFileChanged) as refused, transaction():
        services.publish(mine, note="", actor=cast.admin2, at=clock.now())
    assert "correction.bpmn" in refused.value.message
    with transaction():
        services.send_back(mine, remark="", actor=cast.admin, at=clock.now())
        services.keep(mine, *CORRECTION, actor=cast.admin, at=clock.now())
    checked(mine)
    with transaction():
        services.submit(mine, actor=cast.admin, at=clock.now())
    assert editions.definition(published(mine, cast.admin2), "correction").elements["issue_order"].name == "甲"


def test_a_check_that_was_overtaken_is_not_kept(app: Any, cast: Any) -> None:
    draft = drafted(cast.admin, renamed("甲"))
    found = checks.check(draft)
    with transaction():
        services.save(draft, *CORRECTION, content=renamed("乙")[2], version=1, actor=cast.admin, at=clock.now())
    with transaction():
        assert not services.store_check(draft, found.problems, digest=found.digest)


def test_two_administrators_who_publish_at_once_never_lose_a_change(app: Any, cast: Any) -> None:
    drafts = [submitted(cast.admin, renamed("限期改正")).id, submitted(cast.admin, form_retitled("改正通知")).id]
    before = db.session.scalar(select(func.count()).select_from(Edition))
    outcomes = _at_once(app, drafts, publisher_id=cast.admin2.id)
    assert sorted(outcomes) == ["BaseMoved", "published"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Edition).where(Edition.is_active)) == 1
    assert db.session.scalar(select(func.count()).select_from(Edition)) == before + 1


def test_one_draft_published_twice_at_once_is_one_edition(app: Any, cast: Any) -> None:
    draft = submitted(cast.admin, renamed("限期改正"))
    assert sorted(_at_once(app, [draft.id] * 3, publisher_id=cast.admin2.id)) == ["NotSubmitted", "NotSubmitted", "published"]


def test_two_activations_at_once_leave_one_active_edition(app: Any, cast: Any) -> None:
    first = editions.active_edition()
    with transaction():
        second = services.publish(submitted(cast.admin, renamed("甲")), note="", actor=cast.admin2, at=clock.now())
    with transaction():
        third = services.publish(submitted(cast.admin, renamed("乙")), note="", actor=cast.admin2, at=clock.now())
    barrier = threading.Barrier(3)
    ids = [first.id, second.id, third.id]
    threads = [threading.Thread(target=_activate, args=(app, edition_id, barrier)) for edition_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Edition).where(Edition.is_active)) == 1


def test_the_difference_names_elements_properties_and_lanes(app: Any) -> None:
    before = replaced(*CORRECTION)
    after = replaced(*CORRECTION, ('value="CORRECT_ORDER"', 'value="DECIDE"'), ('name="复查结果"', 'name="结果"'))
    found = differences.difference(*CORRECTION, before, after)
    assert {(one.element, one.how, detail.name, detail.after) for one in found.changes for detail in one.details} == {
        ("issue_order", "changed", "deadline", "DECIDE"), ("result", "changed", "name", "结果"),
    }  # fmt: skip
    assert found.pictures[1] is not None and 'data-element="issue_order" data-change="changed"' in found.pictures[1]
    moved = replaced(*CORRECTION, ('height="80"', 'height="82"'))
    assert differences.difference(*CORRECTION, before, moved).is_drawing_only


def test_the_difference_of_a_form_is_told_line_by_line(app: Any) -> None:
    before, after = replaced("form", "correction_order"), form_retitled("改正通知")[2]
    found = differences.difference("form", "correction_order", before, after)
    assert found.lines is not None
    assert [line.how for line in found.lines if '"改正通知"' in line.text] == ["added"]
    assert differences.difference("form", "x", b"", b"\n".join(b"1" for _ in range(5000))).lines is None
    assert differences.difference("bpmn", "x", None, b"broken").lines


def with_photograph() -> bytes:
    """The lifecycle with one more step of the patroller right after the start."""
    definition = editions.content_of(editions.active_edition().id).process("case_lifecycle")
    start = next(info.id for info in definition.elements.values() if info.kind == "startEvent")
    content = definition.diagram.decode()
    flow = re.search(rf'<bpmn:sequenceFlow id="(\w+)"[^>]* sourceRef="{start}"', content)
    assert flow
    reference = f"<bpmn:flowNodeRef>{start}</bpmn:flowNodeRef>"
    node = PHOTOGRAPH.format(flow=flow[1], start=start)
    for old, new in (
        (flow[0], flow[0].replace(f'sourceRef="{start}"', 'sourceRef="photograph"')),
        (f"<bpmn:outgoing>{flow[1]}</bpmn:outgoing>", "<bpmn:outgoing>to_photograph</bpmn:outgoing>"),
        (reference, f"{reference}<bpmn:flowNodeRef>photograph</bpmn:flowNodeRef>"),
        ("</bpmn:process>", f"{node}</bpmn:process>"),
    ):
        content = content.replace(old, new, 1)
    return content.encode()


def _at_once(app: Any, draft_ids: list[int], *, publisher_id: int) -> list[str]:
    barrier, outcomes = threading.Barrier(len(draft_ids)), list[str]()
    threads = [threading.Thread(target=_publish, args=(app, draft_id, publisher_id, barrier, outcomes)) for draft_id in draft_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _publish(app: Any, draft_id: int, publisher_id: int, barrier: threading.Barrier, outcomes: list[str]) -> None:
    with app.app_context():
        draft, publisher = db.session.get_one(Draft, draft_id), type("Publisher", (), {"id": publisher_id})()
        barrier.wait()
        try:
            published(draft, publisher)
            outcomes.append("published")
        except DomainError as error:
            outcomes.append(type(error).__name__)
        finally:
            db.session.remove()


def _activate(app: Any, edition_id: int, barrier: threading.Barrier) -> None:
    with app.app_context():
        edition = db.session.get_one(Edition, edition_id)
        barrier.wait()
        with transaction():
            editions.activate(edition, actor_id=None, at=clock.now())
        db.session.remove()


def test_a_rule_of_law_or_a_paper_with_a_misspelt_name_is_not_published(app: Any, cast: Any) -> None:
    wrong = replaced("bpmn", "case_lifecycle", ('value="BR-01 ', 'value="BR-O1 '), ('"D20?decision=penalise', '"D2O?decision=penalise'))
    draft = drafted(cast.admin, ("bpmn", "case_lifecycle", wrong))
    said = " ".join(problem["en"] for problem in draft.problems or ())
    assert "“BR-O1” in “rules”" in said
    assert "“D2O?decision=penalise” in “document”" in said
