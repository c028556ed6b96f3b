"""The shipped data: complete in both languages, sourced, marked, dated, and with every code that the domain asks for."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.pages import Browser
from webapp.core.db import db
from webapp.rules import citing, queries
from webapp.rules.models import UNITS, VERIFIED, Amount, Dated, ExposureLimit, TimeLimit, Violation

TODAY = date(2026, 11, 24)
NEEDED = {
    "TOWN_ACCEPT", "TOWN_VERIFY", "TOWN_REVISIT", "TOWN_UP", "TOWN_SUPPLEMENT", "GRID_SUPPLEMENT", "HD_ACCEPT", "FILE_DAYS", "DECIDE",
    "INVESTIGATE", "EVID_REG", "COLLEGIAL", "LEGAL_REVIEW", "DEFENCE_WAIT", "HEARING_REQ", "HEARING_NOTICE", "SERVE", "SERVE_ANNOUNCE",
    "PAY", "RECON_APPLY", "SUIT_DIRECT", "CORRECT_EASY", "CORRECT_NORMAL", "CORRECT_HARD", "REINSPECT", "CRIME_SCREEN", "CRIME_DECIDE",
    "TR_REPORT", "TR_APPROVE", "TR_SEND", "POL_PASS", "POL_INCOMPLETE", "SUPPLEMENT", "POL_DECIDE", "TR_HANDOVER", "TR_RECON",
    "POL_RECON", "TR_SUPERVISE", "PRO_REASON", "PRO_FILE", "REVERSE_REPLY", "SEAL", "SEAL_EXT", "URGENT_APPROVAL", "LEG_HAND_IN",
    "INJ_EMP", "INJ_WORKER", "INJ_ACCEPT", "INJ_DECIDE", "INJ_DECIDE_FAST", "INJ_SERVE", "LAC", "LAC_EXT", "LAC_RE", "DIBAO_PUBLIC",
    "DIBAO_CONFIRM", "DIBAO_REFUSE", "DIBAO_TOTAL", "TEMP_URGENT", "TEMP_NORMAL", "MEDICAL_AID", "REFERRAL_ACK", "REFERRAL_RESULT",
    "ACC_LEVEL", "ACC_REPORT", "PHE_REPORT", "LSI", "CLOSE", "CLOSE_APPROVE", "LIMIT_NORMAL", "LIMIT_HARM", "PETITION_TELL",
    "PETITION_END", "TOWN_VERIFY_A", "TOWN_VERIFY_B", "TOWN_VERIFY_C", "PATROL_REPORT_A", "PATROL_REPORT_B", "PATROL_REPORT_C",
    "POL_DECIDE_USUAL", "POL_DECIDE_LONGEST",
}  # fmt: skip
SOURCE = re.compile(r"L:[A-Z]+\d*[-\d][\d,()-]*(?: .*)?|W:[\d,]+(?: .*)?|S:GBZ [\d.]+(?:-\d{4})?.*|M(?: .*)?|D(?:[ :,].*)?")


def rows_of(table: type[Dated]) -> list[Any]:
    return list(db.session.scalars(select(table).order_by(table.code, table.valid_from)))


@pytest.fixture
def rows(app: Any) -> list[Any]:
    return [row for table in queries.TABLES for row in rows_of(table)]


def test_every_row_speaks_both_languages_and_says_where_it_comes_from(rows: list[Any]) -> None:
    for row in rows:
        assert re.search(r"[一-鿿]", row.zh), row.code
        assert row.en and not re.search(r"[一-鿿]", row.en), row.code
        assert SOURCE.fullmatch(row.source), (row.code, row.source)
        assert row.verified in VERIFIED, row.code
        assert (row.verified == "design") == row.source.startswith("D"), row.code
        assert row.verified != "yes" or citing.cited_law(row.source), (row.code, row.source)
        assert bool(row.note_zh) == bool(row.note_en), row.code


def test_rows_of_a_code_never_overlap(rows: list[Any]) -> None:
    seen: dict[tuple[type, str], Any] = {}
    for row in rows:
        before = seen.get((type(row), row.code))
        assert before is None or (before.valid_to and before.valid_to < row.valid_from), row.code
        seen[type(row), row.code] = row


def test_every_code_of_the_procedure_is_there_with_a_known_unit(app: Any) -> None:
    limits = {row.code: row for row in rows_of(TimeLimit)}
    assert set(limits) >= NEEDED
    for row in limits.values():
        assert row.unit in UNITS
        assert row.value > 0 or row.code == "TOWN_VERIFY_A", "the same day"
        assert (row.extension_value is None) == (row.extension_unit is None) == (row.extension_count is None), row.code
        assert not (row.rolls and row.unit in ("H", "WD")), row.code


def test_the_corrections_of_the_domain_are_in_the_data(app: Any) -> None:
    limits = {row.code: row for row in rows_of(TimeLimit)}
    decide = limits["DECIDE"]
    assert (decide.value, decide.target_value, decide.target_unit, decide.rolls, decide.keeps_days_min) == (90, 90, "CD", True, 15)
    assert not any(limits[code].rolls for code in ("SEAL", "SEAL_EXT", "TR_APPROVE", "SUPPLEMENT", "POL_DECIDE", "TR_RECON", "TR_HANDOVER"))
    assert all(limits[code].rolls for code in ("RECON_APPLY", "SUIT_DIRECT", "PAY", "INJ_WORKER", "LAC_RE"))
    assert (limits["SERVE_ANNOUNCE"].value, limits["SERVE_ANNOUNCE"].source) == (30, "L:CPL95")
    assert limits["PHE_REPORT"].verified == "part"
    assert {limits[code].verified for code in ("TEST_TOXIC", "EVAL_TOXIC")} == {"no"}
    assert (limits["RECON_DECIDE"].extension_value, limits["RECON_DECIDE_SIMPLE"].value) == (30, 30)
    assert (limits["COURT_RULE"].value, limits["COURT_RULE_ILLEGAL"].value, limits["COURT_OBJECT"].value) == (7, 30, 15)
    assert (limits["ACC_REPLY_EXTRA"].value, limits["ACC_REPLY_EXTRA"].extension_value, limits["ACC_UPDATE_TRAFFIC"].value) == (30, 30, 7)
    assert (limits["DIBAO_TOTAL"].extension_value, limits["DIBAO_TOTAL"].extension_unit) == (15, "WD")


def test_the_catalogue_of_violations_holds_the_fines_of_the_law(app: Any) -> None:
    found = {row.code: row for row in rows_of(Violation)}
    assert len(found) == 43, "42 lines, of which one has a graver case"
    assert {row.pattern for row in found.values()} == {"W>F", "W+F", "F", "S", "X"}
    assert {row.serious for row in found.values()} == {"none", "stop_or_close", "cancel"}
    for row in found.values():
        assert 0 <= row.fine_min < row.fine_max
        assert row.source == f"L:{row.law}{row.article}"
        assert (row.income_from is None) == (row.income_times_min is None) == (row.income_times_max is None)
    assert (found["V-72-01"].fine_min, found["V-72-01"].fine_max) == (50_000, 200_000)
    assert (found["V-74-02"].fine_min, found["V-74-02"].fine_max) == (20_000, 50_000)
    assert (found["V-79-01"].income_from, found["V-79-01"].income_times_min, found["V-79-01"].income_times_max) == (5_000, 2, 10)


def test_amounts_and_exposure_limits_are_numbers_with_units(app: Any) -> None:
    amounts = {row.code: row for row in rows_of(Amount)}
    assert (amounts["HEARING_FINE_ORG"].value, amounts["HEARING_FINE_ORG"].verified) == (20_000, "part")
    assert (amounts["SUMMARY_FINE_ORG"].value, amounts["SUMMARY_FINE_PERSON"].value, amounts["ONSPOT_COLLECT"].value) == (3_000, 200, 100)
    assert (amounts["LATE_RATE"].value, amounts["LATE_RATE"].unit) == (3, "PCT")
    assert {row.unit for row in amounts.values()} == {"YUAN", "PCT", "PERSON", "DAY"}
    exposure = rows_of(ExposureLimit)
    assert len(exposure) == 43, "42 lines, of which one names two factors"
    assert all(any(number is not None for number in (row.twa, row.stel, row.mac)) for row in exposure)


def test_benzene_changed_in_november_2022(app: Any) -> None:
    assert queries.exposure_limit("benzene", on=date(2022, 10, 31)).twa == 6
    assert queries.exposure_limit("benzene", on=date(2022, 11, 1)).twa == 3
    silica = queries.exposure_limit("silica_10_50", on=TODAY)
    assert (silica.twa, silica.twa_respirable, silica.stel) == (1.0, 0.7, None)


def test_sources_are_cited_as_people_do(app: Any) -> None:
    page = Browser(app, "hui").get("/rules/limits").text
    assert "Administrative Penalty Law, article 64, article 85" in page
    assert "working limit of this office" in page
    chinese = Browser(app, "hui", language="zh-CN")
    assert "《行政处罚法》第64条、第85条" in chinese.get("/rules/limits").text
    assert "《职业病防治法》第72条第（1）项" in chinese.get("/rules/violations").text
    assert "GBZ 2.1-2019" in chinese.get("/rules/exposure").text
    assert citing.cited_law("L:SPP01-10") == ("SPP01", ["10"])
    assert citing.cited_law("L:JI15-6") == ("JI15", ["6"])
    assert citing.cited_law("W:5 (1997 rule)") is None
