"""What a form says about an employer becomes one record, after the checks that a form cannot make alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.core.errors import Invalid
from webapp.core.i18n import gettext
from webapp.employers import limits
from webapp.employers.catalogue import UNITS
from webapp.employers.models import (
    ContractFact,
    Declaration,
    Employer,
    EmployerRecord,
    HazardPost,
    HealthExam,
    InsuranceFact,
    Project,
    Risk,
    WorkplaceTest,
)
from webapp.employers.risks import SCHEMES

Values = Mapping[str, Any]
Problems = dict[str, list[str]]
YES = "yes"
CLASS_FIELDS = {"CATALOG_2021": "catalog_class", "RISK_GRADE": "grade", "SELF_OVERALL": "overall", "ENFORCE_2020": "enforcement"}
UNITS_OF_LEVEL = frozenset({"dBA", "m_s2", "WBGT", "uSv_h"})


@dataclass(frozen=True, slots=True)
class RecordKind:
    """``row``: columns from checked values. ``problems``: what is wrong with them, in sentences by field."""

    model: type[Any]
    row: Callable[[Values], dict[str, Any]]
    problems: Callable[[Values, Employer, date], Problems]


def record_from(kind: str, values: Values, *, employer: Employer, today: date) -> EmployerRecord:
    """A new record, not stored yet. ``values``: checked by the form. Raises Invalid."""
    found = KINDS[kind]
    problems = found.problems(values, employer, today)
    if problems:
        raise Invalid(problems)
    record: EmployerRecord = found.model(employer_id=employer.id, **found.row(values))
    return record


def profile_problems(values: Values) -> Problems:
    """What is wrong with the basic facts."""
    if values["exposed_workers"] > values["workers"]:
        return {"exposed_workers": [gettext("More workers are exposed than there are. Correct one of the two numbers.")]}
    return {}


def _fine(values: Values, employer: Employer, today: date) -> Problems:
    return {}


def _declaration(values: Values) -> dict[str, Any]:
    days = {"declared_on": _day(values, "declared_on"), "changed_on": _day(values, "changed_on")}
    return {"kind": values["kind"], "receipt_no": values["receipt_no"], "factors": values["factors"], **days}


def _declaration_problems(values: Values, employer: Employer, today: date) -> Problems:
    if values.get("changed_on", "") > values["declared_on"]:
        return {"changed_on": [gettext("The change cannot be later than its declaration. Check both dates.")]}
    return {}


def _post(values: Values) -> dict[str, Any]:
    plain = {name: values[name] for name in ("post", "factor", "workers", "ppe")}
    return {**plain, "seen_on": _day(values, "seen_on"), "has_local_exhaust": values["has_local_exhaust"] == YES}


def _test(values: Values) -> dict[str, Any]:
    """A limit of the rules wins over the one on the report."""
    tested_on = date.fromisoformat(values["tested_on"])
    plain = {name: values.get(name) for name in ("institution", "report_no", "post", "factor", "kind", "unit")}
    limit = limits.limit_of(values["factor"], values["kind"], on=tested_on)
    if limit is None and "limit_value" in values:
        limit = limits.Limit(float(values["limit_value"]), limits.FROM_REPORT)
    value = float(values["value"])
    judged = {
        "limit_value": limit.value if limit else None,
        "limit_source": limit.source if limit else None,
        "limit_verified": limit.verified if limit else None,
        "exceeds": value > limit.value if limit else None,
    }
    return {**plain, "tested_on": tested_on, "value": value, **judged}


def _test_problems(values: Values, employer: Employer, today: date) -> Problems:
    if (values["kind"] == "LEVEL") != (values["unit"] in UNITS_OF_LEVEL):
        return {"unit": [gettext("This unit does not fit the kind of limit: concentrations are in mg/m³, intensities in another unit.")]}
    limit = limits.limit_of(values["factor"], values["kind"], on=date.fromisoformat(values["tested_on"]))
    if limit is not None and limit.unit not in (None, values["unit"]):
        unit = UNITS.get(str(limit.unit), str(limit.unit))
        return {"unit": [gettext("The limit of this hazard is in %(unit)s. State the value in this unit.", unit=unit)]}
    return {}


def _exam_problems(values: Values, employer: Employer, today: date) -> Problems:
    problems: Problems = {}
    if values["year"] > today.year:
        problems["year"] = [gettext("This year has not begun. State the year of the examinations.")]
    if values["examined_workers"] > values["due_workers"]:
        problems["examined_workers"] = [gettext("More workers were examined than were due. Correct one of the two numbers.")]
    return problems


def _project(values: Values) -> dict[str, Any]:
    stages = ("began_on", "pre_evaluated_on", "designed_on", "effect_evaluated_on", "accepted_on")
    return {"name": values["name"], "kind": values["kind"], **{stage: _day(values, stage) for stage in stages}}


def _project_problems(values: Values, employer: Employer, today: date) -> Problems:
    """Stages in the wrong order are what an inspection may find; only what cannot be is refused."""
    late = ("effect_evaluated_on", "accepted_on")
    too_early = [stage for stage in late if stage in values and values[stage] < values["began_on"]]
    return {stage: [gettext("This cannot have been done before the project began. Check both dates.")] for stage in too_early}


def _contract(values: Values) -> dict[str, Any]:
    told = values["hazards_told"] == YES
    return {"checked_on": _day(values, "checked_on"), "workers_without_contract": values["workers_without_contract"], "hazards_told": told}


def _insurance(values: Values) -> dict[str, Any]:
    return {"checked_on": _day(values, "checked_on"), "insured_workers": values["insured_workers"]}


def _risk(values: Values) -> dict[str, Any]:
    scheme = values["scheme"]
    risk_class = values[CLASS_FIELDS[scheme]]
    known = {"version": SCHEMES[scheme].version, "rank": SCHEMES[scheme].rank_of(risk_class)}
    return {"scheme": scheme, "risk_class": risk_class, **known, "assessed_on": _day(values, "assessed_on"), "source": values["source"]}


def _not_more_than_there_are(field: str) -> Callable[[Values, Employer, date], Problems]:
    def problems(values: Values, employer: Employer, today: date) -> Problems:
        if values[field] <= employer.workers:
            return {}
        sentence = gettext(
            "The registry knows only %(workers)s workers of this employer. Correct this number, or first the basic facts.",
            workers=employer.workers,
        )
        return {field: [sentence]}

    return problems


def _day(values: Values, name: str) -> date | None:
    return date.fromisoformat(values[name]) if name in values else None


KINDS: Mapping[str, RecordKind] = {
    "declaration": RecordKind(Declaration, _declaration, _declaration_problems),
    "hazard_post": RecordKind(HazardPost, _post, _not_more_than_there_are("workers")),
    "workplace_test": RecordKind(WorkplaceTest, _test, _test_problems),
    "health_exam": RecordKind(HealthExam, dict, _exam_problems),
    "project": RecordKind(Project, _project, _project_problems),
    "contract_fact": RecordKind(ContractFact, _contract, _not_more_than_there_are("workers_without_contract")),
    "insurance_fact": RecordKind(InsuranceFact, _insurance, _not_more_than_there_are("insured_workers")),
    "risk": RecordKind(Risk, _risk, _fine),
}
