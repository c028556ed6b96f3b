"""Find cases by number, or by everything that finds their employer (``employers.term_index``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Jurisdiction, User
from webapp.accounts.places import within
from webapp.cases.models import Case, NumberSeries
from webapp.core.db import db
from webapp.core.permissions import Permission
from webapp.employers.term_index import employer_ids, is_found_by

MAX_TEXT = 80
MAX_CASES = 200
FEW_EMPLOYERS = 1000  # so many are looked up case by case; of more, the newest cases are walked
WALKED_CASES = 10_000
MAX_NUMBERS = 200
# TC-2026-00117, 2026-117, 2026-, 00117, 117; full-width characters and any dash will do
_NUMBER = re.compile(r"(?:(?P<code>[A-Z]{1,8})-?)?(?:(?P<year>20\d{2})-)?(?P<serial>\d{1,8})?")

# For ``places.within``: no index begins with these, so that a search begins with what is asked for. SQLite would begin with all cases of
# a place.
PLACE_JUDGED_LATE = cast(
    type[Any], SimpleNamespace(jurisdiction_id=Case.jurisdiction_id + 0, town_id=Case.town_id + 0, grid_id=Case.grid_id + 0)
)


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """What a text means for cases: ``numbers`` it may stand for, all ``employers`` it finds; None if they are more than FEW_EMPLOYERS."""

    text: str
    numbers: Sequence[str]
    employers: Sequence[int] | None

    @property
    def is_common(self) -> bool:
        return self.employers is None

    def condition(self) -> ColumnElement[bool]:
        """On the columns of Case."""
        found: list[ColumnElement[bool]] = []
        if self.numbers:
            found.append(Case.case_no.in_(self.numbers))
        if self.employers is None:
            found.append(is_found_by(Case.employer_id, self.text))
        elif self.employers:
            found.append(Case.employer_id.in_(self.employers))
        return or_(*found) if found else false()

    def ids(self, user: User | None, limit: int) -> Select[tuple[int]]:
        """Of the newest cases, as ``matching_cases`` says."""
        if not self.is_common:
            late = () if user is None else (within(user, Permission.READ_CASES, PLACE_JUDGED_LATE),)
            return select(Case.id).where(self.condition(), *late).order_by(Case.opened_at.desc()).limit(limit)
        reach = () if user is None else (within(user, Permission.READ_CASES, Case),)
        newest = select(Case.id, Case.employer_id, Case.case_no, Case.opened_at).where(*reach)
        walked = newest.order_by(Case.opened_at.desc(), Case.id.desc()).limit(WALKED_CASES).subquery()
        matches = is_found_by(walked.c.employer_id, self.text) | walked.c.case_no.in_(self.numbers)
        return select(walked.c.id).where(matches).order_by(walked.c.opened_at.desc()).limit(limit)


def load_cases(ids: Select[tuple[int]]) -> list[Case]:
    """These cases with their employers, the newest first."""
    query = select(Case).where(Case.id.in_(ids)).options(joinedload(Case.employer))
    return list(db.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc())))


def matching_cases(text: str, *, limit: int = MAX_CASES, user: User | None = None) -> Select[tuple[int]]:
    """Ids of the newest cases that match; with ``user`` of those they may see, else whoever may see them.

    All cases are searched for a number and for up to FEW_EMPLOYERS employers. A text that more employers have in common ("有限公司")
    finds its matches among the newest WALKED_CASES.
    """
    return match_of(text).ids(user, limit)


def match_of(text: str) -> CaseMatch:
    """Ask the database what a text means."""
    said = _NUMBER.fullmatch(_plain(text))
    numbers = case_numbers(text)
    if numbers and said and (said["year"] or said["code"]):
        return CaseMatch(text, numbers, ())
    named = list(db.session.scalars(employer_ids(text).limit(2 * FEW_EMPLOYERS + 1)))  # an employer may be named twice
    employers = list(dict.fromkeys(named))
    is_few = len(named) <= 2 * FEW_EMPLOYERS and len(employers) <= FEW_EMPLOYERS
    return CaseMatch(text, numbers, employers if is_few else None)


def case_numbers(text: str) -> list[str]:
    """Numbers that were given and that ``text`` may mean, the newest year first: whole, without its zeros, or its last digits.

    Empty if it is no number.
    """
    said = _NUMBER.fullmatch(_plain(text))
    if said is None or not (said["year"] or said["serial"]):
        return []
    query = select(Jurisdiction.code, NumberSeries.year, NumberSeries.last).join(
        Jurisdiction, Jurisdiction.id == NumberSeries.jurisdiction_id
    )
    if said["code"]:
        query = query.where(Jurisdiction.code == said["code"])
    if said["year"]:
        query = query.where(NumberSeries.year == int(said["year"]))
    series = db.session.execute(query.order_by(NumberSeries.year.desc(), Jurisdiction.code)).tuples().all()
    numbers = [f"{code}-{year}-{serial:05d}" for code, year, last in series for serial in _serials(said["serial"] or "", last)]
    return numbers[:MAX_NUMBERS]


def _plain(text: str) -> str:
    """Without the dress of a number: brackets, dashes of all kinds, 号."""
    said = unicodedata.normalize("NFKC", text.strip()[:MAX_TEXT]).upper()
    said = re.sub(r"[〔\[(【](20\d{2})[〕\])】]", r"-\1-", said)
    return re.sub(r"[‐-―−\s]+", "-", said.removesuffix("号")).replace("--", "-").removeprefix("-")


def _serials(digits: str, last: int) -> Iterable[int]:
    """Serials up to ``last`` that ``digits`` may mean: all of a year without digits; one or two digits are the number itself."""
    if not digits:
        return range(last, max(last - MAX_NUMBERS, 0), -1)
    number = int(digits)
    if len(digits) < 3:
        return [number] if 0 < number <= last else []
    return _ending_with(number, 10 ** len(digits), last)


def _ending_with(number: int, modulus: int, last: int) -> Iterator[int]:
    highest = last - (last - number) % modulus
    return (serial for serial in range(highest, max(highest - MAX_NUMBERS * modulus, 0), -modulus) if serial > 0)
