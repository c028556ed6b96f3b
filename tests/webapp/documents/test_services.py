"""Documents: drafts change, final ones do not, numbers have no gap."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.documents import stories
from tests.webapp.pages import open_case
from webapp.accounts.models import Organisation
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.documents import errors, services, verify
from webapp.documents.models import Document
from webapp.documents.queries import latest
from webapp.events.models import Event

NEW_YEAR = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight on the first of January 2027, in Shanghai


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


def test_numbers_follow_one_another_per_kind_and_year(case: Any) -> None:
    numbers = [stories.final(case, kind).number for kind in ("D04", "D04", "D05", "D04")]
    year = datetime.now(UTC).astimezone().year
    assert numbers == [f"卫职受〔{year}〕1号", f"卫职受〔{year}〕2号", f"卫职立〔{year}〕1号", f"卫职受〔{year}〕3号"]


def test_the_year_is_the_legal_one_of_making_it_final(case: Any) -> None:
    document = stories.final(case, at=NEW_YEAR)
    assert (document.year, document.serial, document.number) == (2027, 1, "卫职受〔2027〕1号")


def test_a_penalty_paper_names_the_area(case: Any) -> None:
    assert stories.final(case, "D16", at=NEW_YEAR).number == "苏太卫职罚告〔2027〕1号"


def test_the_health_authority_of_the_area_is_the_agency(case: Any) -> None:
    body = db.session.scalars(
        select(Organisation).where(Organisation.jurisdiction_id == case.jurisdiction_id, Organisation.kind == "HEALTH")
    ).one()
    assert stories.final(case, "D16").agency_id == body.id


def test_towns_count_for_themselves(case: Any) -> None:
    own = stories.draft(case, "D11", role="TOWN_ENF")
    other = stories.final(case, "D11", at=NEW_YEAR)
    with transaction():
        services.finalise(own, actor_id=None, at=NEW_YEAR, role="TOWN_ENF")
    assert (own.serial, other.serial) == (1, 1)
    assert own.issuer != other.issuer


def test_a_kind_without_numbers_gets_none(case: Any) -> None:
    document = stories.final(case, "D06")
    assert (document.number, document.state) == (None, "final")


def test_a_number_that_was_not_stored_is_given_again(case: Any) -> None:
    document = stories.draft(case)
    with pytest.raises(OSError, match="crash"), transaction():
        services.finalise(document, actor_id=None, at=NEW_YEAR)
        raise OSError("crash")
    assert stories.final(case, at=NEW_YEAR).serial == 1


def test_a_draft_changes_and_a_final_document_does_not(case: Any) -> None:
    document = stories.draft(case)
    with transaction():
        services.change(document, {"reason": "补充"}, at=NEW_YEAR)
    with transaction():
        services.finalise(document, actor_id=None, at=NEW_YEAR)
    for verb in (
        lambda: services.change(document, {"reason": "改"}, at=NEW_YEAR),
        lambda: services.finalise(document, actor_id=None, at=NEW_YEAR),
    ):
        with pytest.raises(errors.NotADraft), transaction():
            verb()
    assert document.values == {"reason": "补充"}


def test_two_people_with_one_draft_make_it_final_once(case: Any) -> None:
    document = stories.draft(case)
    db.session.expunge(document)
    with transaction():
        services.finalise(db.session.get_one(Document, document.id), actor_id=None, at=NEW_YEAR)
    stale = db.session.merge(document, load=False)
    with pytest.raises(errors.NotADraft), transaction():
        services.finalise(stale, actor_id=None, at=NEW_YEAR)


def test_a_void_document_keeps_its_number(case: Any, cast: Any) -> None:
    first = stories.final(case, at=NEW_YEAR)
    with transaction():
        services.void(first, reason="当事人名称有误", actor_id=cast.hui.id, at=NEW_YEAR)
    assert (first.state, first.serial) == ("void", 1)
    assert stories.final(case, at=NEW_YEAR).serial == 2
    with pytest.raises(errors.AlreadyVoid), transaction():
        services.void(first, reason="再次作废", actor_id=cast.hui.id, at=NEW_YEAR)


def test_a_reason_is_needed(case: Any, cast: Any) -> None:
    document = stories.final(case)
    with pytest.raises(errors.ReasonNeeded), transaction():
        services.void(document, reason="  错 ", actor_id=cast.hui.id, at=NEW_YEAR)
    assert latest(case.id, "D04") == document


def test_what_was_made_final_is_in_the_record(case: Any) -> None:
    document = stories.final(case)
    event = next(row for row in db.session.query(Event).order_by(Event.id.desc()) if row.name == "document.finalised")
    assert event.payload == {"document_id": document.id, "kind": "D04", "number": document.number, "sha256": document.sha256}


def test_a_changed_final_document_is_found(case: Any) -> None:
    document = stories.final(case)
    assert list(verify.problems()) == []
    with transaction():
        document.values = {"reason": "篡改"}
    assert len(list(verify.problems())) == 1


def test_evidence_of_another_case_is_refused(case: Any, cast: Any, employer: Any) -> None:
    other = open_case(employer, cast.ping)
    foreign = stories.added(other, cast.hui)
    with pytest.raises(NotFound):
        stories.draft(case, evidence_ids=[foreign.id])


def test_an_unknown_kind_is_refused(case: Any) -> None:
    with pytest.raises(errors.UnknownKind):
        stories.draft(case, "D99")
