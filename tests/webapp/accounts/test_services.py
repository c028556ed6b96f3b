from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.webapp.accounts.browsing import PASSWORD
from webapp.accounts import commands, queries, services, usernames
from webapp.accounts.models import Jurisdiction, User
from webapp.accounts.queries import PlaceMissing, candidate_scope, find_user, scope_key
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Invalid, NotFound


@pytest.fixture
def inside(site: Flask) -> Iterator[Flask]:
    with site.app_context(), transaction():
        yield site


def create(username: str = "mei", password: str = PASSWORD) -> User:
    return services.create_user(username=username, name_zh="梅", name_en="Mei", password=password, actor_id=None, at=clock.now())


def place(code: str, role: str) -> int:
    return next(iter(queries.place_for(role, code).values()))


def names_in(query: object) -> list[str]:
    return sorted(user.username for user in db.session.scalars(query))  # type: ignore[call-overload]


@pytest.mark.usefixtures("inside")
def test_a_user_name_is_given_once() -> None:
    assert create("Mei").username == "mei"
    with pytest.raises(services.UsernameTaken):
        create("MEI ")


@pytest.mark.parametrize("username", ["", "a", "with space", "梅", "-x", "x" * 65, "a/b", "1st", "A"])
def test_a_strange_user_name_is_not_allowed(username: str) -> None:
    assert not usernames.is_allowed(username)


@pytest.mark.usefixtures("inside")
def test_a_bad_account_is_refused_with_every_reason() -> None:
    with pytest.raises(Invalid) as refused:
        create("a/b", password="short")
    assert set(refused.value.errors) == {"username", "password"}


@pytest.mark.usefixtures("inside")
def test_scope_follows_the_role() -> None:
    places = {"jurisdiction_id": 1, "town_id": 3, "grid_id": 7, "organisation_id": 2}
    scopes = {role: scope_key(role, **places) for role in ("GRID", "TOWN", "HD_CHIEF", "POL", "ADMIN", "OWN_DIAGRAM")}
    assert scopes == {"GRID": "g7", "TOWN": "t3", "HD_CHIEF": "j1", "POL": "o2", "ADMIN": "*", "OWN_DIAGRAM": "j1"}
    with pytest.raises(PlaceMissing):
        scope_key("GRID", town_id=3)


@pytest.mark.usefixtures("inside")
def test_a_membership_has_only_the_place_its_role_needs() -> None:
    held = services.grant_role(create(), "TOWN", town_id=place("TC-LH", "TOWN"), jurisdiction_id=1, actor_id=None, at=clock.now())
    assert (held.scope, held.jurisdiction_id, held.grid_id, held.organisation_id) == (f"t{held.town_id}", None, None, None)


@pytest.mark.usefixtures("inside")
def test_granting_twice_changes_nothing() -> None:
    mei = create()
    first = services.grant_role(mei, "ADMIN", actor_id=None, at=clock.now())
    assert services.grant_role(mei, "ADMIN", actor_id=None, at=clock.now()) is first
    assert mei.role_codes == {"ADMIN"}


@pytest.mark.usefixtures("inside")
def test_a_role_not_held_cannot_be_revoked() -> None:
    with pytest.raises(NotFound):
        services.revoke_role(find_user("tao"), "ADMIN", scope="*", actor_id=None, at=clock.now())


@pytest.mark.usefixtures("inside")
def test_tasks_go_to_the_group_of_their_place() -> None:
    area = place("TC", "HD_LEAD")
    police = place("TC-POL", "POL")
    where = {"jurisdiction_id": area, "town_id": 3, "grid_id": 7}
    assert candidate_scope("GRID", **where) == ("g7", None)
    assert candidate_scope("TOWN", **where) == ("t3", None)
    assert candidate_scope("HD_INTAKE", **where) == (f"j{area}", None)
    assert candidate_scope("POL", **where) == (f"o{police}", police)
    assert candidate_scope("CIV", **where) == (f"j{area}", None)  # nobody answers for it yet
    assert candidate_scope("OWN_DIAGRAM", **where) == (f"j{area}", None)
    assert candidate_scope("OWN_DIAGRAM", jurisdiction_id=None, town_id=None, grid_id=None) == ("*", None)
    assert candidate_scope("GRID", jurisdiction_id=area, town_id=3, grid_id=None) == ("t3", None)


@pytest.mark.usefixtures("inside")
def test_colleagues_see_each_other_and_outside_bodies_only_their_own() -> None:
    other = Jurisdiction(code="SZ", name_zh="苏州", name_en="Suzhou")
    db.session.add(other)
    db.session.flush()
    services.create_user(
        username="far", name_zh="远", name_en="Far", password=PASSWORD, jurisdiction_id=other.id, actor_id=None, at=clock.now()
    )
    assert names_in(queries.visible_users(find_user("tao"))) == ["hui", "lin", "ping", "tao", "zhou"]
    assert names_in(queries.visible_users(find_user("zhou"))) == ["zhou"]
    assert "far" in names_in(queries.visible_users(find_user("lin")))
    assert names_in(queries.visible_users(find_user("far"))) == ["far"]


@pytest.mark.usefixtures("inside")
def test_towns_and_grids_follow_the_roles() -> None:
    for name, towns in {"ping": 1, "tao": 1, "hui": 1, "lin": 1, "zhou": 0}.items():
        assert len(db.session.scalars(queries.visible_towns(find_user(name))).all()) == towns
        assert len(db.session.scalars(queries.visible_grids(find_user(name))).all()) == towns


@pytest.mark.usefixtures("inside")
def test_commands_speak_in_names_and_codes() -> None:
    commands.create("mei", name_zh="梅", name_en="Mei", jurisdiction_code="TC", password=PASSWORD)
    commands.grant("mei", "TOWN", place="TC-LH")
    commands.grant("mei", "HD_CHIEF", place="TC")
    assert "mei\t梅\tactive\tHD_CHIEF 太仓市, TOWN 浏河镇" in list(commands.listing())
    commands.revoke("mei", "TOWN", place="TC-LH")
    commands.revoke("mei", "HD_CHIEF", place=None)
    commands.deactivate("mei")
    assert "mei\t梅\tinactive\t" in list(commands.listing())
    with pytest.raises(PlaceMissing):
        commands.grant("mei", "TOWN", place=None)
    for wrong in (lambda: commands.grant("mei", "TOWN", place="XX"), lambda: commands.grant("nobody", "ADMIN", place=None)):
        with pytest.raises(NotFound):
            wrong()


@pytest.mark.usefixtures("inside")
def test_a_reset_password_keeps_the_rules() -> None:
    assert len(commands.reset_password("tao")) >= 10


@pytest.mark.usefixtures("inside")
def test_a_token_belongs_to_its_user_until_it_is_revoked() -> None:
    tao = find_user("tao")
    token, _ = services.issue_token(tao, at=clock.now())
    assert services.user_of_token(token, at=clock.now()) is tao
    assert services.user_of_token("A" * 43, at=clock.now()) is None
    services.set_password(tao, "another long sentence", actor_id=None, at=clock.now())
    assert services.user_of_token(token, at=clock.now()) is None
