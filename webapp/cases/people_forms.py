"""The forms about people of a case, cut to what somebody may write, and the catalogue a diagnosis belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from bpmn.engine.forms import Form, compile_form
from webapp.cases.people_models import COMPLAINANT, WORKER
from webapp.cases.protection import HEALTH_READERS, kinds_to_add

HERE = Path(__file__).parent
HEALTH_FIELDS = ("diagnosis", "certificate_no", "diagnosed_on", "institution")
CONSENT_FIELDS = ("consents_to_be_named", "consent_evidence")


def person_form(roles: Iterable[str]) -> Form:
    """The form of somebody with these roles over the case: kinds by BR-22, health by BR-23."""
    held = frozenset(roles)
    return _person_form(kinds_to_add(held), "with" if held & HEALTH_READERS else "without")


@cache
def reveal_form() -> Form:
    return compile_form(orjson.dumps(_read("forms/reveal.json")))


@cache
def consent_form() -> Form:
    return compile_form(orjson.dumps(_read("forms/consent.json")))


def kind_names() -> dict[str, Mapping[str, str]]:
    """Names of the kinds of people in both languages."""
    return {option["value"]: option["label"] for option in _read("forms/person.json")["fields"][0]["options"]}


def health_names() -> dict[str, Mapping[str, str]]:
    """Labels of the parts of a health record in both languages."""
    labels = {field["key"]: field["label"] for field in _read("forms/person.json")["fields"]}
    return {key: labels[key] for key in HEALTH_FIELDS}


def catalogue_version(diagnosed_on: date) -> str:
    """The disease catalogue in force on the day of a diagnosis. Source: domain/03, 3.3."""
    day = diagnosed_on.isoformat()
    return str(next(one["version"] for one in _read("data/disease_catalogues.json") if (one["valid_from"] or "") <= day))


def catalogue_name(version: str) -> Mapping[str, str]:
    names: dict[str, Mapping[str, str]] = {one["version"]: one["name"] for one in _read("data/disease_catalogues.json")}
    return names.get(version, {"zh": version, "en": version})


@cache
def _person_form(kinds: tuple[str, ...], health: str) -> Form:
    whole = _read("forms/person.json")
    left_out = set() if COMPLAINANT in kinds else set(CONSENT_FIELDS)
    if health == "without" or WORKER not in kinds:
        left_out |= {"health_part", *HEALTH_FIELDS}
    fields = [dict(field) for field in whole["fields"] if field["key"] not in left_out]
    fields[0]["options"] = [option for option in fields[0]["options"] if option["value"] in kinds]
    return compile_form(orjson.dumps({**whole, "fields": fields}))


@cache
def _read(name: str) -> Any:
    return orjson.loads((HERE / name).read_bytes())
