"""An auditor draws samples, reads whole histories, and is watched; nothing can be changed."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select, text

from tests import factories
from tests.webapp import pages
from tests.webapp.pages import Browser, complete_next, counted_queries, open_case, text_of
from webapp.audit import sampling
from webapp.audit.models import AuditSample
from webapp.audit.sampling import Criteria, NothingToDraw
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.events.anchors import anchor
from webapp.events.guard import lifted
from webapp.events.models import AccessLog, Event
from webapp.events.verify import check_stream
from webapp.processes.models import FormSubmission

ALL_YEARS = (date(2020, 1, 1), date(2030, 12, 31))


@pytest.fixture
def case(employer: Any, cast: Any) -> Any:
    return open_case(employer, cast.ping)


def criteria(employer: Any, **given: Any) -> Criteria:
    return Criteria(employer.jurisdiction_id, *ALL_YEARS, **given)


def drawn(employer: Any, actor: Any, *, size: int = 2, **given: Any) -> AuditSample:
    with transaction():
        return sampling.draw(criteria(employer, **given), size=size, purpose="计划1号", actor=actor, at=clock.now())


def accesses(field: str) -> list[AccessLog]:
    db.session.rollback()
    return list(db.session.scalars(select(AccessLog).where(AccessLog.field == field)))


def test_the_same_seed_draws_the_same_cases_whatever_their_order() -> None:
    numbers = [f"TC-2026-{number:05d}" for number in range(1, 60)]
    first = sampling.drawn_from(numbers, seed="a", size=7)
    assert sampling.drawn_from(reversed(numbers), seed="a", size=7) == first
    assert sampling.drawn_from(numbers, seed="b", size=7) != first
    assert sampling.drawn_from(numbers, seed="a", size=9)[:7] == first


def test_every_case_can_be_drawn() -> None:
    numbers = [str(number) for number in range(20)]
    assert {one for seed in range(300) for one in sampling.drawn_from(numbers, seed=str(seed), size=1)} == set(numbers)


def test_a_sample_is_kept_with_its_seed_and_on_record(app: Any, cast: Any, employer: Any) -> None:
    cases = [open_case(employer, cast.ping) for _ in range(4)]
    sample = drawn(employer, cast.shenji)
    assert (sample.size, sample.population) == (2, 4)
    assert [one.case_no for one in sample.cases] == sampling.drawn_from([case.case_no for case in cases], seed=sample.seed, size=2)
    event = db.session.scalars(select(Event).where(Event.name == "audit.sample_drawn")).one()
    assert event.payload["seed"] == sample.seed


def test_a_sample_is_drawn_from_what_was_asked_for_only(app: Any, cast: Any, employer: Any, case: Any) -> None:
    elsewhere = factories.garage()
    assert sampling.population(criteria(employer, town_id=elsewhere.town_id), cast.shenji) == []
    assert sampling.population(criteria(employer, town_id=employer.town_id, stage=case.stage), cast.shenji) == [case.case_no]
    with pytest.raises(NothingToDraw), transaction():
        sampling.draw(criteria(employer, stage="closing"), size=1, purpose="计划1号", actor=cast.shenji, at=clock.now())


def test_the_pages_draw_a_sample_and_lead_to_the_history(app: Any, cast: Any, case: Any) -> None:
    auditor = Browser(app, "shenji")
    today = clock.today().isoformat()
    answer = auditor.send(
        "/audit/samples/new", "/audit/samples/new", opened_from="2020-01-01", opened_to=today, size="5", purpose="检查计划2026年第1号"
    )
    assert answer.status_code == 303
    page = auditor.get(answer.headers["Location"])
    assert "the same cases in the same order" in text_of(page.text)
    assert f'href="/audit/cases/{case.case_no}"' in page.text
    assert "检查计划2026年第1号" in auditor.get("/audit").text


def test_a_sample_that_nothing_fits_says_what_to_do(app: Any, cast: Any) -> None:
    auditor = Browser(app, "shenji")
    sent = {"opened_from": "2001-01-01", "opened_to": "2001-12-31", "size": "5", "purpose": "检查计划"}
    answer = auditor.send("/audit/samples/new", "/audit/samples/new", **sent)
    assert answer.status_code == 422
    assert "Choose a longer period" in text_of(answer.text)
    answer = auditor.send("/audit/samples/new", "/audit/samples/new", **{**sent, "opened_to": "2000-12-31"})
    assert "ends before it begins" in text_of(answer.text)


def test_the_history_shows_every_event_and_that_the_chain_is_whole(app: Any, cast: Any, case: Any) -> None:
    complete_next(case)
    with transaction():
        anchor(at=clock.now())
    page = Browser(app, "shenji").get(f"/audit/cases/{case.case_no}").text
    events = check_stream(f"case:{case.id}").events
    assert "The chain is whole" in page
    assert f"through event {events}" in text_of(page)
    assert page.count('<li id="e') == events
    assert page.count("as recorded") == 2  # the start and the task
    (first, _) = re.findall(r'href="([^"]*/submissions/[0-9]+)"', page)
    assert pages.TEXT in Browser(app, "shenji").get(first).text
    assert len(page) < 120_000


def test_a_changed_record_is_seen_on_the_page(app: Any, cast: Any, case: Any) -> None:
    with transaction() as session, lifted(session.connection()):
        session.execute(text("UPDATE event SET actor_id = 1 WHERE name = 'case.opened'"))
    page = Browser(app, "shenji").get(f"/audit/cases/{case.case_no}").text
    assert "The record is not what it was" in page


def test_a_changed_submission_is_seen_on_the_page(app: Any, cast: Any, case: Any) -> None:
    with transaction():
        row = db.session.scalars(select(FormSubmission)).first()
        assert row is not None
        row.values = {**row.values, "description": "nothing was found"}
    assert "not what the record says" in Browser(app, "shenji").get(f"/audit/cases/{case.case_no}").text


def test_the_record_as_it_stood_on_a_day(app: Any, cast: Any, case: Any) -> None:
    auditor = Browser(app, "shenji")
    assert "Nothing had happened" in auditor.get(f"/audit/cases/{case.case_no}?on=2020-01-01").text
    assert "case.opened" in auditor.get(f"/audit/cases/{case.case_no}?on={clock.today()}").text
    assert auditor.get(f"/audit/cases/{case.case_no}?on=yesterday").status_code == 200
    assert auditor.get(f"/audit/cases/{case.case_no}?after=x").status_code == 400


def test_the_auditors_own_reading_is_logged(app: Any, cast: Any, case: Any) -> None:
    auditor = Browser(app, "shenji")
    auditor.get(f"/audit/cases/{case.case_no}")
    (look,) = accesses("audit:history")
    assert (look.actor_id, look.case_id) == (cast.shenji.id, case.id)
    assert "whole history of the case" in auditor.get("/audit/accesses").text
    assert [row.actor_id for row in accesses("audit:accesses")] == [cast.shenji.id]


def test_the_readings_are_filtered_by_case_reader_and_person(app: Any, cast: Any, case: Any) -> None:
    with transaction() as session:
        for person in (4, 44):
            field = f"person:{person}:health"
            row = AccessLog(actor_id=cast.hui.id, subject=f"case:{case.id}", case_id=case.id, field=field, viewed_at=clock.now())
            session.add(row)
    auditor = Browser(app, "shenji")
    found = auditor.get("/audit/accesses?person=4").text
    assert "Person 4</a>" in found
    assert "Person 44</a>" not in found
    assert "Person 44</a>" in auditor.get(f"/audit/accesses?case={case.case_no}&who=hui").text
    assert "No reading found" in auditor.get("/audit/accesses?who=nobody").text
    assert "No reading found" in auditor.get("/audit/accesses?to=2020-01-01").text


def test_the_archive_proves_itself_by_its_manifest(app: Any, cast: Any, case: Any) -> None:
    answer = Browser(app, "shenji").get(f"/audit/cases/{case.case_no}/archive")
    with ZipFile(BytesIO(answer.data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        files = {one["name"]: archive.read(one["name"]) for one in manifest["files"]}
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    rows = list(csv.DictReader(StringIO(files["history.csv"].decode("utf-8-sig"))))
    assert len(rows) == manifest["events"] == check_stream(f"case:{case.id}").events
    assert rows[-1]["hash"] == manifest["head"]
    assert len(accesses("audit:export")) == 1


def test_the_archive_of_a_sample_says_how_to_draw_again(app: Any, cast: Any, employer: Any, case: Any) -> None:
    sample = drawn(employer, cast.shenji)
    answer = Browser(app, "shenji").get(f"/audit/samples/{sample.id}/archive")
    with ZipFile(BytesIO(answer.data)) as archive:
        assert json.loads(archive.read("manifest.json"))["seed"] == sample.seed
        assert case.case_no in archive.read("sample.csv").decode("utf-8-sig")


def test_sign_ins_are_listed_with_those_that_failed(app: Any, cast: Any) -> None:
    auditor = Browser(app, "shenji")
    assert "signed in from" in auditor.get("/audit/sign-ins?who=shenji").text
    assert "No sign-in found" in auditor.get("/audit/sign-ins?failed=1").text


@pytest.mark.parametrize("path", ["/audit", "/audit/accesses", "/audit/sign-ins", "/audit/samples/new", "/audit/cases/{}"])
def test_pages_need_few_queries(app: Any, cast: Any, case: Any, path: str) -> None:
    auditor, path = Browser(app, "shenji"), path.format(case.case_no)
    auditor.get(path)
    with counted_queries() as statements:
        assert auditor.get(path).status_code == 200
    assert len(statements) <= 12, statements
