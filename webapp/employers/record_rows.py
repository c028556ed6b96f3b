"""Records as tables for people to read: headings from the forms, values in words, marks where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.core.i18n import gettext, locale_tag, pick
from webapp.employers.catalogue import UNITS
from webapp.employers.limits import FROM_REPORT
from webapp.employers.models import EmployerRecord, HazardPost, HealthExam, Project, Risk, WorkplaceTest
from webapp.employers.record_forms import form_of
from webapp.employers.risks import HIGH, LOW, class_label, level_of

LONGEST_NUMBER = 14
TONE_OF_LEVEL = {HIGH: "bad", LOW: "ok"}
STAGES = ("pre_evaluated_on", "designed_on", "effect_evaluated_on", "accepted_on")


@dataclass(frozen=True, slots=True)
class Cell:
    """``label``: heading of its column. ``tone``: "" plain; "ok", "warn", "bad" or "mute" make it a tag."""

    label: str
    text: str
    tone: str = ""

    @property
    def is_number(self) -> bool:
        """Days and numbers stay on one line."""
        return self.text[:1].isdigit() and len(self.text) <= LONGEST_NUMBER


@dataclass(frozen=True, slots=True)
class RecordRow:
    record: EmployerRecord
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class RecordTable:
    """``kind``: a key of ``records.KINDS``."""

    kind: str
    title: str
    rows: list[RecordRow]


def table_of(kind: str, records: Sequence[EmployerRecord]) -> RecordTable:
    """In the language of the request."""
    cells_of = _SPECIAL.get(kind, lambda record: {})
    return RecordTable(kind, pick(form_of(kind).title), [RecordRow(record, _cells(kind, record, cells_of(record))) for record in records])


def _cells(kind: str, record: Any, special: Mapping[str, Cell | None]) -> list[Cell]:
    """The form's fields in order, special ones instead, those that are None left out; then what the form does not ask."""
    cells: list[Cell] = []
    form = form_of(kind)
    for field in form.answerable:
        if field.key in special:
            cells.append(special[field.key] or _NONE)
        else:
            cells.append(Cell(pick(field.label), _text(field, getattr(record, field.key))))
    cells += [cell for key, cell in special.items() if key not in form.field_keys and cell]
    return [cell for cell in cells if cell is not _NONE]


_NONE = Cell("", "")


def _text(field: Any, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return str(field.text_of(value, locale_tag()))


def _label(kind: str, key: str) -> str:
    return pick(form_of(kind).field(key).label)


def _post(post: HazardPost) -> dict[str, Cell | None]:
    field = form_of("hazard_post").field("ppe")
    exhaust = Cell(
        _label("hazard_post", "has_local_exhaust"),
        _text(form_of("hazard_post").field("has_local_exhaust"), post.has_local_exhaust),
        "" if post.has_local_exhaust else "warn",
    )
    return {"has_local_exhaust": exhaust, "ppe": Cell(pick(field.label), _text(field, post.ppe), "" if post.ppe == "all" else "warn")}


def _test(test: WorkplaceTest) -> dict[str, Cell | None]:
    unit = UNITS.get(test.unit, test.unit)
    limit = "–" if test.limit_value is None else f"{test.limit_value:g} {unit} ({_source(test)})"
    return {
        "value": Cell(_label("workplace_test", "value"), f"{test.value:g} {unit}"),
        "unit": None,
        "limit_value": Cell(_label("workplace_test", "limit_value"), limit),
        "judged": _judged(test),
    }


def _source(test: WorkplaceTest) -> str:
    """The standard with the mark of its row, where that is not fully verified."""
    if test.limit_source == FROM_REPORT:
        return gettext("as the report says")
    marks = {"part": gettext("partly verified"), "no": gettext("not verified"), "design": gettext("set by this office")}
    mark = marks.get(test.limit_verified or "")
    return gettext("%(source)s, %(mark)s", source=test.limit_source, mark=mark) if mark else str(test.limit_source)


def _judged(test: WorkplaceTest) -> Cell:
    if test.exceeds is None:
        return Cell(gettext("Judgement"), gettext("not judged: no limit"), "mute")
    return Cell(gettext("Judgement"), gettext("over the limit"), "bad") if test.exceeds else Cell(
        gettext("Judgement"), gettext("within the limit"), "ok"
    )  # fmt: skip


def _exam(exam: HealthExam) -> dict[str, Cell | None]:
    percent = round(100 * exam.examined_workers / exam.due_workers) if exam.due_workers else 100
    share = Cell(gettext("Share examined"), f"{percent}%", "ok" if exam.examined_workers >= exam.due_workers else "warn")
    return {"year": Cell(_label("health_exam", "year"), str(exam.year)), "share": share}


def _project(project: Project) -> dict[str, Cell | None]:
    return {stage: _stage(stage, getattr(project, stage)) for stage in STAGES}


def _stage(stage: str, done_on: date | None) -> Cell:
    label = _label("project", stage)
    return Cell(label, done_on.isoformat()) if done_on else Cell(label, gettext("not done"), "warn")


def _risk(risk: Risk) -> dict[str, Cell | None]:
    label = Cell(_label("risk", "scheme"), pick(class_label(risk.scheme, risk.risk_class)), risk_tone(level_of(risk.scheme, risk.rank)))
    letters = dict.fromkeys(("catalog_class", "grade", "overall", "enforcement"))
    return {"scheme": label, **letters}


def risk_tone(level: int | None) -> str:
    """The colour of a level; never that of a letter."""
    return "mute" if level is None else TONE_OF_LEVEL.get(level, "warn")


_SPECIAL: Mapping[str, Callable[[Any], Mapping[str, Cell | None]]] = {
    "hazard_post": _post,
    "workplace_test": _test,
    "health_exam": _exam,
    "project": _project,
    "risk": _risk,
}
