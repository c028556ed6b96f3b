"""The matrix: every route of the URL map x every place and role, judged by what domain/02 2.0 says each may do.

Each request is one that must be refused for the role, the place or the missing token, or a page that must open without an error.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from tests import factories
from tests.webapp.security import world
from tests.webapp.security.test_routes import BOARDS, OF_NO_PLACE, ONCE, address, routes
from tests.webapp.security.world import Stranger, readable
from webapp.accounts import services as accounts
from webapp.accounts.models import Grid, Jurisdiction, Town
from webapp.accounts.web import PUBLIC, SAFE_METHODS, SIGNED_IN, policy_of
from webapp.core.db import db, transaction
from webapp.events.models import Event

ENOUGH = 5000
TRACES = ("account.signed_in",)
HERE = {
    "ping": "GRID", "tao": "TOWN", "wei": "TOWN_ENF", "tang": "TOWN_WIN", "an": "HD_INTAKE", "qin": "HD_OFF", "hui": "HD_LEAD",
    "fan": "HD_REV", "ting": "HD_HEAR", "he1": "HD_COL", "chen": "HD_CHIEF", "zheng": "HD_PRIN", "shenji": "AUD", "admin": "ADMIN",
}  # fmt: skip
NOT_SENT = {"yan": "EMG", "hua": "ECO", "yi": "MED", "lin": "LAC", "gong": "UNION"}  # bodies of this district that nothing was sent to
ELSEWHERE = ("GRID", "TOWN", "TOWN_ENF", "TOWN_WIN", "HD_OFF", "HD_LEAD", "HD_CHIEF", "HD_PRIN", "AUD")
# What each role may do at all: written down a second time, from the domain, so that a slip in ``core.permissions`` shows here.
READS = {"work", "read_cases", "read_employers", "read_campaigns"}
MAY: dict[str, set[str]] = {
    **{role: READS | {"keep_employers"} for role in ("GRID", "TOWN_ENF", "HD_INTAKE", "HD_OFF")},
    **dict.fromkeys(("HD_REV", "HD_HEAR", "HD_COL"), READS),
    "TOWN": READS | {"keep_employers", "supervise"},
    "TOWN_WIN": {"work", "read_employers"},
    "HD_LEAD": READS | {"keep_employers", "coordinate"},
    "HD_CHIEF": READS | {"keep_employers", "supervise", "coordinate"},
    "HD_PRIN": READS | {"keep_employers", "supervise"},
    "AUD": (READS | {"audit"}) - {"work"},
    **{key: {"work"} for key in NOT_SENT.values()},
    "ADMIN": READS | {"keep_employers", "supervise", "coordinate", "administer", "audit"},
    "NOBODY": set(),
}


@ONCE
def test_every_route_refuses_whom_it_must_and_changes_nothing(app: Any, cast: Any, employer: Any) -> None:
    known = world.objects(cast, employer)
    people = _people()
    wrong, checks = [], 0
    before = _recorded()
    for username, role, is_here in people:
        person = Stranger(app, username)
        for method, endpoint, rule in routes(app):
            checks += 1
            said = _judge(app, person, role, (method, endpoint, rule), known=known if not is_here else None)
            if said:
                wrong.append((username, role, method, rule.rule, said))
    assert wrong == []
    assert checks >= ENOUGH, checks
    db.session.rollback()
    assert _recorded() == before  # signing in and reading leave traces of their own kind, and nothing else happened


def _recorded() -> dict[str, int]:
    """Events by name, without those that reading and signing in leave."""
    rows = db.session.execute(select(Event.name, func.count()).where(Event.name.not_in(TRACES)).group_by(Event.name))
    return {str(name): int(number) for name, number in rows.all()}


def _judge(app: Any, person: Stranger, role: str, route: tuple[str, str, Any], *, known: dict[str, str] | None) -> str | None:
    """What is wrong with the answer, None if nothing. ``known``: objects this person must not find."""
    method, endpoint, rule = route
    need = policy_of(app, endpoint, method)
    path = address(rule, known or {})
    if need not in (PUBLIC, SIGNED_IN) and not _may(need, role, method):
        return _unless(person.send(method, path), {403} if path != "/" else {302, 403})
    if known and set(rule.arguments) & known.keys() and need != PUBLIC and not endpoint.startswith(OF_NO_PLACE):
        allowed = {200, 403, 404} if endpoint in BOARDS else {403, 404}
        return _unless(person.send(method, path), allowed, is_hidden=True)
    if method not in SAFE_METHODS:
        return _unless(person.send(method, path, token=False), {400, 403}) if need != PUBLIC else None
    answer = person.send(method, path)
    return _unless(answer, {200, 302, 303, 304, 403, 404, 409, 422}, is_hidden=known is not None)


def _may(need: str, role: str, method: str) -> bool:
    if role == "AUD" and method not in SAFE_METHODS and need != "audit":
        return False
    return need in MAY[role]


def _unless(answer: Any, allowed: set[int], *, is_hidden: bool = False) -> str | None:
    if answer.status_code not in allowed:
        return f"answered {answer.status_code}"
    if is_hidden or answer.status_code in (403, 404):
        told = [secret for secret in world.SECRETS if secret in readable(answer)]
        return f"told {told}" if told else None
    return None


def _people() -> list[tuple[str, str, bool]]:
    """User name, role, and whether what lies in Shaxi may be theirs to see."""
    with transaction():
        _add("nobody", None, {}, _district())
        district = _row(Jurisdiction(code="KS", name_zh="昆山市", name_en="Kunshan"))
        town = _row(Town(code="KA", jurisdiction_id=district.id, name_zh="玉山", name_en="Yushan"))
        grid = _row(Grid(code="KA-01", town_id=town.id, name_zh="玉山第一网格", name_en="Yushan grid 1"))
        places = {"GRID": {"grid_id": grid.id}} | {key: {"town_id": town.id} for key in ("TOWN", "TOWN_ENF", "TOWN_WIN")}
        for role in ELSEWHERE:
            _add(_far(role), role, places.get(role, {"jurisdiction_id": district.id}), district.id)
    return [
        *((username, role, True) for username, role in HERE.items()),
        *((username, role, False) for username, role in NOT_SENT.items()),
        *((_far(role), role, False) for role in ELSEWHERE),
        ("zhou", "TOWN", False), ("nobody", "NOBODY", False),
    ]  # fmt: skip


def _far(role: str) -> str:
    return f"far-{role.lower().replace('_', '-')}"


def _district() -> int:
    return int(db.session.scalars(select(Jurisdiction.id).where(Jurisdiction.code == "TC")).one())


def _add(username: str, role: str | None, place: dict[str, int], jurisdiction_id: int) -> None:
    user = accounts.create_user(
        username=username, name_zh="远某某", name_en="Far", password=factories.PASSWORD, actor_id=None, at=factories.BORN,
        jurisdiction_id=jurisdiction_id,
    )  # fmt: skip
    if role:
        accounts.grant_role(user, role, actor_id=None, at=factories.BORN, **place)


def _row(row: Any) -> Any:
    db.session.add(row)
    db.session.flush([row])
    return row
