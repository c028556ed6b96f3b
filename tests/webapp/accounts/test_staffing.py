"""BR-25: an office and one or two managers for each territory (R-040..R-043, R-143)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from webapp.accounts import queries, services
from webapp.accounts.models import Organisation, Town, User
from webapp.accounts.organisation import BODY_KINDS, OUTSIDE_KINDS, body_kind_name
from webapp.accounts.staffing import TooManyManagers, may_add_manager, staffing
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.permissions import ROLES, Permission, Scope
from webapp.core.role_names import role_name


def shaxi() -> Town:
    return db.session.scalars(select(Town).where(Town.code == "SX")).one()


def person(name: str) -> User:
    return services.create_user(username=name, name_zh=name, name_en=name, password=factories.PASSWORD, actor_id=None, at=clock.now())


def manage(user: User) -> None:
    services.grant_role(user, "TOWN", town_id=shaxi().id, actor_id=None, at=clock.now())


def problems() -> tuple[str, ...]:
    return next(one.problems for one in staffing(shaxi().jurisdiction_id) if one.town.code == "SX")


def test_a_town_without_an_office_or_a_manager_is_named(cast: Any) -> None:
    assert problems() == ("no_office",)
    with transaction():
        services.name_office(shaxi(), " 综合执法局 ", actor_id=cast.admin.id, at=clock.now())
        services.deactivate(cast.tao, actor_id=cast.admin.id, at=clock.now())
    assert shaxi().responsible_office == "综合执法局"
    assert problems() == ("no_manager",)


def test_a_third_manager_is_refused_in_words(cast: Any) -> None:
    with transaction():
        manage(person("second"))
        assert not may_add_manager(shaxi().id)
        with pytest.raises(TooManyManagers, match=r"BR-25.*沙溪"):
            manage(person("third"))
        manage(cast.tao)  # who is one already changes nothing
        services.deactivate(cast.tao, actor_id=None, at=clock.now())
        manage(person("fourth"))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_has_a_name(app: Any, role: str) -> None:
    assert role_name(role) != role


@pytest.mark.parametrize("kind", BODY_KINDS)
def test_every_kind_of_body_has_a_name(app: Any, kind: str) -> None:
    assert body_kind_name(kind) != kind


@pytest.mark.parametrize("role", OUTSIDE_KINDS)
def test_outside_bodies_only_work(role: str) -> None:
    assert ROLES[role] == (Scope.ORGANISATION, frozenset({Permission.WORK}))


def test_reviewers_presiders_and_panels_read_cases_and_open_none() -> None:
    for role in ("HD_REV", "HD_HEAR", "HD_COL", "JM"):
        scope, held = ROLES[role]
        assert scope is Scope.JURISDICTION
        assert Permission.READ_CASES in held
        assert not held & {Permission.START_CASE, Permission.KEEP_EMPLOYERS, Permission.SUPERVISE, Permission.ADMINISTER}


def test_tasks_of_the_new_roles_find_their_people(cast: Any) -> None:
    town = shaxi()
    where = {"jurisdiction_id": town.jurisdiction_id, "town_id": town.id, "grid_id": None}
    for name in ("qin", "fan", "ting", "he3", "wei", "tang", "yi", "yan", "hua", "bao", "lin", "gong", "jian"):
        role = factories.CAST[name][0]
        scope, body_id = queries.candidate_scope(role, **where)
        assert (role, scope) in getattr(cast, name).candidate_groups, name
        assert (body_id is not None) == (role in OUTSIDE_KINDS)


def test_the_health_authority_is_the_districts_own(cast: Any) -> None:
    area = cast.hui.jurisdiction_id
    with transaction() as session:
        session.add(Organisation(code="TC-UPPER", jurisdiction_id=area, kind="HEALTH", level="city", name_zh="市卫健委", name_en="City"))
    found = queries.health_authority(area)
    assert found is not None
    assert found.short_zh == "苏太卫"
