"""The whole record of a case at once, as its dossier binds it, read in a fixed number of queries however old the case is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.accounts.models import Grid, User
from webapp.cases.case_frame import CaseFrame, Leg, case_frame
from webapp.cases.models import Case, Party
from webapp.cases.queries import parties_of, timeline
from webapp.cases.wording import Sentence, people_in, sentences
from webapp.core.i18n import locale_tag
from webapp.deadlines.models import Deadline
from webapp.processes.models import UserTask
from webapp.processes.said import Said, said_in_case

SHOWN_EVENTS = 200


@dataclass(frozen=True, slots=True)
class CasePage:
    """``legs[0]`` is the lifecycle itself, the others its children. ``leg_names``: the children's by instance, to tell their tasks apart.

    ``filed_at``: when the filing was approved.
    """

    case: Case
    grid: Grid
    legs: list[Leg]
    tasks: list[UserTask]
    deadlines: list[Deadline]
    parties: list[Party]
    said: list[Said]
    timeline: Sequence[Sentence]
    leg_names: dict[int, str]
    filed_at: datetime | None


def case_page(case: Case, user: User, *, events: int = SHOWN_EVENTS) -> CasePage:
    """``events``: how many of the last ones the timeline has."""
    entries = timeline(case, limit=events)
    frame: CaseFrame = case_frame(case, user, people=people_in(entries))
    return CasePage(
        case=case, grid=case.grid, legs=frame.legs, tasks=frame.tasks, deadlines=frame.deadlines, parties=parties_of(case),
        said=said_in_case(case.id), timeline=sentences(entries, frame.names), leg_names=frame.leg_names, filed_at=frame.filed_at,
    )  # fmt: skip


def place_name(row: Grid) -> str:
    """Town and grid in the language of the request."""
    return f"{row.town.name_en}, {row.name_en}" if locale_tag() == "en" else f"{row.town.name_zh} {row.name_zh}"
