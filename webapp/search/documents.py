"""Find documents of cases one may see: by number, or by kind together with the case or employer."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import contains_eager

from webapp.accounts.models import User
from webapp.accounts.places import within
from webapp.cases.models import Case
from webapp.cases.search import MAX_TEXT, PLACE_JUDGED_LATE, match_of
from webapp.core import clock
from webapp.core.db import db
from webapp.core.permissions import Permission
from webapp.core.readings import initials, searchable, words_of
from webapp.documents.kinds import KINDS, Kind
from webapp.documents.models import Document, DocumentSeries

NEWEST_CASES = 500  # where a kind alone is looked for
BACK_YEARS = 1  # how far back a serial without its year is looked for
_NUMBER = re.compile(r"(?P<word>[^\d〔\[(【]*)[〔\[(【]?(?:(?P<year>20\d{2})[〕\])】-]?)?[第-]?(?P<serial>\d{1,6})号?")


def find_documents(text: str, *, user: User, limit: int) -> list[Document]:
    """The newest first."""
    numbered = _with_number(text, user)
    if numbered is not None:
        return list(db.session.scalars(numbered.limit(limit)))
    kinds, rest = _kinds_and_rest(text)
    if not kinds:
        return []
    if rest:
        cases = match_of(" ".join(rest)).ids(user, NEWEST_CASES)
    else:
        newest = select(Case.id).where(within(user, Permission.READ_CASES, Case))
        cases = newest.order_by(Case.opened_at.desc(), Case.id.desc()).limit(NEWEST_CASES)
    found = _visible(user).where(Document.case_id.in_(cases), Document.kind.in_(kinds))
    return list(db.session.scalars(found.order_by(Document.id.desc()).limit(limit)))


def kinds_named(word: str) -> set[str]:
    """Codes of the kinds whose name has the word, or whose initials begin with it. One character names none."""
    if len(word) < 2:
        return set()
    return {kind.code for kind in KINDS.values() if _names(kind, word)}


def _with_number(text: str, user: User) -> Select[tuple[Document]] | None:
    """苏太卫职罚〔2026〕17号, 职罚17, 2026-17, 17; None if it is no number."""
    said = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text.strip()[:MAX_TEXT]).replace(" ", ""))
    if said is None or (said["word"] and said["word"].isascii()):
        return None
    series, serial = DocumentSeries, int(said["serial"])
    same = and_(series.issuer == Document.issuer, series.kind == Document.kind, series.year == Document.year)
    found = _visible(user).join(series, same).where(series.last >= serial, Document.serial == serial)
    found = found.where(series.year == int(said["year"]) if said["year"] else series.year >= clock.today().year - BACK_YEARS)
    if said["word"]:
        found = found.where(Document.number.contains(said["word"], autoescape=True))
    return found.order_by(Document.year.desc(), Document.id.desc())


def _visible(user: User) -> Select[tuple[Document]]:
    query = select(Document).join(Case, Case.id == Document.case_id).join(Case.employer)
    query = query.where(within(user, Permission.READ_CASES, PLACE_JUDGED_LATE))
    return query.options(contains_eager(Document.case).contains_eager(Case.employer))


def _names(kind: Kind, word: str) -> bool:
    in_english = len(word) > 3 and word in searchable(kind.en)
    return in_english or word in searchable(kind.zh) or any(letters.startswith(word) for letters in initials(kind.zh))


def _kinds_and_rest(text: str) -> tuple[set[str], list[str]]:
    """Kinds that all their words name, and the words that name none."""
    kinds: set[str] | None = None
    rest = []
    for word in words_of(text):
        named = kinds_named(word)
        if not named:
            rest.append(word)
        else:
            kinds = named if kinds is None else kinds & named
    return kinds or set(), rest
