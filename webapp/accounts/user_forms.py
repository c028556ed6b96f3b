"""Forms of user administration, with the choices that the database holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from bpmn.engine.forms import Form, compile_form
from webapp.accounts import user_queries
from webapp.accounts.models import Organisation, User
from webapp.core.permissions import Scope, scope_of

FORMS = Path(__file__).parent / "forms"
EVERYWHERE = "everywhere"
Choice = tuple[str, str, str]  # value, Chinese, English


def new_user_form() -> Form:
    areas, _ = user_queries.areas_and_towns()
    known = {area.id: area for area in areas}
    bodies = tuple(_body(body, known[body.jurisdiction_id]) for body in user_queries.bodies())
    return _compiled("user", (("areas", tuple((one.code, one.name_zh, one.name_en) for one in areas)), ("bodies", bodies)))


def names_form() -> Form:
    return _compiled("user_names", ())


def reason_form() -> Form:
    return _compiled("user_reason", ())


def role_form(role: str, user: User) -> Form:
    """Asks for the place the role needs; without one for the whole installation."""
    places = tuple(user_queries.places_for(role, user))
    return _compiled("role_grant", (("places", places),), needs_place=scope_of(role) is not Scope.INSTALLATION)


def _body(body: Organisation, area: Any) -> Choice:
    return body.code, f"{body.name_zh}（{area.name_zh}）", f"{body.name_en} ({area.name_en})"


@cache
def _definition(name: str) -> bytes:
    return (FORMS / f"{name}.json").read_bytes()


def _compiled(name: str, choices: Sequence[tuple[str, tuple[Choice, ...]]], *, needs_place: bool = True) -> Form:
    definition, offered = orjson.loads(_definition(name)), dict(choices)
    if not needs_place:
        definition["fields"] = [field for field in definition["fields"] if field["key"] != "place"]
    for field in definition["fields"]:
        found = offered.get(field.pop("options_from", ""), ())
        if found:
            field["options"] += [{"value": value, "label": {"zh": zh, "en": en}} for value, zh, en in found]
    definition["fields"] = [field for field in definition["fields"] if field["type"] != "select" or field["options"]]
    return compile_form(orjson.dumps(definition))
