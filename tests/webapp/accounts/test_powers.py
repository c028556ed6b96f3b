"""DT9 and BR-17: what towns and agencies may do, by date and matter. Covers R-097."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from webapp.accounts import powers, queries
from webapp.accounts.models import Power, PowerUse, Town
from webapp.accounts.powers import Grant
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Invalid

FIRST, LAST = date(2026, 3, 1), date(2026, 6, 30)
ONE_DAY = timedelta(days=1)
ITEM, OTHER = "V-70-04", "V-71-01"


def shaxi() -> Town:
    return db.session.scalars(select(Town).where(Town.code == "SX")).one()


def grant(**changed: Any) -> Grant:
    town = shaxi()
    plain = {
        "jurisdiction_id": town.jurisdiction_id, "town": town, "kind": "penalise", "items": (ITEM,), "basis": "L:APL24",
        "document_no": "苏〔2026〕1号", "valid_from": FIRST, "valid_to": LAST, "verified": "design",
    }  # fmt: skip
    return Grant(**{**plain, **changed})


def hand_down(**changed: Any) -> Power:
    with transaction():
        return powers.add_power(grant(**changed), actor_id=None, at=clock.now())


def use(cast: Any, *, on: date, town_id: int | None, items: tuple[str, ...] = (ITEM,), kind: str = "penalise") -> list[PowerUse]:
    area = cast.hui.jurisdiction_id
    return powers.use_power(
        jurisdiction_id=area, town_id=town_id, kind=kind, items=items, task_id=7, case_id=3, on=on, actor_id=cast.hui.id, at=clock.now()
    )


@pytest.mark.parametrize(("on", "may"), [(FIRST - ONE_DAY, False), (FIRST, True), (LAST, True), (LAST + ONE_DAY, False)])
def test_a_town_has_the_power_from_its_first_through_its_last_day(cast: Any, on: date, may: bool) -> None:
    hand_down()
    assert queries.town_may(shaxi().id, "penalise", item=ITEM, on=on) is may


def test_a_power_covers_its_town_its_kind_and_its_matters_only(cast: Any) -> None:
    hand_down()
    elsewhere = db.session.scalars(select(Town.id).where(Town.code == "LH")).one()
    assert queries.power_of_town(shaxi().id, "penalise", OTHER, FIRST) is None
    assert queries.power_of_town(shaxi().id, "inspect", ITEM, FIRST) is None
    assert queries.power_of_town(elsewhere, "penalise", ITEM, FIRST) is None


def test_a_town_has_no_power_unless_it_was_handed_down(cast: Any) -> None:
    assert queries.power_of_town(shaxi().id, "penalise", ITEM, FIRST) is None
    with transaction(), pytest.raises(powers.TownWithoutPower, match="BR-17"):
        use(cast, on=FIRST, town_id=shaxi().id)


def test_the_district_acts_under_the_law_since_it_is_in_force(cast: Any) -> None:
    area = cast.hui.jurisdiction_id
    assert queries.power_of_agency(area, "penalise", ITEM, date(2021, 7, 14)) is None
    found = queries.power_of_agency(area, "penalise", ITEM, date(2021, 7, 15))
    assert found is not None
    assert found.organisation_id == queries.health_authority(area).id  # type: ignore[union-attr]
    with transaction(), pytest.raises(powers.AgencyWithoutPower):
        use(cast, on=date(2021, 7, 14), town_id=None)


def test_every_decision_keeps_the_power_it_rests_on_once(cast: Any) -> None:
    hand_down(items=(ITEM, OTHER))
    with transaction():
        first = use(cast, on=FIRST, town_id=shaxi().id, items=(ITEM, OTHER, ITEM))
        again = use(cast, on=FIRST, town_id=shaxi().id, items=(ITEM, OTHER))
    assert [one.item for one in first] == [ITEM, OTHER]
    assert [one.id for one in again] == [one.id for one in first]
    assert [one.power.document_no for one in powers.uses_of_case(3)] == ["苏〔2026〕1号"] * 2


def test_an_act_that_concerns_no_single_matter_needs_a_power_over_every_matter(cast: Any) -> None:
    hand_down()
    with transaction():
        assert use(cast, on=FIRST, town_id=None, items=(), kind="transfer")[0].item == "*"
        with pytest.raises(powers.TownWithoutPower):
            use(cast, on=FIRST, town_id=shaxi().id, items=())


def test_one_matter_without_power_keeps_nothing(cast: Any) -> None:
    hand_down()
    with pytest.raises(powers.TownWithoutPower, match=OTHER), transaction():
        use(cast, on=FIRST, town_id=shaxi().id, items=(ITEM, OTHER))
    assert db.session.scalar(select(func.count()).select_from(PowerUse)) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"document_no": None}, "document_no"), ({"valid_to": FIRST - ONE_DAY}, "valid_to"), ({"items": ()}, "items"),
        ({"kind": "anything"}, "kind"), ({"items": (OTHER, ITEM), "valid_from": LAST, "valid_to": None}, "items"),
        ({"items": ("*",)}, "items"),
    ],
)  # fmt: skip
def test_a_power_that_cannot_be_is_refused_with_its_reason(cast: Any, changed: dict[str, Any], field: str) -> None:
    hand_down()
    with pytest.raises(Invalid) as refused:
        powers.check(grant(**changed))
    assert list(refused.value.errors) == [field]


def test_the_same_power_may_follow_after_the_first_has_ended(cast: Any) -> None:
    hand_down()
    later = hand_down(valid_from=LAST + ONE_DAY, valid_to=None)
    assert queries.power_of_town(shaxi().id, "penalise", ITEM, LAST + ONE_DAY) == later


def test_a_power_ends_on_the_day_named_but_not_before_a_decision_that_rests_on_it(cast: Any) -> None:
    power = hand_down()
    used_on = FIRST + 10 * ONE_DAY
    with transaction():
        use(cast, on=used_on, town_id=shaxi().id)
    with transaction():
        with pytest.raises(powers.PowerInUse):
            powers.end_power(power, last_day=used_on - ONE_DAY, actor_id=None, at=clock.now())
        with pytest.raises(Invalid):
            powers.end_power(power, last_day=LAST + ONE_DAY, actor_id=None, at=clock.now())
        powers.end_power(power, last_day=used_on, actor_id=None, at=clock.now())
    assert queries.power_of_town(shaxi().id, "penalise", ITEM, used_on) == power
    assert queries.power_of_town(shaxi().id, "penalise", ITEM, used_on + ONE_DAY) is None
