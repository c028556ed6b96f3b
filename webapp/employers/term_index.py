"""Find employers by what somebody types: any part of the name, its pinyin, the credit code, who represents it.

A term is every ending of these texts, so whatever is typed is the beginning of a term: one range of one index answers, on every
database, for one character as well as for ten. Terms are written with the employer, in the same transaction, whoever writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    event,
    false,
    func,
    insert,
    inspect,
    literal,
    select,
    true,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import aliased, joinedload

from webapp.accounts.models import Grid, Town, User
from webapp.core.db import db, table_of
from webapp.core.permissions import Permission
from webapp.core.readings import initials, readings, searchable, words_of
from webapp.employers.models import Employer, EmployerTerm

TERM = 18  # characters of a term: a whole credit code
_START = "^"  # before the beginning of a name, which ``searchable`` never makes
_LAST = "\U0010ffff"
_LEGAL_FORM = re.compile("(?:股份)?有限(?:责任)?公司")
_CODE_PARTS = (0, 2, 8, 12)  # where people begin to read out a credit code: its start, the place, the body's own code, the end
_INDEXED = ("name", "credit_code", "legal_rep", "health_manager", "grid_id")


def employer_ids(text: str, *, user: User | None = None, beginning: bool = False) -> Select[tuple[int]]:
    """Ids of all employers that match every word of ``text``; with ``user`` of those they may see. ``beginning``: of the name.

    An employer is named once for each of its terms that match.
    """
    words = _longest_first(text)
    if not words:
        return select(EmployerTerm.employer_id).where(false())
    first, *others = words
    first = f"{_START}{first}"[:TERM] if beginning else first
    query = select(EmployerTerm.employer_id).where(_begins(EmployerTerm.term, first))
    if user is not None:
        query = query.where(_in_reach(user))
    return query.where(*(_has_term(EmployerTerm.employer_id, word) for word in others))


def is_found_by(column: Any, text: str) -> ColumnElement[bool]:
    """The same as a condition on a column of employer ids: for walks over rows of which many match."""
    words = _longest_first(text)
    return and_(*(_has_term(column, word) for word in words)) if words else false()


def best_employers(text: str, *, user: User, limit: int) -> list[Employer]:
    """Those the user may see that match: where the name begins with it first, then as the terms are ordered."""
    words = _longest_first(text)
    if not words:
        return []
    starts = employer_ids(text, user=user, beginning=True).add_columns(literal(0).label("place"), EmployerTerm.term).limit(limit)
    anywhere = employer_ids(text, user=user).add_columns(literal(1).label("place"), EmployerTerm.term).limit(2 * limit)
    both = union_all(select(starts.subquery()), select(anywhere.subquery())).subquery()
    ranked = select(both.c.employer_id, func.min(both.c.place).label("place"), func.min(both.c.term).label("term"))
    best = ranked.group_by(both.c.employer_id).subquery()
    query = select(Employer).join(best, best.c.employer_id == Employer.id).options(joinedload(Employer.town))
    return list(db.session.scalars(query.order_by(best.c.place, best.c.term, Employer.id).limit(limit)))


def terms_of(employer: Employer) -> set[str]:
    """All terms of an employer as it is now."""
    name = searchable(employer.name)
    terms = {f"{_START}{name}"[:TERM], *_endings(name)}
    code = searchable(employer.credit_code)
    terms |= {code[part:] for part in _CODE_PARTS}
    for person in (employer.legal_rep, employer.health_manager):
        terms |= {searchable(person), *initials(person)} if person else set()
    terms |= _sounds(employer.name)
    return {term[:TERM] for term in terms if term}


def index_employers(employers: Iterable[Employer]) -> int:
    """Write the terms of these anew. The caller holds the transaction."""
    count = 0
    for count, employer in enumerate(employers, 1):  # noqa: B007
        _write(db.session.connection(), employer)
    return count


def employers_without_terms() -> Select[tuple[Employer]]:
    """Those that were kept before there was an index, or written past the mapped class."""
    return select(Employer).where(~select(EmployerTerm.term).where(EmployerTerm.employer_id == Employer.id).exists())


def _sounds(name: str) -> set[str]:
    """Of the whole name, and from each syllable before the legal form: nobody looks for the x of 械 and the y of 有限公司."""
    found: set[str] = set()
    key = searchable(name)
    for text, is_whole in ((key, True), (_LEGAL_FORM.split(key)[0], False)):
        for reading in readings(text):
            for place in range(1 if is_whole else len(reading)):
                found |= {"".join(syllable[0] for syllable in reading[place:]), "".join(reading[place:])}
    return found


def _endings(text: str) -> Iterator[str]:
    return (text[place : place + TERM] for place in range(len(text)))


def _longest_first(text: str) -> list[str]:
    """Words as terms have them. A longer one than a term counts by its two ends."""
    words = [part for word in words_of(text) for part in ((word[:TERM], word[-TERM:]) if len(word) > TERM else (word,))]
    return sorted(words, key=len, reverse=True)


def _begins(column: Any, word: str) -> ColumnElement[bool]:
    return and_(column >= word, column < word + _LAST)


def _has_term(column: Any, word: str) -> ColumnElement[bool]:
    other = aliased(EmployerTerm)
    return select(other.term).where(other.employer_id == column, _begins(other.term, word)).exists()


def _in_reach(user: User) -> ColumnElement[bool]:
    """Terms know their grid: a town or a jurisdiction is its grids."""
    scopes = user.scopes_with(Permission.READ_EMPLOYERS)
    if "*" in scopes:
        return true()
    ids = {kind: [int(scope[1:]) for scope in scopes if scope[0] == kind] for kind in "gtj"}
    grids = select(Grid.id).join(Town, Town.id == Grid.town_id)
    within = Grid.id.in_(ids["g"]) | Town.id.in_(ids["t"]) | Town.jurisdiction_id.in_(ids["j"])
    return EmployerTerm.grid_id.in_(grids.where(within))


def _write(connection: Connection, employer: Employer) -> None:
    table = table_of(EmployerTerm)
    connection.execute(delete(table).where(table.c.employer_id == employer.id))
    rows = [{"term": term, "grid_id": employer.grid_id, "employer_id": employer.id} for term in sorted(terms_of(employer))]
    connection.execute(insert(table), rows)


@event.listens_for(Employer, "after_insert")
def _index_new(_: Any, connection: Connection, employer: Employer) -> None:
    _write(connection, employer)


@event.listens_for(Employer, "after_update")
def _index_changed(_: Any, connection: Connection, employer: Employer) -> None:
    state = inspect(employer)
    if any(state.attrs[name].history.has_changes() for name in _INDEXED):
        _write(connection, employer)
