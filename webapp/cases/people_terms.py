"""Find people by name without opening one: every beginning of the name, its initials and its spelling, as keyed digests.

Only who may read an identity may ask for more than the surname: with a whole name one could otherwise learn whom a mask hides.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, delete, func, insert, select

from webapp.cases.people_models import Person, PersonTerm
from webapp.core.db import db, table_of
from webapp.core.readings import initials, readings, searchable, words_of
from webapp.core.sealing import blind_index, unseal

DIGEST = 12  # bytes: two names of a country do not meet by chance


def person_ids(text: str) -> Select[tuple[int]] | None:
    """Ids of the people whose name begins with, or is read as, ``text``; whoever may see them. None if it cannot be a name."""
    words = words_of(text)
    if not words:
        return None
    return select(PersonTerm.person_id).where(PersonTerm.term == _digest("".join(words)))


def is_surname(text: str) -> bool:
    """Whether ``text`` asks for no more than a mask shows: its first character."""
    return len("".join(words_of(text))) == 1


def index_person(person_id: int, name: str) -> None:
    """Write the terms of one person anew. The caller holds the transaction."""
    table = table_of(PersonTerm)
    db.session.execute(delete(table).where(table.c.person_id == person_id))
    terms = _terms(name) or {""}  # a name of signs alone counts as indexed, and nothing asks for it
    db.session.execute(insert(table), [{"term": _digest(term), "person_id": person_id} for term in sorted(terms)])


def index_people(people: Iterable[Person]) -> int:
    """The same for these people, whose names are opened for it and not shown to anybody."""
    count = 0
    for count, person in enumerate(people, 1):  # noqa: B007
        index_person(person.id, unseal(person.name_sealed, place=f"person:{person.id}:name"))
    return count


def people_without_terms() -> Select[tuple[Person]]:
    """Those that were kept before there was an index."""
    has_terms = select(PersonTerm.person_id).where(PersonTerm.person_id == Person.id).exists()
    return select(Person).where(~has_terms, func.length(Person.name_sealed) > 0)


def _terms(name: str) -> set[str]:
    key = searchable(name)
    beginnings = {key[:length] for length in range(1, len(key) + 1)}
    sounds = {letters[:length] for letters in initials(key) for length in range(2, len(letters) + 1)}
    return beginnings | sounds | {"".join(reading) for reading in readings(key) if key}


def _digest(term: str) -> bytes:
    return blind_index(term, of="person.name")[:DIGEST]
