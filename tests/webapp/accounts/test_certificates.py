"""Who may act towards a party: BR-03, by date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests import factories
from webapp.accounts import qualifications, queries
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import Invalid

FIRST, LAST = factories.CERTIFICATE
ONE_DAY = timedelta(days=1)
DAY = date(2026, 3, 4)


def add(user: Any, number: str = "苏01", **days: date) -> Any:
    span = {"issued_on": date(2026, 1, 1), "valid_to": date(2026, 12, 31), **days}
    return qualifications.add_certificate(
        user, number=number, kind="enforcement", issuer="发证机关", source="test", actor_id=None, at=clock.now(), **span
    )


@pytest.mark.parametrize(
    ("on", "problem"), [(FIRST - ONE_DAY, "none"), (FIRST, None), (LAST, None), (LAST + ONE_DAY, "expired")]
)  # fmt: skip
def test_a_certificate_counts_from_its_first_through_its_last_day(cast: Any, on: date, problem: str | None) -> None:
    assert queries.certificate_problem(cast.qin.id, on) == problem
    assert (queries.certificate_of(cast.qin.id, on) is None) == (problem is not None)


def test_an_expired_card_and_a_missing_one_are_told_apart(cast: Any) -> None:
    assert queries.certificate_problem(cast.lu2.id, date(2026, 1, 31)) is None
    assert queries.certificate_problem(cast.lu2.id, date(2026, 2, 1)) == "expired"
    assert queries.certificate_problem(cast.ping.id, DAY) == "none"


def test_a_revoked_card_is_void_from_that_day_on(cast: Any) -> None:
    with transaction():
        card = queries.certificate_of(cast.qin.id, DAY)
        assert card is not None
        qualifications.revoke_certificate(card, on=DAY, actor_id=cast.admin.id, at=clock.now())
    assert queries.certificate_problem(cast.qin.id, DAY - ONE_DAY) is None
    assert queries.certificate_problem(cast.qin.id, DAY) == "revoked"
    with transaction(), pytest.raises(qualifications.AlreadyRevoked):
        qualifications.revoke_certificate(card, on=DAY, actor_id=cast.admin.id, at=clock.now())


def test_a_new_card_takes_the_place_of_an_expired_one(cast: Any) -> None:
    with transaction():
        add(cast.lu2, issued_on=date(2026, 2, 1))
    assert queries.certificate_problem(cast.lu2.id, DAY) is None


def test_a_number_is_entered_once_and_the_days_must_agree(cast: Any) -> None:
    with transaction():
        add(cast.ping)
        with pytest.raises(qualifications.NumberTaken):
            add(cast.tao, " 苏01 ")
        with pytest.raises(Invalid):
            add(cast.tao, "苏02", valid_to=date(2025, 12, 31))
        with pytest.raises(Invalid):
            qualifications.revoke_certificate(add(cast.tao, "苏03"), on=date(2025, 12, 31), actor_id=None, at=clock.now())


def test_officers_of_the_district_are_those_with_a_valid_card(cast: Any) -> None:
    area, town = cast.hui.jurisdiction_id, cast.wei.memberships[0].town_id
    assert {one.user_id for one in queries.officers_in(area, DAY)} == {cast.hui.id, cast.hui2.id, cast.qin.id, cast.lu.id}
    assert cast.wei.id in {one.user_id for one in queries.officers_in(area, DAY, town_id=town)}
    found = queries.officers_in(area, DAY)[0]
    assert (found.certificate_no, found.valid_to) == ("TEST-hui", LAST)


def test_a_form_offers_the_others_with_the_reason_why_not(cast: Any) -> None:
    choices = {one.value: one for one in queries.officer_choices(cast.hui.jurisdiction_id, DAY)}
    assert choices[str(cast.qin.id)].refusal is None
    refusal = choices[str(cast.lu2.id)].refusal
    assert refusal == {"zh": "执法证件已过期", "en": "the certificate has expired"}
    labels = queries.officer_labels([str(cast.qin.id), "nobody", "9" * 40])
    assert labels == {str(cast.qin.id): {"zh": "qin某某", "en": "Qin"}}
    assert queries.names(cast.qin.id) in {"qin某某", "Qin"}
