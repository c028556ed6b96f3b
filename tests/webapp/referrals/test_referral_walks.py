"""The three diagrams from the first draft to their ends, and what the referral says meanwhile. Covers R-064, R-070, R-071, R-073, R-077."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.pages import open_case
from tests.webapp.referrals.stories import do, open_task, refer, send
from webapp.cases.queries import parties_of
from webapp.core.db import db
from webapp.documents.queries import latest
from webapp.processes.models import ProcessInstance
from webapp.referrals import queries
from webapp.referrals.models import Referral

KEYS = ("poisoning_referral", "radiation_referral", "labour_referral")
CLOCKS = {"poisoning_referral": "ACC_REPORT", "radiation_referral": "ECO_ANSWER", "labour_referral": "LSI"}


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


def begin(case: Any, key: str) -> Referral:
    referral = refer(case, key)
    if key == "poisoning_referral":
        do(referral, "report_accident", poisoned="3", dead="1")
    return referral


def handle(referral: Referral, key: str) -> None:
    do(referral, "handle")
    if key == "poisoning_referral":
        do(referral, "reply")


def end_of(referral: Referral) -> str | None:
    return db.session.get_one(ProcessInstance, referral.instance_id).end_element


@pytest.mark.parametrize("key", KEYS)
def test_an_accepted_referral_is_handled_read_and_closed(case: Any, key: str) -> None:
    referral = begin(case, key)
    assert referral.state == "drafted"
    send(referral)
    assert (referral.state, referral.sent_at is not None) == ("sent", True)
    do(referral, "receive", answer="accept", receipt_no="R-1")
    assert (referral.state, referral.receipt_no) == ("accepted", "R-1")
    handle(referral, key)
    assert referral.state == "concluded"
    do(referral, "read", next="close")
    assert (referral.state, end_of(referral)) == ("closed", "concluded")
    reached = [row.state for row in queries.states_of(referral)]
    assert reached == [
        "drafted", "approved", "sent", "received", "accepted", "in_progress", "concluded", "feedback_received", "closed",
    ]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_the_receiver_has_the_clock_of_its_own_law(case: Any, key: str) -> None:
    referral = begin(case, key)
    send(referral)
    do(referral, "receive", answer="accept")
    from webapp.deadlines.queries import deadlines_of_case

    running = {row.code for row in deadlines_of_case(case.id) if row.instance_id == referral.instance_id and row.is_open}
    assert running == {CLOCKS[key]}


def test_a_declined_referral_comes_back_with_its_reason(case: Any) -> None:
    referral = begin(case, "poisoning_referral")
    send(referral)
    do(referral, "receive", answer="decline", reason="不属于生产安全事故")
    assert referral.state == "declined"
    assert queries.states_of(referral)[-1].reason == "不属于生产安全事故"
    do(referral, "read", next="clue")
    assert (referral.state, end_of(referral)) == ("closed", "declined")


def test_a_referral_passed_on_names_where_to(case: Any) -> None:
    referral = refer(case)
    send(referral)
    do(referral, "receive", answer="forward", forwarded_to="浏河镇劳动监察中队", reason="不属本辖区")
    assert queries.messages_of(referral)[-1].text == "浏河镇劳动监察中队"
    do(referral, "read", next="close")
    assert end_of(referral) == "forwarded"


def test_an_incomplete_package_is_supplemented_and_sent_again(case: Any) -> None:
    referral = refer(case)
    send(referral)
    first = referral.sent_at
    do(referral, "receive", answer="return", missing="请补充劳动合同复印件")
    assert referral.state == "returned_for_supplement"
    do(referral, "supplement", supplement="已补充劳动合同复印件三份")
    assert referral.state == "sent"
    assert first is not None and referral.sent_at is not None and referral.sent_at >= first
    assert [(one.kind, one.is_ours) for one in queries.messages_of(referral)] == [("supplement_request", False), ("supplement", True)]
    assert open_task(referral).element == "receive"


def test_a_referral_that_is_not_approved_is_withdrawn_and_was_never_seen_by_its_receiver(case: Any, cast: Any) -> None:
    referral = refer(case)
    do(referral, "prepare")
    do(referral, "approve", decision="refuse", reason="不属移送事项")
    assert (referral.state, end_of(referral), referral.sent_at) == ("withdrawn", "withdrawn", None)
    assert db.session.scalars(queries.visible_referrals(cast.bao)).all() == []


def test_a_draft_may_go_back_and_be_approved_later(case: Any) -> None:
    referral = refer(case)
    do(referral, "prepare")
    do(referral, "approve", decision="return", reason="请写明依据")
    assert (referral.state, open_task(referral).element) == ("drafted", "prepare")
    send(referral)
    assert referral.state == "sent"


def test_the_letter_is_made_by_the_sending_step_and_lies_in_the_package(case: Any) -> None:
    referral = refer(case)
    send(referral)
    letter = latest(case.id, "D26")
    assert letter is not None
    assert [item.document_id for item in queries.items_of(referral) if item.kind == "letter"] == [letter.id]


def test_the_receiver_becomes_a_party_once(case: Any) -> None:
    referral = refer(case)
    assert [party.organisation_id for party in parties_of(case)].count(referral.receiver_id) == 1


def test_a_referral_ends_with_its_process_whatever_it_had_reached(case: Any) -> None:
    from webapp.referrals.handlers import end_with_process

    referral = refer(case)
    instance = db.session.scalars(select(ProcessInstance).where(ProcessInstance.id == referral.instance_id)).one()
    end_with_process(instance, instance.started_at)
    assert (referral.state, referral.is_open) == ("withdrawn", False)
