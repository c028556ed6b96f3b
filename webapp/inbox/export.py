"""A list as a table for the office: CSV and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from webapp.accounts.models import User
from webapp.core.i18n import gettext, locale_tag, pick
from webapp.core.web import moment
from webapp.employers.catalogue import hazard_names, industry_names
from webapp.employers.risks import LEVELS
from webapp.inbox import queries
from webapp.inbox.list_page import Wanted
from webapp.processes.models import UserTask
from webapp.processes.people import names_of
from webapp.processes.stages import stage_name

MAX_ROWS = 5_000
AT_ONCE = 500
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"  # without it Excel takes UTF-8 for the system's code page


def table(user: User, wanted: Wanted, *, now: datetime) -> Iterator[list[str]]:
    """Head line, then up to MAX_ROWS tasks; a last line says so if there are more. Raises Forbidden."""
    yield _head()
    written, after = 0, None
    while True:
        listed = queries.rows(
            user, view=wanted.view, filters=wanted.filters, sort=wanted.sort, now=now, limit=min(AT_ONCE, MAX_ROWS - written), after=after
        )
        names = names_of(task.assignee_id for task in listed.tasks)
        yield from (_line(task, names) for task in listed.tasks)
        written, after = written + len(listed.tasks), listed.next
        if after is None:
            return
        if written >= MAX_ROWS:
            yield [gettext("Only the first %(num)s tasks are written here. Narrow the filter to get the others.", num=MAX_ROWS)]
            return


def as_csv(rows: Iterator[list[str]]) -> Iterator[str]:
    yield BOM
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_harmless(cell) for cell in row])
        yield line.getvalue()


def as_xlsx(rows: Iterator[list[str]]) -> bytes:
    """Every cell is text: a spreadsheet runs nothing of it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("Tasks"))
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head() -> list[str]:
    return [
        gettext("Task"), gettext("Stage"), gettext("Case"), gettext("Employer"), gettext("Risk"), gettext("Hazards"), gettext("Industry"),
        gettext("Held by"), gettext("Waiting since"), gettext("Time limit"), gettext("Done at"),
    ]  # fmt: skip


def _line(task: UserTask, names: dict[int, str]) -> list[str]:
    name = task.name_en if locale_tag() == "en" and task.name_en else task.name
    return [
        name, stage_name(task.stage), task.case_no or "", task.employer_name or "", pick(LEVELS.get(task.risk_level or 0)),
        _listed(task), pick(industry_names(task.industry)) if task.industry else "", names.get(task.assignee_id or 0, ""),
        moment(task.opened_at), moment(task.due_at) if task.due_at else "", moment(task.ended_at) if task.ended_at else "",
    ]  # fmt: skip


def _listed(task: UserTask) -> str:
    return gettext(", ").join(pick(hazard_names(code)) for code in hazard_codes(task))


def hazard_codes(task: UserTask) -> Sequence[str]:
    return [code for code in (task.hazards or "").split(",") if code]


def _harmless(cell: str) -> str:
    """What a spreadsheet would take for a formula becomes text."""
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value="".join(sign for sign in text if sign >= " "))
    cell.data_type = "s"
    return cell
