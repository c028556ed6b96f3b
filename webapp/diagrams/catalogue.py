"""What a diagram may name: roles, forms, decisions, time limits, processes and messages, for the editor's panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from bpmn.engine.lint import ROLE_CODES
from bpmn.engine.ports import Artifact
from webapp.core.db import db
from webapp.core.i18n import CHINESE, ENGLISH
from webapp.core.role_names import role_name
from webapp.diagrams.contents import Names, messages_of, names_by_kind
from webapp.rules.models import TimeLimit

DAYS = ("CD", "WD")


def catalogue(files: Sequence[Artifact]) -> dict[str, list[dict[str, Any]]]:
    """``files``: all of the edition that the diagram will be part of."""
    names = names_by_kind(files)
    return {
        "roles": _roles(),
        "forms": [{"key": one.key, "title_zh": one.zh, "title_en": one.en} for one in names["form"]],
        "decisions": [_named(one) for one in names["dmn"]],
        "deadlines": _deadlines(),
        "processes": [_named(one) for one in names["bpmn"]],
        "messages": _messages(files, names["bpmn"]),
    }


def _named(one: Names) -> dict[str, Any]:
    return {"key": one.key, "name_zh": one.zh, "name_en": one.en}


def _roles() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"id": code} for code in ROLE_CODES]
    for locale, name in ((CHINESE, "name_zh"), (ENGLISH, "name_en")):
        with force_locale(locale):
            for role in found:
                role[name] = role_name(role["id"])
    return found


def _deadlines() -> list[dict[str, Any]]:
    """The newest row of each code."""
    rows = {row.code: row for row in db.session.scalars(select(TimeLimit).order_by(TimeLimit.code, TimeLimit.valid_from))}
    return [
        {
            "code": row.code, "name_zh": row.zh, "name_en": row.en, "value": row.value, "unit": row.unit,
            "days": row.value if row.unit in DAYS else None, "source": row.source,
        }
        for row in rows.values()
    ]  # fmt: skip


def _messages(files: Sequence[Artifact], processes: Sequence[Names]) -> list[dict[str, Any]]:
    """The answer of every process that can be a child, and what diagrams wait for besides."""
    ended = {f"{one.key}.ended": one for one in processes}
    others = {name for file in files if file.kind == "bpmn" for name in messages_of(file.content)} - ended.keys()
    found = [{"name": name, "process": one.key, "name_zh": one.zh, "name_en": one.en} for name, one in ended.items()]
    return found + [{"name": name, "process": None, "name_zh": name, "name_en": name} for name in sorted(others)]
