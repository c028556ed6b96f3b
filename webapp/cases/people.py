"""People of a case: add them sealed, reveal them with a reason. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from webapp.accounts.models import User
from webapp.cases.masks import id_number_mask, is_id_number, name_mask
from webapp.cases.models import Case
from webapp.cases.people_forms import HEALTH_FIELDS, catalogue_version, consent_form, person_form, reveal_form
from webapp.cases.people_models import COMPLAINANT, Person
from webapp.cases.people_terms import index_person
from webapp.cases.protection import HEALTH, IDENTITY, INTAKE, br_23_may_reveal, kinds_to_add, roles_over
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, Forbidden, Invalid
from webapp.core.form_values import checked
from webapp.core.i18n import gettext
from webapp.core.sealing import blind_index, seal, unseal
from webapp.events.services import log_access, record


class NotToBeRevealed(DomainError):
    """Your role does not need these data in this case, so they stay hidden (BR-22, BR-23). Ask the case lead."""

    status = 403


def add_person(case: Case, *, values: Mapping[str, Any], actor: User, at: datetime, locale: str) -> Person:
    """Check what was typed and keep it sealed. Raises Forbidden, Invalid."""
    roles = roles_over(actor, case)
    if not kinds_to_add(roles):
        raise Forbidden
    said = checked(person_form(roles), values, locale=locale, today=clock.legal_day(at))
    number = _id_number(said)
    person = Person(
        case_id=case.id, kind=said["kind"], name_mask=name_mask(said["name"]), name_sealed=b"", relation=said.get("relation"),
        consents_to_be_named=bool(said.get("consents_to_be_named")), consent_evidence=said.get("consent_evidence"),
        added_by_id=actor.id, joined_at=at,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush([person])
    _seal(person, said, number)
    db.session.flush([person])
    index_person(person.id, said["name"])
    record(stream_of(person), "person.added", actor_id=actor.id, at=at, person_id=person.id)
    return person


def stream_of(person: Person) -> str:
    """A complainant's events stay out of the case's record, which everybody on the case reads (BR-22)."""
    return f"person:{person.id}" if person.kind == COMPLAINANT else f"case:{person.case_id}"


def record_consent(person: Person, case: Case, *, values: Mapping[str, Any], actor: User, at: datetime, locale: str) -> None:
    """Note that a complainant consents in writing to be named to the case officers. Raises Forbidden, Invalid."""
    if person.kind != COMPLAINANT or not roles_over(actor, case) & INTAKE:
        raise Forbidden
    said = checked(consent_form(), values, locale=locale, today=clock.legal_day(at))
    person.consents_to_be_named, person.consent_evidence = True, said["consent_evidence"]
    record(stream_of(person), "person.consented", actor_id=actor.id, at=at, person_id=person.id)


def reveal(
    person: Person, part: str, *, values: Mapping[str, Any], actor: User, roles: frozenset[str], liaison_roles: frozenset[str],
    at: datetime, locale: str,
) -> dict[str, str]:  # fmt: skip
    """One part in full, after the view was logged. ``part``: IDENTITY or HEALTH. Raises NotToBeRevealed, Invalid.

    Returns name, id_number, phone; or diagnosis, certificate_no, diagnosed_on, institution, catalogue_version: what is known of them.
    """
    if not br_23_may_reveal(person, part, roles=roles, liaison_roles=liaison_roles):
        raise NotToBeRevealed
    said = checked(reveal_form(), values, locale=locale, today=clock.legal_day(at))
    log_access(f"case:{person.case_id}", f"person:{person.id}:{part}", actor_id=actor.id, at=at, reason=said["reason"])
    return identity_of(person) if part == IDENTITY else health_of(person)


def log_found(found: Iterable[Person], *, actor: User, at: datetime) -> None:
    """Who finds people by a number learns who they are in these cases: that is a view of their identity."""
    for person in found:
        reason = gettext("Searched by the identity number.")
        log_access(f"case:{person.case_id}", f"person:{person.id}:{IDENTITY}", actor_id=actor.id, at=at, reason=reason)


def identity_of(person: Person) -> dict[str, str]:
    """In full. Only ``reveal`` and documents that the law wants to name the person may ask; they log it."""
    sealed = {"name": person.name_sealed, "id_number": person.id_number_sealed, "phone": person.phone_sealed}
    return {column: unseal(value, place=_place(person, column)) for column, value in sealed.items() if value is not None}


def health_of(person: Person) -> dict[str, str]:
    """In full; the same holds."""
    if person.health_sealed is None:
        return {}
    return dict(orjson.loads(unseal(person.health_sealed, place=_place(person, HEALTH))))


def id_number_index(number: str) -> bytes:
    return blind_index(number.strip().upper(), of="person.id_number")


def _id_number(said: Mapping[str, Any]) -> str | None:
    if "id_number" not in said:
        return None
    number = str(said["id_number"]).upper()
    if not is_id_number(number):
        sentence = gettext(
            "This is not a resident identity number: 18 characters with a check character at the end. Correct it, or leave it empty."
        )
        raise Invalid({"id_number": [sentence]})
    return number


def _seal(person: Person, said: Mapping[str, Any], number: str | None) -> None:
    person.name_sealed = seal(said["name"], place=_place(person, "name"))
    if number is not None:
        person.id_number_sealed = seal(number, place=_place(person, "id_number"))
        person.id_number_mask, person.id_number_index = id_number_mask(number), id_number_index(number)
    if "phone" in said:
        person.phone_sealed = seal(said["phone"], place=_place(person, "phone"))
    health = {field: said[field] for field in HEALTH_FIELDS if field in said}
    if health:
        day = health.get("diagnosed_on")
        health |= {"catalogue_version": catalogue_version(date.fromisoformat(day))} if day else {}
        person.health_sealed = seal(orjson.dumps(health).decode(), place=_place(person, HEALTH))


def _place(person: Person, column: str) -> str:
    return f"person:{person.id}:{column}"
