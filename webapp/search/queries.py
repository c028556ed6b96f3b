"""Everything one may see that matches a text, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from webapp.accounts.models import User
from webapp.cases.masks import is_id_number
from webapp.cases.models import Case
from webapp.cases.search import CaseMatch, load_cases, match_of, matching_cases
from webapp.core.db import db
from webapp.core.permissions import Permission
from webapp.core.readings import words_of
from webapp.employers.models import Employer
from webapp.employers.term_index import best_employers
from webapp.referrals.models import Referral
from webapp.referrals.queries import matching_referrals
from webapp.search.documents import find_documents
from webapp.search.people import find_people

__all__ = ["CAP", "Found", "Group", "Kind", "found", "matching_cases"]

CAP = 100  # so many of a kind are shown; who needs more says more
SHOWN = 8
MAX_TEXT = 80


class Kind(StrEnum):
    CASE = "case"
    EMPLOYER = "employer"
    DOCUMENT = "document"
    PERSON = "person"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of a kind, the best first. ``items``: at most as many as were asked for; ``total``: at most CAP + 1."""

    kind: Kind
    items: Sequence[Any]
    total: int

    @property
    def total_text(self) -> str:
        return f"{CAP}+" if self.total > CAP else str(self.total)


@dataclass(frozen=True, slots=True)
class Found:
    """``is_id_number``: somebody typed the number of a person, which is not searched for here."""

    text: str
    words: tuple[str, ...]
    groups: Sequence[Group]
    is_id_number: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.groups


def found(text: str, *, user: User, kind: Kind | None = None, shown: int = SHOWN) -> Found:
    """Of all kinds, or of one, only those of which there is something."""
    text = " ".join(text[: 4 * MAX_TEXT].replace("\0", "").split())[:MAX_TEXT]
    words = words_of(text)
    if not words or is_id_number(text.upper()):
        return Found(text, words, (), is_id_number=bool(words))
    search = _Search(text, user)
    kinds = [kind] if kind else list(Kind)
    groups = [Group(one, rows[:shown], len(rows)) for one in kinds if (rows := search.rows(one))]
    return Found(text, words, groups)


class _Search:
    """One text for one reader; what it means for cases is asked once."""

    def __init__(self, text: str, user: User) -> None:
        self.text = text
        self.user = user
        self._match: CaseMatch | None = None

    def rows(self, kind: Kind) -> Sequence[Any]:
        finders: Mapping[Kind, tuple[Permission, Callable[[], Sequence[Any]]]] = {
            Kind.CASE: (Permission.READ_CASES, self._cases),
            Kind.EMPLOYER: (Permission.READ_EMPLOYERS, self._employers),
            Kind.DOCUMENT: (Permission.READ_CASES, self._documents),
            Kind.PERSON: (Permission.WORK, self._people),
            Kind.REFERRAL: (Permission.WORK, self._referrals),
        }
        needed, find = finders[kind]
        return find() if self.user.has(needed) else ()

    def _cases(self) -> list[Case]:
        return load_cases(self._meaning().ids(self.user, CAP + 1))

    def _employers(self) -> list[Employer]:
        return best_employers(self.text, user=self.user, limit=CAP + 1)

    def _documents(self) -> Sequence[Any]:
        return find_documents(self.text, user=self.user, limit=CAP + 1)

    def _people(self) -> Sequence[Any]:
        return find_people(self.text, user=self.user, limit=CAP + 1)

    def _referrals(self) -> list[Referral]:
        return list(db.session.scalars(matching_referrals(self._meaning(), user=self.user, limit=CAP + 1)))

    def _meaning(self) -> CaseMatch:
        self._match = self._match or match_of(self.text)
        return self._match
