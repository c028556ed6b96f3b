"""Every lawful way of service, and what each must show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.documents import files, stories
from tests.webapp.pages import open_case
from webapp.core.db import db, transaction
from webapp.documents import errors, evidence, services
from webapp.documents.queries import is_served, receipts_of_case, served_on
from webapp.documents.serving import Service, ServiceRefused, serve
from webapp.rules.models import TimeLimit
from webapp.rules.queries import forget_rules

MADE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
BY_HAND = Service("direct", "李某某", date(2026, 3, 4))


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


@pytest.fixture
def decision(case: Any) -> Any:
    return stories.final(case, "D20", at=MADE)


def served(document: Any, service: Service) -> Any:
    with transaction():
        return serve(document, service, actor_id=None, at=NOW)


def refused(document: Any, service: Service) -> dict[str, list[str]]:
    with pytest.raises(ServiceRefused) as caught, transaction():
        serve(document, service, actor_id=None, at=NOW)
    assert receipts_of_case(document.case_id) == []
    return caught.value.errors


def test_by_hand_needs_receiver_and_day(decision: Any) -> None:
    receipt = served(decision, BY_HAND)
    assert (receipt.effective_on, decision.state) == (date(2026, 3, 4), "served")
    assert is_served(decision.case_id, "D20", date(2026, 3, 4))
    assert not is_served(decision.case_id, "D20", date(2026, 3, 3))
    assert not is_served(decision.case_id, "D16", date(2026, 3, 4))


def test_nobody_received_it(decision: Any) -> None:
    assert set(refused(decision, replace(BY_HAND, receiver=" "))) == {"receiver"}


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 21)])
def test_service_lies_between_making_and_today(decision: Any, day: date) -> None:
    assert set(refused(decision, replace(BY_HAND, served_on=day))) == {"served_on"}


@pytest.mark.parametrize(
    ("way", "field", "article"),
    [
        ("lien", "witness", "article 61"), ("mail", "tracking_no", "article 61"), ("entrusted", "entrusted_to", "article 61"),
        ("electronic", "confirmation", "article 61"), ("announcement", "reason", "article 95"), ("pigeon", "way", "article 61"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_article(app: Any, decision: Any, way: str, field: str, article: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        found = refused(decision, replace(BY_HAND, way=way))
    assert set(found) == {field}
    assert article in found[field][0]


def test_an_entrusted_service_needs_the_letter_too(decision: Any) -> None:
    assert set(refused(decision, replace(BY_HAND, way="entrusted", entrusted_to="浏河镇人民政府"))) == {"letter_no"}


@pytest.mark.parametrize(
    "more",
    [
        {"way": "lien", "witness": "网格员王某某"},
        {"way": "mail", "tracking_no": "XA12345678944"},
        {"way": "entrusted", "entrusted_to": "浏河镇人民政府", "letter_no": "委函2026-3"},
    ],
)
def test_complete_services_are_recorded(decision: Any, more: dict[str, str]) -> None:
    receipt = served(decision, replace(BY_HAND, **more))
    assert receipt.way == more["way"]
    assert receipt.is_refused == (more["way"] == "lien")
    assert served_on(decision.case_id, "D20") == date(2026, 3, 4)


@pytest.mark.parametrize("way", ["lien", "electronic"])
def test_evidence_may_stand_for_the_witness_and_for_the_confirmation(decision: Any, cast: Any, way: str) -> None:
    shown = stories.added(decision.case, cast.hui)
    assert served(decision, replace(BY_HAND, way=way, evidence_ids=(shown.id,))).evidence_ids == [shown.id]


def test_withdrawn_evidence_confirms_nothing(decision: Any, cast: Any) -> None:
    shown = stories.added(decision.case, cast.hui, files.photo(colour="red"))
    with transaction():
        evidence.withdraw(shown, reason="拍错了材料", actor=cast.hui, at=NOW)
    assert set(refused(decision, replace(BY_HAND, way="electronic", evidence_ids=(shown.id,)))) == {"confirmation"}


def test_an_announcement_counts_after_the_days_of_the_rule(decision: Any) -> None:
    _announcement_days(30)
    receipt = served(decision, replace(BY_HAND, way="announcement", reason="邮寄退回，经营场所已搬空"))
    assert receipt.effective_on == date(2026, 4, 3)
    assert decision.state == "served"
    assert not is_served(decision.case_id, "D20", date(2026, 4, 2))
    assert is_served(decision.case_id, "D20", date(2026, 4, 3))


def test_a_paper_may_be_served_to_several_people(decision: Any) -> None:
    served(decision, BY_HAND)
    served(decision, replace(BY_HAND, receiver="王某某"))
    assert [receipt.receiver for receipt in receipts_of_case(decision.case_id)] == ["李某某", "王某某"]


def test_drafts_and_void_papers_are_not_served(case: Any) -> None:
    draft = stories.draft(case, "D20", at=MADE)
    with pytest.raises(errors.NotFinal), transaction():
        serve(draft, BY_HAND, actor_id=None, at=NOW)


def test_a_served_paper_is_not_voided(decision: Any, cast: Any) -> None:
    served(decision, BY_HAND)
    with pytest.raises(errors.AlreadyServed), transaction():
        services.void(decision, reason="金额有误", actor_id=cast.chen.id, at=NOW)


def _announcement_days(days: int) -> None:
    with transaction():
        rows = db.session.scalars(select(TimeLimit).where(TimeLimit.code == "SERVE_ANNOUNCE")).all()
        for row in rows:
            db.session.delete(row)
        db.session.add(
            TimeLimit(
                code="SERVE_ANNOUNCE", zh="公告送达", en="Announcement", value=days, unit="CD", process="P20", source="L:CPL95",
                verified="yes", rolls=False, valid_from=date(2024, 1, 1), valid_to=None,
            )
        )  # fmt: skip
    forget_rules()
