"""Records about an employer: checked in words, struck out with a reason, known by facts of a day. Covers R-085, R-186, R-188, R-189."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from webapp.core.db import db, transaction
from webapp.core.errors import Invalid
from webapp.employers import facts, queries, services
from webapp.employers.completeness import completeness
from webapp.employers.limits import FROM_REPORT
from webapp.employers.models import Employer, EmployerRecord, Risk
from webapp.employers.record_forms import KINDS, form_of
from webapp.employers.services import AlreadyStruck
from webapp.events.models import Event, EventStream
from webapp.rules import queries as rules
from webapp.rules.models import ExposureLimit

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
ON = date(2026, 11, 2)
TEST = {
    "tested_on": "2025-06-01", "institution": "演示技术服务机构", "post": "浇注", "factor": "heat", "kind": "LEVEL", "value": "29",
    "unit": "WBGT", "limit_value": "28",
}  # fmt: skip
GOOD: dict[str, dict[str, Any]] = {
    "declaration": {"kind": "first", "declared_on": "2025-05-06", "receipt_no": "DEMO-2025-1", "factors": ["silica_dust"]},
    "hazard_post": {
        "seen_on": "2026-03-04", "post": "清理", "factor": "silica_dust", "workers": "8", "has_local_exhaust": "no", "ppe": "some"
    },
    "workplace_test": TEST,
    "health_exam": {"year": "2025", "kind": "in_service", "due_workers": "25", "examined_workers": "20"},
    "project": {"name": "扩建二车间", "kind": "extension", "began_on": "2024-01-05", "pre_evaluated_on": "2024-02-01"},
    "contract_fact": {"checked_on": "2026-05-01", "workers_without_contract": "3", "hazards_told": "no"},
    "insurance_fact": {"checked_on": "2026-05-01", "insured_workers": "0"},
    "risk": {"scheme": "CATALOG_2021", "catalog_class": "severe", "assessed_on": "2026-01-10", "source": "行业分类"},
}  # fmt: skip


def add(employer: Employer, kind: str, /, **changes: Any) -> EmployerRecord:
    values = {key: value for key, value in {**GOOD[kind], **changes}.items() if value is not None}
    with transaction():
        return services.add_record(employer, kind, values=values, actor_id=1, at=AT, locale="en")


def refused(employer: Employer, kind: str, /, **changes: Any) -> dict[str, list[str]]:
    with force_locale("en"), pytest.raises(Invalid) as caught:
        add(employer, kind, **changes)
    return caught.value.errors


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_record_is_kept_and_recorded_without_its_content(app: Any, employer: Any, kind: str) -> None:
    row = add(employer, kind)
    event = db.session.scalars(select(Event).join(EventStream).where(EventStream.key == f"employer:{employer.id}")).one()
    assert (event.name, event.payload) == ("employer.record_added", {"record": kind, "row_id": row.id})


@pytest.mark.parametrize(
    ("kind", "changes", "field", "words"),
    [
        ("declaration", {"declared_on": "2027-01-01"}, "declared_on", "2026-11-02"),
        ("declaration", {"kind": "change", "changed_on": "2025-06-01"}, "changed_on", "cannot be later than its declaration"),
        ("hazard_post", {"workers": "-1"}, "workers", "1"),
        ("hazard_post", {"workers": "61"}, "workers", "knows only 60 workers"),
        ("workplace_test", {"factor": None}, "factor", "Hazard"),
        ("workplace_test", {"value": "-0.1"}, "value", "0"),
        ("workplace_test", {"unit": "mg/m3"}, "unit", "does not fit"),
        ("workplace_test", {"tested_on": "2026-11-03"}, "tested_on", "2026-11-02"),
        ("health_exam", {"examined_workers": "26"}, "examined_workers", "More workers were examined"),
        ("health_exam", {"year": "2027"}, "year", "has not begun"),
        ("project", {"accepted_on": "2023-12-31"}, "accepted_on", "before the project began"),
        ("contract_fact", {"workers_without_contract": "61"}, "workers_without_contract", "knows only 60 workers"),
        ("insurance_fact", {"insured_workers": "100"}, "insured_workers", "knows only 60 workers"),
        ("risk", {"catalog_class": None}, "catalog_class", "Class"),
        ("risk", {"scheme": "SELF_OVERALL", "catalog_class": None}, "overall", "Class"),
    ],
)
def test_what_cannot_be_is_refused_in_words(app: Any, employer: Any, kind: str, changes: Any, field: str, words: str) -> None:
    errors = refused(employer, kind, **changes)
    assert list(errors) == [field]
    assert words in errors[field][0]


def test_stages_of_a_project_in_the_wrong_order_are_a_finding_and_not_refused(app: Any, employer: Any) -> None:
    add(employer, "project", accepted_on="2025-01-01", pre_evaluated_on=None)
    (project,) = facts.facts_of(employer.id, ON).projects
    assert (project.accepted_on, project.pre_evaluated_on) == (date(2025, 1, 1), None)


def test_a_value_over_its_limit_is_known_until_a_newer_one_is_not(app: Any, employer: Any) -> None:
    add(employer, "workplace_test")
    assert [test.value for test in facts.facts_of(employer.id, ON).over_limit] == [29]
    assert facts.facts_of(employer.id, date(2025, 5, 31)).over_limit == []  # before the test
    add(employer, "workplace_test", tested_on="2026-06-01", value="27")
    assert facts.facts_of(employer.id, ON).over_limit == []


def test_a_value_without_a_limit_is_not_judged(app: Any, employer: Any) -> None:
    found: Any = add(employer, "workplace_test", limit_value=None)
    assert found.exceeds is None
    assert facts.facts_of(employer.id, ON).over_limit == []


def test_the_rules_limit_wins_over_the_one_on_the_report(app: Any, employer: Any) -> None:
    with transaction() as session:
        session.add(
            ExposureLimit(
                code="demo_gas", zh="演示气体", en="Demo gas", unit="mg/m3", stated="PC-TWA 2", twa=2.0, source="S:演示标准", verified="no",
                valid_from=date(2025, 1, 1),
            )
        )  # fmt: skip
    rules.forget_rules()
    gas = {"factor": "demo_gas", "kind": "TWA", "unit": "mg/m3", "limit_value": "9"}
    found: Any = add(employer, "workplace_test", **gas, value="2.1")
    assert (found.limit_value, found.limit_source, found.limit_verified, found.exceeds) == (2, "演示标准", "no", True)
    before: Any = add(employer, "workplace_test", **gas, value="2.1", tested_on="2024-12-31")
    assert (before.limit_value, before.limit_source, before.exceeds) == (9, FROM_REPORT, False)
    errors = refused(employer, "workplace_test", factor="demo_gas", kind="LEVEL", unit="dBA")
    assert "The limit of this hazard is in mg/m³" in errors["unit"][0]


def test_the_next_test_is_due_by_the_risk_class(app: Any, employer: Any) -> None:
    add(employer, "workplace_test")
    assert facts.facts_of(employer.id, ON).is_test_overdue is None  # no class, no interval
    add(employer, "risk")
    months = rules.time_limit("TEST_SEVERE", on=date(2025, 6, 1)).value
    assert months == 12
    found = facts.facts_of(employer.id, ON)
    assert (found.test_due_on, found.is_test_overdue) == (date(2026, 6, 1), True)
    assert facts.facts_of(employer.id, date(2026, 6, 1)).is_test_overdue is False  # the last day is in time
    add(employer, "risk", catalog_class="general", assessed_on="2026-10-01")
    assert facts.facts_of(employer.id, ON).is_test_overdue is False


def test_an_employer_with_a_class_that_was_never_tested_is_overdue(app: Any, employer: Any) -> None:
    add(employer, "risk")
    assert facts.facts_of(employer.id, ON).is_test_overdue is True


def test_nothing_known_is_not_a_no(app: Any, employer: Any) -> None:
    found = facts.facts_of(employer.id, ON)
    assert (found.is_declared, found.is_insured, found.has_contracts, found.is_test_overdue) == (False, None, None, None)
    add(employer, "insurance_fact")
    add(employer, "contract_fact")
    found = facts.facts_of(employer.id, ON)
    assert (found.is_insured, found.has_contracts) == (False, False)


def test_a_record_that_is_struck_out_no_longer_counts_and_stays(app: Any, employer: Any) -> None:
    row = add(employer, "risk")
    assert db.session.get_one(Employer, employer.id).risk_level == 3
    with transaction():
        services.strike_record(employer, row, values={"reason": "录错单位"}, actor_id=1, at=AT, locale="en")
    assert employer.risk_level is None
    assert facts.facts_of(employer.id, ON).risks == []
    assert [kept.struck_reason for kept in facts.records_of(employer.id, Risk)] == ["录错单位"]
    with pytest.raises(AlreadyStruck), transaction():
        services.strike_record(employer, row, values={"reason": "再来一次"}, actor_id=1, at=AT, locale="en")


def test_the_highest_class_of_any_scheme_is_the_level_whatever_its_letter(app: Any, employer: Any, cast: Any) -> None:
    add(employer, "risk", scheme="SELF_OVERALL", overall="jia", catalog_class=None)
    assert employer.risk_level == 1
    add(employer, "risk", scheme="ENFORCE_2020", enforcement="jia", catalog_class=None)
    assert employer.risk_level == 3
    ranks = [(risk.scheme, risk.rank) for risk in facts.current_risks(employer.id, ON)]
    assert ranks == [("ENFORCE_2020", 3), ("SELF_OVERALL", 1)]
    assert [row.id for row in queries.list_employers(cast.hui, chosen=queries.EmployerFilter(risk_level=3)).items] == [employer.id]
    assert queries.list_employers(cast.hui, chosen=queries.EmployerFilter(risk_level=1)).items == []
    assert queries.list_employers(cast.hui, chosen=queries.EmployerFilter(risk_level=3, industry="C203")).items == []


def test_the_file_gets_more_complete_with_each_thing_known(app: Any, employer: Any) -> None:
    start = completeness(employer, facts.facts_of(employer.id, ON))
    assert (start.percent, start.missing[0]) == (0, "phone")
    for kind in KINDS:
        add(employer, kind)
    later = completeness(employer, facts.facts_of(employer.id, ON))
    assert (later.percent, later.missing) == (70, ["phone", "legal_rep", "health_manager"])


def test_the_basic_facts_change_and_say_which(app: Any, employer: Any) -> None:
    profile = {
        "phone": "000-0000-0001", "workers": "60", "exposed_workers": "25", "status": "running", "is_key": "yes", "key_since": "2026-01-01",
        "key_criteria": "粉尘危害严重",
    }  # fmt: skip
    with transaction():
        changed = services.change_profile(employer, values=profile, actor_id=1, at=AT, locale="en")
    assert set(changed) == {"phone", "is_key", "key_since", "key_criteria"}
    with transaction():
        again = services.change_profile(employer, values={**profile, "is_key": "no"}, actor_id=1, at=AT, locale="en")
    assert (set(again), employer.key_since) == ({"is_key", "key_since", "key_criteria"}, None)
    with pytest.raises(Invalid) as caught, transaction():
        services.change_profile(employer, values={**profile, "exposed_workers": "61"}, actor_id=1, at=AT, locale="en")
    assert list(caught.value.errors) == ["exposed_workers"]


def test_every_form_speaks_both_languages(app: Any) -> None:
    for kind in (*KINDS, "profile", "strike"):
        for field in form_of(kind).fields:
            assert field.label.keys() >= {"zh", "en"}
