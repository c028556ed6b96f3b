"""Which employers the demo stories happen to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from webapp.accounts.models import Jurisdiction, Town
from webapp.core.db import db
from webapp.demo import answers
from webapp.demo.stories import Story
from webapp.employers.models import Employer


@dataclass(frozen=True, slots=True)
class Firm:
    """``town`` and ``district``: their codes."""

    id: int
    industry: str
    town: str
    district: str


def known_firms() -> list[Firm]:
    """The demo employers of the trades that have words of their own."""
    query = select(Employer.id, Employer.industry, Town.code, Jurisdiction.code).join(Town, Town.id == Employer.town_id)
    query = query.join(Jurisdiction, Jurisdiction.id == Employer.jurisdiction_id).where(Employer.is_demo).order_by(Employer.id)
    firms = [Firm(*row) for row in db.session.execute(query).tuples()]
    return [firm for firm in firms if firm.industry in answers.industries()]


def with_employers(stories: Sequence[Story], firms: Sequence[Firm]) -> list[Story]:
    """Each story with its employer: those that fit in turn, so that none is met again while others wait."""
    used: Counter[tuple[str, str]] = Counter()
    chosen: dict[str, int] = {}
    for story in stories:
        place = (story.industry, story.town)
        fitting = [firm.id for firm in firms if story.industry in {"", firm.industry} and story.town in {"", firm.town}]
        chosen[story.title] = chosen[story.beside] if story.beside else fitting[used[place] % len(fitting)]
        used[place] += not story.beside
    return [replace(story, employer_id=chosen[story.title]) for story in stories]
