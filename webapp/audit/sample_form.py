"""The form that draws a sample, and a drawn sample in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.engine.forms import Form, compile_form
from webapp.accounts.models import Jurisdiction, Town, User
from webapp.accounts.places import within
from webapp.audit import sampling
from webapp.audit.models import AuditSample
from webapp.audit.sampling import Criteria
from webapp.cases.models import Case
from webapp.core.db import db
from webapp.core.errors import Invalid
from webapp.core.i18n import gettext, pick
from webapp.core.permissions import Permission
from webapp.processes.stages import CLOSED, STAGES, stage_name

FORM = Path(__file__).parent / "forms" / "sample.json"
FIRST_SIZE = 20
CHOSEN_STAGES = {**STAGES, CLOSED: {"zh": "已结案", "en": "Closed"}}
Choice = tuple[str, str, str]  # value, Chinese, English


@dataclass(frozen=True, slots=True)
class Again:
    """The same drawing made now. ``is_same_population``: no case came or went; ``is_same``: the same cases in the same order."""

    is_same_population: bool
    is_same: bool


def form_for(user: User) -> Form:
    areas = db.session.scalars(select(Jurisdiction).where(Jurisdiction.id.in_(sampling.areas_of(user))).order_by(Jurisdiction.id)).all()
    towns = db.session.scalars(select(Town).where(Town.jurisdiction_id.in_([area.id for area in areas])).order_by(Town.code)).all()
    return _compiled(tuple(_choice(one) for one in areas), tuple(_choice(one) for one in towns))


def first_values(today: date) -> dict[str, str]:
    """The year so far."""
    return {"opened_from": today.replace(month=1, day=1).isoformat(), "opened_to": today.isoformat(), "size": str(FIRST_SIZE)}


def criteria_of(values: Mapping[str, Any], user: User) -> Criteria:
    """Raises Invalid."""
    areas = sampling.areas_of(user)
    area = db.session.scalars(select(Jurisdiction).where(Jurisdiction.code == values["area"])).one() if values.get("area") else None
    town = db.session.scalars(select(Town).where(Town.code == values["town"])).one() if values.get("town") else None
    area_id = area.id if area else areas[0]
    first, last = date.fromisoformat(str(values["opened_from"])), date.fromisoformat(str(values["opened_to"]))
    errors = {}
    if last < first:
        errors["opened_to"] = [gettext("The period ends before it begins. Correct one of the two days.")]
    if town is not None and town.jurisdiction_id != area_id:
        errors["town"] = [gettext("This town lies in another area. Choose one of the area above.")]
    if errors:
        raise Invalid(errors)
    return Criteria(area_id, first, last, town.id if town else None, values.get("stage") or None)


def drawn_again(sample: AuditSample, user: User) -> Again:
    """Draw once more from the seed, out of what there is now."""
    told = sample.criteria
    days = date.fromisoformat(told["opened_from"]), date.fromisoformat(told["opened_to"])
    numbers = sampling.population(Criteria(sample.jurisdiction_id, *days, told.get("town_id"), told.get("stage")), user)
    drawn = sampling.drawn_from(numbers, seed=sample.seed, size=sample.size)
    return Again(sampling.digest_of(numbers) == sample.digest, drawn == [one.case_no for one in sample.cases])


def cases_of(sample: AuditSample, user: User) -> dict[str, Case]:
    numbers = [one.case_no for one in sample.cases]
    query = select(Case).where(within(user, Permission.AUDIT, Case), Case.case_no.in_(numbers)).options(joinedload(Case.employer))
    return {case.case_no: case for case in db.session.scalars(query)}


def words_of(sample: AuditSample) -> str:
    """What it was drawn from."""
    told = sample.criteria
    town = db.session.get(Town, told["town_id"]) if told.get("town_id") else None
    area = db.session.get_one(Jurisdiction, sample.jurisdiction_id)
    where = town or area
    parts = [
        pick({"zh": where.name_zh, "en": where.name_en}),
        gettext("registered %(first)s to %(last)s", first=told["opened_from"], last=told["opened_to"]),
    ]
    if told.get("stage"):
        parts.append(gettext("stage “%(stage)s”", stage=stage_name(told["stage"])))
    return gettext(", ").join(parts)


def _choice(place: Jurisdiction | Town) -> Choice:
    return place.code, place.name_zh, place.name_en


@cache
def _compiled(areas: Sequence[Choice], towns: Sequence[Choice]) -> Form:
    """One area is not asked for."""
    stages = tuple((code, texts["zh"], texts["en"]) for code, texts in CHOSEN_STAGES.items())
    offered = {"areas": areas if len(areas) > 1 else (), "towns": towns, "stages": stages}
    definition = orjson.loads(FORM.read_bytes())
    for field in definition["fields"]:
        found = offered.get(field.pop("options_from", ""), ())
        if found:
            field["options"] = [{"value": code, "label": {"zh": zh, "en": en}} for code, zh, en in found]
    definition["fields"] = [field for field in definition["fields"] if field["type"] != "select" or field["options"]]
    return compile_form(orjson.dumps(definition))
