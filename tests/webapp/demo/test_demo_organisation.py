"""What the demo district consists of, as far as the two documents name it. R-001..R-008, R-063, R-163..R-167, R-181..R-184."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from webapp import installation
from webapp.accounts import queries
from webapp.accounts.models import Certificate, Jurisdiction, Organisation, Power, Town, User
from webapp.accounts.organisation import BODY_KINDS, TOWN_KINDS
from webapp.accounts.staffing import staffing
from webapp.config import Settings
from webapp.core.db import db, transaction
from webapp.demo import wiping
from webapp.demo.districts import build_people, build_places

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def places(settings: Settings) -> Iterator[None]:
    installation.initialise(settings, at=AT, say=lambda _: None)
    with installation.headless(settings):
        with transaction():
            build_places(at=AT)
            build_people(password="for-fictional-people", at=AT)
        yield


@pytest.mark.usefixtures("places")
def test_the_district_has_the_places_and_bodies_of_the_documents() -> None:
    areas = {area.code: area for area in db.session.scalars(select(Jurisdiction))}
    towns = db.session.scalars(select(Town)).all()
    assert {code: sum(town.jurisdiction_id == area.id for town in towns) for code, area in areas.items()} == {"TC": 8, "SND": 4}
    assert {town.kind for town in towns} <= set(TOWN_KINDS)
    rows = db.session.scalars(select(Organisation)).all()
    assert {row.kind for row in rows} <= set(BODY_KINDS)
    assert all(row.is_demo and "演示" in row.name_zh for row in rows)
    for area, short in (("TC", "苏太卫"), ("SND", "苏虎卫")):
        own = queries.health_authority(areas[area].id)
        assert own is not None
        assert own.short_zh == short
        assert {"SUPERVISION", "CDC", "POL", "ESTABLISHMENT"} <= {row.kind for row in rows if row.jurisdiction_id == areas[area].id}
    upper = next(row for row in rows if row.code == "TC-UPPER")
    assert next(row for row in rows if row.code == "TC-HEALTH").parent_id == upper.id


@pytest.mark.usefixtures("places")
def test_every_place_is_staffed_and_every_officer_has_a_card_but_one() -> None:
    assert [one.town.code for area in db.session.scalars(select(Jurisdiction)) for one in staffing(area.id) if one.problems] == []
    problems = {user.username: queries.certificate_problem(user.id, TODAY) for user in db.session.scalars(select(User)) if needs_card(user)}
    assert {name for name, problem in problems.items() if problem} == {"lu2"}


@pytest.mark.usefixtures("places")
def test_one_town_holds_a_power_that_is_marked_as_ours() -> None:
    power = db.session.scalars(select(Power).where(Power.holder_kind == "town")).one()
    assert (power.verified, power.is_in_force(TODAY)) == ("design", True)
    assert power.note is not None
    assert power.note.startswith("[D]")
    assert db.session.scalar(select(func.count()).select_from(Power).where(Power.holder_kind == "agency")) == 12


@pytest.mark.usefixtures("places")
def test_wiping_takes_the_organisation_with_it() -> None:
    with transaction():
        wiping.wipe(at=AT)
    for model in (Organisation, Town, Power, Certificate, User):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def needs_card(user: User) -> bool:
    return bool(user.role_codes & {"HD_OFF", "HD_LEAD", "HD_CHIEF", "TOWN_ENF"})
