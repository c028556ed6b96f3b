"""States, packages and messages of referrals, apart from their pages."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.documents import stories as papers
from tests.webapp.pages import open_case
from tests.webapp.referrals.stories import do, open_leg, open_task, refer, send
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.documents import evidence as evidences
from webapp.referrals import package, queries, services
from webapp.referrals.errors import (
    AlreadyReferred,
    NoneNotAllowed,
    NoSuchWay,
    NotInCase,
    PackageIncomplete,
    PackageSealed,
    PaperMissing,
    ReasonMissing,
    ReferralClosed,
    RouteRefused,
    TextMissing,
    WrongItem,
)  # fmt: skip
from webapp.referrals.handlers import states_said
from webapp.referrals.models import Referral
from webapp.referrals.states import CLOSED, ENDED, NEXT, STAGES, STATES, WITHDRAWN

SAID = "已补充材料，请继续办理。"


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


@pytest.mark.parametrize("state", sorted(STATES))
def test_exactly_the_ways_of_the_table_are_open(state: str) -> None:
    for following in STATES:
        referral = Referral(state=state)
        if state in ENDED or following not in {state, *NEXT[state]}:
            with pytest.raises(ReferralClosed if state in ENDED else NoSuchWay):
                services.check_way(referral, [following])
        else:
            services.check_way(referral, [following])


def test_every_state_can_be_reached_and_stands_on_the_stepper() -> None:
    assert {state for states in STAGES for state in states} == STATES
    reached, todo = set(), ["drafted"]
    while todo:
        state = todo.pop()
        reached.add(state)
        todo += [one for one in NEXT[state] if one not in reached]
    assert reached == STATES
    assert {CLOSED, WITHDRAWN} == ENDED


def test_the_states_a_task_reaches_depend_on_its_answers() -> None:
    text = "received accepted?answer=accept|accept_part declined?answer=decline"
    assert states_said(text, {"answer": "accept_part"}) == ["received", "accepted"]
    assert states_said(text, {"answer": "decline"}) == ["received", "declined"]
    assert states_said(text, {}) == ["received"]


def test_a_case_has_one_open_referral_of_a_kind(case: Any) -> None:
    first = refer(case)
    with pytest.raises(AlreadyReferred) as refused:
        refer(case)
    assert "劳动合同与保险" in refused.value.message
    other = refer(case, "radiation_referral")
    assert (first.receiver_role, other.receiver_role) == ("HRSS_INS", "ECO")


def test_after_the_end_the_same_matter_may_be_referred_again(case: Any) -> None:
    first = refer(case)
    with transaction():
        services.end(first, at=clock.now())
    assert refer(case).id != first.id


def test_two_at_the_same_moment_make_one_referral(app: Any, case: Any) -> None:
    case_id, gate, refused = case.id, threading.Barrier(4), []

    def try_it() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    open_leg(db.session.get_one(type(case), case_id), "labour_referral")
            except DomainError as error:
                refused.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Referral).where(Referral.case_id == case_id)) == 1
    assert refused == ["AlreadyReferred"] * 3


def test_a_package_with_a_gap_is_not_sent_and_nothing_is_stored(case: Any) -> None:
    referral = refer(case)
    do(referral, "prepare", evidence_at_hand="yes", evidence_evidence=None)
    do(referral, "approve", decision="approve")
    with pytest.raises(PackageIncomplete) as refused:
        do(referral, "send")
    assert refused.value.params["missing"] == "证据"
    db.session.rollback()
    assert referral.state == "approved"
    assert open_task(referral).element == "send"


def test_a_suspected_crime_needs_all_five_kinds(case: Any) -> None:
    """BR-14; transfer regulation, article 6."""
    referral = refer(case, "police_referral")
    assert package.missing(referral) == ["letter", "investigation_report", "item_list", "expert_reports", "other"]
    with transaction():
        package.add_answers(
            referral, {"materials": ["letter", "report", "items"], "missing_reason": "无检验鉴定"}, actor_id=None, at=clock.now()
        )
    assert package.missing(referral) == []
    reasons = {item.kind: item.none_reason for item in queries.items_of(referral) if item.none_reason}
    assert reasons == {"expert_reports": "无检验鉴定", "other": "无检验鉴定"}


def test_only_reports_and_other_material_may_be_none(case: Any) -> None:
    """domain/08 L-18."""
    referral = refer(case, "police_referral")
    with pytest.raises(NoneNotAllowed):
        package.add_none(referral, "item_list", reason="没有物品", actor_id=None, at=clock.now())
    with pytest.raises(ReasonMissing):
        package.add_none(referral, "other", reason=" 无 ", actor_id=None, at=clock.now())
    with pytest.raises(WrongItem):
        package.add_paper(referral, "record", actor_id=None, at=clock.now())
    assert "item_list" in package.missing(referral)


def test_a_thing_takes_the_place_of_its_absence_and_comes_once(case: Any, cast: Any) -> None:
    referral = refer(case)
    file = papers.added(case, cast.hui)
    with transaction():
        package.add_none(referral, "evidence", reason="尚未取得", actor_id=None, at=clock.now())
        first = package.add_evidence(referral, "evidence", file.id, actor_id=None, at=clock.now())
        again = package.add_evidence(referral, "evidence", file.id, actor_id=None, at=clock.now())
    assert first.id == again.id
    assert [item.evidence_id for item in queries.items_of(referral) if item.kind == "evidence"] == [file.id]


def test_only_what_lies_in_the_case_goes_into_its_package(case: Any, cast: Any, employer: Any) -> None:
    referral, other = refer(case), open_case(employer, cast.ping)
    file, draft = papers.added(other, cast.hui), papers.draft(case)
    gone = papers.added(case, cast.hui)
    with transaction():
        evidences.withdraw(gone, reason="拍错了地方", actor=cast.hui, at=clock.now())
    for evidence_id in (file.id, gone.id, 10**9):
        with pytest.raises(NotInCase):
            package.add_evidence(referral, "evidence", evidence_id, actor_id=None, at=clock.now())
    with pytest.raises(NotInCase):
        package.add_document(referral, "record", draft.id, actor_id=None, at=clock.now())


def test_a_sent_package_is_sealed_until_it_is_returned(case: Any, cast: Any) -> None:
    referral = refer(case)
    send(referral)
    file = papers.added(case, cast.hui)
    with pytest.raises(PackageSealed):
        package.add_evidence(referral, "evidence", file.id, actor_id=None, at=clock.now())
    with pytest.raises(PackageSealed):
        package.remove(referral, queries.items_of(referral)[0].id, actor_id=None, at=clock.now())
    do(referral, "receive", answer="return", missing="请补充现场照片")
    with transaction():
        package.add_evidence(referral, "evidence", file.id, actor_id=cast.hui.id, at=clock.now())
    assert package.missing(referral) == []


def test_both_sides_write_and_nobody_else(case: Any, cast: Any) -> None:
    referral = refer(case)
    send(referral)
    with transaction():
        ours = services.say(referral, SAID, actor=cast.hui, at=clock.now())
        theirs = services.say(referral, SAID, actor=cast.bao, at=clock.now())
    assert (ours.is_ours, theirs.is_ours) == (True, False)
    for stranger in (cast.hua, cast.tao, cast.jing):
        with pytest.raises(Forbidden):
            services.say(referral, SAID, actor=stranger, at=clock.now())
    with pytest.raises(TextMissing):
        services.say(referral, " ", actor=cast.hui, at=clock.now())


def test_evidence_named_in_a_message_can_be_read_by_the_receiver(case: Any, cast: Any) -> None:
    referral, file = refer(case), papers.added(case, cast.hui)
    send(referral)
    with pytest.raises(NotFound):
        queries.packed_evidence(referral, file.id)
    with transaction():
        services.say(referral, SAID, actor=cast.hui, at=clock.now(), evidence_ids=[file.id])
    assert queries.packed_evidence(referral, file.id).id == file.id


def test_a_closed_referral_takes_no_feedback_material_or_state(case: Any, cast: Any) -> None:
    referral = refer(case)
    send(referral)
    with transaction():
        services.end(referral, at=clock.now())
    with pytest.raises(ReferralClosed):
        services.say(referral, SAID, actor=cast.bao, at=clock.now())
    with pytest.raises(ReferralClosed):
        services.move(referral, "feedback_received", actor_id=None, at=clock.now())
    with pytest.raises(ReferralClosed):
        package.add_paper(referral, "evidence", actor_id=None, at=clock.now())


def test_an_answer_on_behalf_needs_the_paper_and_the_case_lead(case: Any, cast: Any) -> None:
    referral, file = refer(case), papers.added(case, cast.hui)
    send(referral)
    task = open_task(referral)
    values = {"received_on": "2026-02-02", "receipt_no": "R-9", "answer": "accept", "contact": "劳动监察 0512-0000"}
    with pytest.raises(PaperMissing):
        services.record_for(referral, task, paper_id=None, values=values, actor=cast.hui, at=clock.now(), locale="zh")
    with pytest.raises(Forbidden):
        services.record_for(referral, task, paper_id=file.id, values=values, actor=cast.tao, at=clock.now(), locale="zh")
    with transaction():
        services.record_for(referral, task, paper_id=file.id, values=values, actor=cast.hui, at=clock.now(), locale="zh")
    assert (referral.state, referral.receipt_evidence_id, task.ended_by_id) == ("accepted", file.id, cast.hui.id)
    assert {row.evidence_id for row in queries.states_of(referral) if row.task_id == task.id} == {file.id}


def test_a_transfer_counts_as_undecided_until_the_police_have_answered(case: Any) -> None:
    """BR-15; transfer regulation, article 11."""
    assert queries.undecided_transfer(case.id) is None
    referral = refer(case, "police_referral")
    assert queries.undecided_transfer(case.id) == referral
    with transaction():
        for state in ("approved", "sent", "received", "concluded"):
            services.move(referral, state, actor_id=None, at=clock.now())
    assert queries.undecided_transfer(case.id) is None


def test_the_receiver_follows_the_dated_table(case: Any, cast: Any) -> None:
    with transaction():
        assert services.load_routes(at=clock.now()) == 8
    assert services.load_routes(at=clock.now()) == 0
    here = case.jurisdiction_id
    with transaction():
        services.add_route(
            "medical_aid", receiver_role="HRSS_INJ", source="太卫健〔2021〕文件", jurisdiction_id=here, valid_from="2026-06-01",
            actor=cast.admin, at=clock.now(),
        )  # fmt: skip
    found = [queries.route_for("medical_aid", place, day) for place, day in (
        (here, date(2026, 5, 31)), (here, date(2026, 6, 1)), (here + 1, date(2026, 6, 1)), (here, date(2020, 1, 1)),
    )]  # fmt: skip
    assert [row and row.receiver_role for row in found] == ["MED", "HRSS_INJ", "MED", None]
    with pytest.raises(RouteRefused):
        services.add_route(
            "medical_aid", receiver_role="TOWN", source="某文件", jurisdiction_id=None, valid_from="2026-06-01", actor=cast.admin,
            at=clock.now(),
        )  # fmt: skip
