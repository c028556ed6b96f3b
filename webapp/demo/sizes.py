"""The two sizes of the demo district: a quick one for tests and first looks, and a whole one that has lived through a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.demo import drives, firms, history
from webapp.demo.districts import DISTRICTS
from webapp.demo.drives import Drive
from webapp.demo.firms import Population
from webapp.demo.hours import working_hour
from webapp.demo.living import courses_of as case_courses
from webapp.demo.nights import Nights
from webapp.demo.paperwork import file_courses
from webapp.demo.picking import known_firms, with_employers
from webapp.demo.staff import forget_staff
from webapp.demo.stories import STORIES
from webapp.demo.timeline import Course
from webapp.demo.visits import campaign_courses


@dataclass(frozen=True, slots=True)
class Size:
    """``begins``: how long before the loading its people and employers were registered; ``has_year``: cases of a whole year, and nights."""

    name: str
    population: Population
    drives: Sequence[Drive]
    begins: timedelta
    has_year: bool

    @property
    def employers(self) -> int:
        return sum(district.employers for district in DISTRICTS) * self.population.times


SMALL = Size("small", firms.SIXTY, drives.SMALL, timedelta(days=70), has_year=False)
FULL = Size("full", firms.SIX_HUNDRED, drives.FULL, timedelta(days=370), has_year=True)
SIZES = {size.name: size for size in (SMALL, FULL)}


def courses_of(size: Size, *, at: datetime) -> list[Course]:
    """Everything that happens in the district until ``at`` and has not happened yet. Files come first: they are there before the cases."""
    forget_staff()
    begun = at - size.begins
    known = known_firms()
    stories = with_employers(STORIES, known)
    courses: list[Course] = []
    if size.has_year:
        taken = {story.employer_id for story in stories}
        stories += history.stories_of_the_year([firm for firm in known if firm.id not in taken])
        courses += file_courses(at=at)
        courses.append(Nights(working_hour(begun).replace(hour=22, minute=5), at))
    else:
        courses += file_courses(at=at, since=begun)
    courses += case_courses(stories, at=at)
    return courses + campaign_courses(size.drives, at=at)
