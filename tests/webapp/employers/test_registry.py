"""The registry: each role sees its places, a credit code is there once, lists go on where they stopped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests import factories
from webapp.accounts import services as accounts
from webapp.accounts.models import Grid
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.core.pagination import BadCursor
from webapp.employers import catalogue, queries
from webapp.employers.models import Employer
from webapp.employers.services import CreditCodeTaken, register_employer
from webapp.events.models import Event, EventStream

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def register(number: int, name: str = "太仓澄岚石材有限公司(演示)") -> Employer:
    grid = db.session.scalars(select(Grid).where(Grid.code == "SX-01")).one()
    return register_employer(
        grid=grid, credit_code=f"DEMO9{number:013d}", name=name, address="沙溪演示路9号", industry="C303", hazards=["silica_dust"],
        workers=20, exposed_workers=8, actor_id=None, at=AT,
    )  # fmt: skip


def seen(user: Any) -> set[int]:
    return set(db.session.scalars(queries.visible_employers(user).with_only_columns(Employer.id)))


def test_people_see_the_employers_of_their_place(app: Any, cast: Any) -> None:
    foundry, garage = factories.foundry().id, factories.garage().id
    assert seen(cast.ping) == seen(cast.tao) == {foundry}
    assert seen(cast.zhou) == {garage}
    assert seen(cast.hui) == seen(cast.admin) == {foundry, garage}
    assert seen(cast.jing) == set()  # the police see what was sent to them, not the registry
    with pytest.raises(NotFound):
        queries.find_employer(garage, cast.tao)


def test_a_role_that_does_not_read_the_registry_opens_no_place_by_another_role(app: Any, cast: Any) -> None:
    with transaction():
        accounts.grant_role(cast.ping, "EXPERT", jurisdiction_id=cast.ping.jurisdiction_id, actor_id=None, at=AT)
    assert seen(cast.ping) == {factories.foundry().id}


def test_a_new_employer_is_found_and_recorded(app: Any, cast: Any) -> None:
    with transaction():
        employer = register(1)
    assert queries.find_employer(employer.id, cast.tao).town.code == "SX"
    found = db.session.scalars(select(Event).join(EventStream).where(EventStream.key == f"employer:{employer.id}")).one()
    assert (found.name, found.payload) == ("employer.registered", {"credit_code": employer.credit_code})


def test_a_credit_code_is_registered_once(app: Any) -> None:
    with transaction():
        register(1)
    with pytest.raises(CreditCodeTaken), transaction():
        register(1, name="太仓朔川石材有限公司(演示)")


def test_pages_follow_each_other_without_gap_or_repetition(app: Any, cast: Any) -> None:
    with transaction():
        made = [register(number).id for number in range(7)]
    found: list[int] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = queries.list_employers(cast.tao, text="石材", after=after, limit=3)
        found, after, pages = [*found, *(employer.id for employer in page.items)], page.next, pages + 1
    assert (found, pages, page.total) == (made, 3, 7)
    with pytest.raises(BadCursor):
        queries.list_employers(cast.tao, after="nonsense")


@pytest.mark.parametrize("text", ["%", "_", "100%", "\\", "'; --", "名" * 500])
def test_signs_in_a_search_are_only_text(app: Any, cast: Any, text: str) -> None:
    assert queries.list_employers(cast.hui, text=text).items == []


def test_a_whole_credit_code_finds_its_employer_in_any_case(app: Any, cast: Any) -> None:
    code = factories.foundry().credit_code
    assert [row.credit_code for row in queries.list_employers(cast.hui, text=f" {code.lower()} ").items] == [code]


def test_names_are_there_in_both_languages() -> None:
    for names in (*catalogue.HAZARDS.values(), *catalogue.INDUSTRIES.values()):
        assert names.keys() == {"zh", "en"}
        assert all(names.values())


@given(st.text(max_size=12))
def test_an_unknown_code_is_shown_as_it_is(code: str) -> None:
    if code not in catalogue.HAZARDS:
        assert catalogue.hazard_names(code) == {"zh": code, "en": code}
