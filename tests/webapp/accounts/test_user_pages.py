"""Administrators look after accounts on pages: every change is on record with its reason."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from tests.webapp.pages import Browser, counted_queries, open_case, open_task, outside, text_of, token_on
from webapp.accounts import services as accounts
from webapp.accounts.administrators import LastAdministrator, OwnAccount
from webapp.accounts.models import Membership, User, WebSession
from webapp.accounts.services import Terms
from webapp.accounts.sweeps import take_expired_roles
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Invalid
from webapp.events.models import Event, EventStream
from webapp.processes import services as processes

REASON = "人事文件2026年第8号"
NEW = {"username": "xin", "name_zh": "新同志", "name_en": "Xin", "area": "TC", "reason": REASON}


def user(username: str) -> User:
    """As stored now."""
    db.session.rollback()
    return found(username)


def found(username: str) -> User:
    """The same inside a transaction."""
    return db.session.scalars(select(User).where(User.username == username)).one()


def last_event(user_id: int) -> Event:
    db.session.rollback()
    query = select(Event).join(EventStream, EventStream.id == Event.stream_id).where(EventStream.key == f"account:{user_id}")
    return db.session.scalars(query.order_by(Event.seq.desc()).limit(1)).one()


def act(admin: Browser, path: str, **values: str) -> Any:
    return admin.send(path, path, **{"reason": REASON, **values})


def test_the_list_is_searched_and_narrowed(app: Any, cast: Any) -> None:
    admin = Browser(app, "admin")
    town = next(held.town_id for held in cast.tao.memberships)
    assert ">tao<" in admin.get("/users?q=ta").text
    assert ">ping<" not in admin.get("/users?q=ta").text
    here = admin.get(f"/users?place=t{town}").text
    assert ">tao<" in here and ">ping<" in here and ">zhou<" not in here
    assert ">zhou<" in admin.get("/users?role=TOWN&q=zhou").text
    assert "No account found" in admin.get("/users?state=closed").text
    assert admin.get("/users?role=NOBODY&place=t99999&state=x").status_code == 200


def test_the_list_has_pages(app: Any, cast: Any) -> None:
    admin = Browser(app, "admin")
    names: list[str] = []
    path = "/users"
    while path:
        page = admin.get(path).text
        names += re.findall(r'<span class="num">([a-z0-9]+)</span></span></td>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert names == sorted(vars(cast))


def test_the_pages_need_few_queries(app: Any, cast: Any) -> None:
    admin = Browser(app, "admin")
    for path in ("/users", f"/users/{cast.tao.id}"):
        admin.get(path)
        with counted_queries() as statements:
            assert admin.get(path).status_code == 200
        assert len(statements) <= 12, statements


def test_a_new_account_gets_a_role_and_a_one_time_password_and_chooses_its_own(app: Any, cast: Any) -> None:
    admin = Browser(app, "admin")
    made = admin.send("/users/new", "/users/new", **NEW)
    assert made.status_code == 303
    new = user("xin")
    granted = act(admin, f"/users/{new.id}/roles/TOWN", place="LH")
    assert granted.status_code == 303
    answer = act(admin, f"/users/{new.id}/password")
    secret = re.search(r'translate="no">([^<]+)<', answer.text)
    assert secret is not None
    assert secret[1] not in admin.get(f"/users/{new.id}").text
    person = app.test_client()
    token = token_on(outside(person.get, "/sign-in").text)
    outside(person.post, "/sign-in", data={"csrf_token": token, "username": "xin", "password": secret[1]})
    assert outside(person.get, "/cases").headers["Location"] == "/account"
    token = token_on(outside(person.get, "/account").text)
    own = {"csrf_token": token, "current": secret[1], "new": "my own long sentence", "repeat": "my own long sentence"}
    assert outside(person.post, "/account/password", data=own).status_code == 303
    assert outside(person.get, "/cases").status_code == 200


def test_what_cannot_be_an_account_says_why_and_keeps_what_was_typed(app: Any, cast: Any) -> None:
    admin = Browser(app, "admin")
    taken = admin.send("/users/new", "/users/new", **{**NEW, "username": "tao"})
    assert taken.status_code == 409
    assert "Choose another one" in text_of(taken.text)
    assert "新同志" in taken.text
    no_reason = admin.send("/users/new", "/users/new", **{**NEW, "reason": ""})
    assert no_reason.status_code == 422


def test_every_change_is_on_record_with_its_reason(app: Any, cast: Any) -> None:
    admin, tao = Browser(app, "admin"), cast.tao
    held = tao.memberships[0]
    for path, name in (
        (f"/users/{tao.id}/names", "account.changed"),
        (f"/users/{tao.id}/roles/TOWN_ENF", "account.role_granted"),
        (f"/users/{tao.id}/memberships/{held.id}/revoke", "account.role_revoked"),
        (f"/users/{tao.id}/deactivate", "account.deactivated"),
        (f"/users/{tao.id}/reactivate", "account.reactivated"),
    ):
        answer = act(admin, path, name_zh="陶某某", name_en="Tao T", place="SX")
        assert answer.status_code == 303, (path, text_of(answer.text))
        event = last_event(tao.id)
        assert (event.name, event.actor_id, event.payload["reason"]) == (name, cast.admin.id, REASON)
    assert REASON in admin.get(f"/users/{tao.id}").text


def test_a_closed_account_is_out_and_its_tasks_go_back(app: Any, cast: Any, employer: Any) -> None:
    case = open_case(employer, cast.ping)
    task, tao = open_task(case), Browser(app, "tao")
    with transaction():
        processes.claim(task, actor=found("tao"), at=clock.now())
    act(Browser(app, "admin"), f"/users/{cast.tao.id}/deactivate")
    assert tao.get("/cases").status_code == 303
    db.session.expire_all()
    assert open_task(case).assignee_id is None


def test_one_session_is_ended_and_no_other(app: Any, cast: Any) -> None:
    first, second, admin = Browser(app, "tao"), Browser(app, "tao"), Browser(app, "admin")
    db.session.rollback()
    row = db.session.scalars(select(WebSession).where(WebSession.user_id == cast.tao.id).order_by(WebSession.id)).first()
    assert row is not None
    assert act(admin, f"/users/{cast.tao.id}/sessions/{row.id}/end").status_code == 303
    assert (first.get("/cases").status_code, second.get("/cases").status_code) == (303, 200)
    assert admin.get(f"/users/{cast.hui.id}/sessions/{row.id}/end").status_code == 404


def test_an_administrator_cannot_close_or_demote_oneself(app: Any, cast: Any) -> None:
    admin, own = Browser(app, "admin"), cast.admin
    for path in (f"/users/{own.id}/deactivate", f"/users/{own.id}/memberships/{own.memberships[0].id}/revoke"):
        answer = act(admin, path)
        assert answer.status_code == 409
        assert "Ask another administrator" in text_of(answer.text)
    assert "Close the account" not in text_of(admin.get(f"/users/{own.id}").text)


def test_the_last_administrator_stays(app: Any, cast: Any) -> None:
    at = clock.now()
    with transaction():
        for name in ("admin2", "admin3"):
            accounts.deactivate(found(name), actor_id=cast.admin.id, at=at)
    with pytest.raises(LastAdministrator), transaction():
        accounts.deactivate(found("admin"), actor_id=None, at=at)
    with pytest.raises(OwnAccount), transaction():
        accounts.revoke_role(found("admin"), "ADMIN", scope="*", actor_id=cast.admin.id, at=at)


def test_an_administrator_for_a_while_is_no_reason_to_let_the_last_one_go(app: Any, cast: Any) -> None:
    at = clock.now()
    with transaction():
        for name in ("admin2", "admin3"):
            accounts.deactivate(found(name), actor_id=cast.admin.id, at=at)
        terms = Terms(valid_to=clock.today() + timedelta(days=5))
        accounts.grant(found("hui"), "ADMIN", places={}, terms=terms, actor_id=None, at=at)
    with pytest.raises(LastAdministrator), transaction():
        accounts.revoke_role(found("admin"), "ADMIN", scope="*", actor_id=found("hui").id, at=at)


def test_a_role_opens_nothing_before_its_first_and_after_its_last_day(app: Any, cast: Any, employer: Any) -> None:
    today, at = clock.today(), clock.now()
    with transaction():
        zhou = found("zhou")
        terms = Terms(valid_from=today + timedelta(days=1))
        accounts.grant(zhou, "TOWN_ENF", places={"town_id": employer.town_id}, terms=terms, actor_id=None, at=at)
    assert not user("zhou").candidate_groups & {("TOWN_ENF", f"t{employer.town_id}")}
    with transaction():
        held = next(one for one in found("zhou").memberships if one.role == "TOWN_ENF")
        held.valid_from, held.valid_to = None, today - timedelta(days=1)
    assert not user("zhou").candidate_groups & {("TOWN_ENF", f"t{employer.town_id}")}
    take_expired_roles()
    db.session.rollback()
    assert db.session.scalars(select(Membership.role).where(Membership.user_id == cast.zhou.id)).all() == ["TOWN"]
    assert last_event(cast.zhou.id).payload["reason"] == "expired"


def test_days_that_make_no_sense_are_refused(app: Any, cast: Any) -> None:
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(Invalid), transaction():
        terms = Terms(valid_to=yesterday)
        accounts.grant(found("zhou"), "TOWN", places={"town_id": 1}, terms=terms, actor_id=None, at=clock.now())
    answer = act(Browser(app, "admin"), f"/users/{cast.zhou.id}/roles/GRID", place="SX-01", valid_to=yesterday.isoformat())
    assert answer.status_code == 422
    assert "Correct one of the two days" in text_of(answer.text)


def test_a_department_of_another_area_is_refused(app: Any, cast: Any) -> None:
    answer = Browser(app, "admin").send("/users/new", "/users/new", **{**NEW, "area": "everywhere", "body": "TC-POL"})
    assert answer.status_code == 422
    assert "another area" in text_of(answer.text)


@pytest.mark.parametrize("path", ["/users/99999", "/users/99999/password", "/users/1/roles/KING", "/users/1/memberships/99999/revoke"])
def test_what_does_not_exist_is_not_found(app: Any, path: str) -> None:
    assert Browser(app, "admin").get(path).status_code == 404


@pytest.mark.parametrize("username", ["hui", "chen", "shenji"])
def test_only_administrators_see_accounts(app: Any, cast: Any, username: str) -> None:
    browser = Browser(app, username)
    for path in ("/users", "/users/new", f"/users/{cast.tao.id}", f"/users/{cast.tao.id}/password"):
        assert browser.get(path).status_code == 403


assert factories.CAST["zhou"][0] == "TOWN"
