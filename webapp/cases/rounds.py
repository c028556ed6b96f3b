"""The second round: what was not corrected in time is filed anew, with its own clocks. Source: domain/02 P22 row 4, architecture 4.12."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.cases.models import Case
from webapp.cases.services import CaseOpening, open_cases
from webapp.core.clock import legal_day
from webapp.core.db import db
from webapp.core.errors import Invalid
from webapp.processes import handlers
from webapp.processes.models import FormSubmission
from webapp.processes.subjects import Subject

LIFECYCLE = "case_lifecycle"
MAX_DESCRIPTION = 2000


class NoSecondRound(Invalid):
    """The second round could not be filed because its first form refuses: %(fields)s. Tell your administrator."""


def open_filing(subject: Subject, params: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    """{"reason"} -> {"case_no"} of a new case about the same employer that begins with its filing; opened once per case.

    Raises NoSecondRound.
    """
    case = db.session.get_one(Case, subject.case_id)
    opened = db.session.scalars(select(Case).where(Case.earlier_id == case.id)).first()
    return {"case_no": (opened or _open(case, at)).case_no}


def _open(case: Case, at: datetime) -> Case:
    values = _finding(case, at)
    try:
        (started,) = open_cases(LIFECYCLE, [CaseOpening(case.employer, values, case.id)], actor_id=None, at=at, locale="zh")
    except Invalid as error:
        raise NoSecondRound(fields=", ".join(error.errors)) from error
    assert started.case is not None  # the lifecycle's subject is a case
    return started.case


def _finding(case: Case, at: datetime) -> dict[str, Any]:
    """What the first round began with; Chinese, as the record is."""
    query = select(FormSubmission.values).where(FormSubmission.instance_id == case.root_instance_id, FormSubmission.task_id.is_(None))
    first = dict(db.session.scalars(query).first() or {})
    told = f"案件{case.case_no}责令改正后复查，违法行为未改正，另行立案。\n{first.get('description', '')}"[:MAX_DESCRIPTION]
    return first | {"source": "second_round", "found_on": legal_day(at).isoformat(), "description": told}


handlers.operations["open_filing"] = open_filing
