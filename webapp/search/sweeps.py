"""Keep the search index whole: what was stored before there was one, or past the mapped classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Select, delete, select

from webapp.cases.people_models import Person, PersonTerm
from webapp.cases.people_terms import index_people, people_without_terms
from webapp.core.db import changed_rows, db, table_of, transaction
from webapp.core.sweeps import sweep
from webapp.employers.models import Employer, EmployerTerm
from webapp.employers.term_index import employers_without_terms, index_employers

BATCH, MAX_BATCHES = 500, 200
Row = TypeVar("Row", Employer, Person)


@sweep("search-index", every=timedelta(hours=1))
def index_missing() -> int:
    """Index what has no terms yet, in batches; what is left over waits for the next round."""
    done = 0
    for _ in range(MAX_BATCHES):
        with transaction():
            employers = index_employers(db.session.scalars(employers_without_terms().limit(BATCH)).all())
            people = index_people(db.session.scalars(people_without_terms().limit(BATCH)).all())
        done += employers + people
        if not employers + people:
            break
    return done


@sweep("search-reindex", every=None)
def reindex() -> int:
    """Write every term anew, in batches of their own: searches go on meanwhile."""
    with transaction():
        changed_rows(delete(table_of(EmployerTerm)).where(EmployerTerm.employer_id.not_in(select(Employer.id))))
        changed_rows(delete(table_of(PersonTerm)).where(PersonTerm.person_id.not_in(select(Person.id))))
    return _all(select(Employer), Employer, index_employers) + _all(select(Person), Person, index_people)


def _all(query: Select[tuple[Row]], model: type[Row], index: Callable[[Sequence[Row]], int]) -> int:
    done, last = 0, 0
    while True:
        with transaction():
            rows = db.session.scalars(query.where(model.id > last).order_by(model.id).limit(BATCH)).all()
            if not rows:
                return done
            done, last = done + index(rows), rows[-1].id
