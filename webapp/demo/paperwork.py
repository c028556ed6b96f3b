"""When the files of the employers were entered into the registry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from webapp.core.db import db
from webapp.demo.files import SEED, keep_file
from webapp.demo.hours import working_hour
from webapp.demo.timeline import Course
from webapp.employers.models import Employer

EARLIEST, LATEST = 150, 4  # days ago


@dataclass(slots=True)
class FileCourse:
    """The file of one employer, entered on one day. ``number``: counted from the first employer."""

    employer_id: int
    number: int
    next_at: datetime | None

    @property
    def left(self) -> int:
        return int(self.next_at is not None)

    def act(self, at: datetime) -> Iterable[Course]:
        self.next_at = None
        keep_file(db.session.get_one(Employer, self.employer_id), number=self.number, at=at)
        return ()


def file_courses(*, at: datetime, since: datetime | None = None) -> list[FileCourse]:
    """For every employer whose file was not entered yet; all at ``since``, or one by one over the last months before ``at``."""
    employers = db.session.execute(select(Employer.id, Employer.phone).where(Employer.is_demo).order_by(Employer.id)).all()
    open_ones = [(number, row.id) for number, row in enumerate(employers, start=1) if row.phone is None]
    return [FileCourse(employer_id, number, since or _entered_at(number, at=at)) for number, employer_id in open_ones]


def _entered_at(number: int, *, at: datetime) -> datetime:
    days_ago = Random(f"{SEED}-day-{number}").uniform(LATEST, EARLIEST)
    return working_hour(at - timedelta(days=days_ago))
