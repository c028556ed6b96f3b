"""Six mornings: what a patroller, a town officer, a case lead, a principal head, a police liaison and an auditor do before noon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests import story as tale
from tests.browser.conftest import Person
from tests.site import Site
from tests.webapp.documents.files import photo
from tests.webapp.scenarios import ways
from tests.webapp.scenarios.telling import Story, officers, person
from tests.webapp.scenarios.test_crime import REACHED, screened, sent
from webapp.core.db import db, transaction
from webapp.deadlines import sweeps
from webapp.employers.models import Employer
from webapp.processes import assignments, editions, queries
from webapp.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
Arrive = Callable[..., Person]
CRIME = "V-75-06"
TOLD = ".flash, [role=status]"


@pytest.fixture
def arrive(browser: Browser, site: Site) -> Iterator[Arrive]:
    """Somebody comes to work; in the evening the console is empty and no request has failed."""
    people: list[Person] = []

    def one(username: str, **how: Any) -> Person:
        db.session.remove()
        found = Person(browser, site, username, **how)
        found.page.on("response", lambda answer: _note_failure(found, answer))
        people.append(found)
        return found

    yield one
    faults = [one.faults for one in people if one.faults]
    for each in people:
        each.close()
    assert faults == []


def _note_failure(who: Person, answer: Response) -> None:
    if answer.status >= 400:
        who.faults.append(f"{answer.status} {answer.url}")


def lately(employer: Employer, **finding: Any) -> Story:
    return Story(employer, at=datetime.now(UTC) - timedelta(minutes=5), **finding)


def told(page: Page, text: str) -> None:
    expect(page.locator(TOLD).filter(has_text=text).first).to_be_visible()


def add_photo(page: Page, name: str, colour: str) -> None:
    page.set_input_files("#evidence-files", {"name": name, "mimeType": "image/jpeg", "buffer": photo(colour=colour)})
    page.locator("#evidence form[data-uploads] button.primary").click()
    expect(page.locator("#evidence-list .file-name").filter(has_text=name)).to_be_visible()


def assigned_to_ping(employer: Employer) -> str:
    """The town wants more facts, and asks for them by name."""
    story = lately(employer)
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="more_facts")
    with transaction():
        task = story.open_task("supplement_finding")
        assignments.reassign(task, to=person("ping"), reason="照片看不清", actor=person("tao"), at=datetime.now(UTC))
    return story.case.case_no


def test_a_patroller_registers_a_finding_with_a_photograph_on_a_phone(employer: Employer, arrive: Arrive) -> None:
    case_no = assigned_to_ping(employer)
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    assert form is not None
    answers, name, employer_id = tale.answers(form.definition["fields"], {"urgency": "A"}), employer.name, employer.id
    ping = arrive("ping", is_phone=True)
    page = ping.page
    expect(page.locator("#task-list")).to_contain_text(name)  # what the town asks is on the desk
    page.locator("a.bell").click()
    page.locator(".open-notice").first.click()
    expect(page.locator("main")).to_contain_text("照片看不清")
    page.locator(".tabbar a[href='/start']").click()
    page.fill("#q", name[:4])
    page.locator(f"main a.main-link[href$='employer_id={employer_id}']").click()
    ping.fill(answers)
    page.locator("form[data-fields] button.primary").click()
    told(page, "TC-")
    page.goto("/cases")
    own = page.locator(f"main a[href^='/cases/TC-']:not([href$='{case_no}'])").first.get_attribute("href")
    page.goto(f"{own}/evidence")
    add_photo(page, "打磨间.jpg", "teal")
    page.goto(str(own))
    expect(page.locator(".next-step").first).to_contain_text("镇街")  # whose turn it is now
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_town_officer_filters_claims_verifies_returns_and_searches(employer: Employer, arrive: Arrive) -> None:
    for urgency in ("A", "B", "C"):
        lately(employer, urgency=urgency)
    wrong, right = lately(employer), lately(employer)
    for story in (wrong, right):
        story.do("tao", "town_accept", decision="take")
    wrong_id, right_id = wrong.open_task("verify").id, right.open_task("verify").id
    form = queries.form_of(right.open_task("verify"))
    assert form is not None
    answers, case_no, name = tale.answers(form.definition["fields"], {"conclusion": "violation"}), right.case.case_no, employer.name
    tao = arrive("tao")
    page = tao.page
    page.goto("/?view=group&stage=clue&process=case_lifecycle&q=" + name[2:6])
    expect(page.locator(".list-state a.chip")).to_have_count(3)
    expect(page.locator("tr[data-task]")).to_have_count(5)
    page.locator("[data-pick-all]").check()
    page.locator("#bulk button[value=claim]").click()
    told(page, "5")
    page.goto(f"/tasks/{right_id}")
    tao.fill(answers)
    page.locator(".actionbar button.primary").click()
    expect(page.locator(TOLD).first).to_be_visible()
    expect(page.locator(".error-summary")).to_have_count(0)
    page.goto(f"/tasks/{wrong_id}")
    page.locator("a[data-key=r]").click()
    page.locator("input[name=to]").first.check()
    page.fill("#reason", "地址有误，重新受理")
    page.locator(".actionbar button.primary").click()
    told(page, "退回")
    page.keyboard.press("/")
    page.keyboard.type(name[2:4])
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(case_no)


def test_a_case_lead_takes_the_next_task_with_the_evidence_beside_it(employer: Employer, arrive: Arrive) -> None:
    story = lately(employer)
    story.do("tao", "town_accept", decision="take")
    story.do("tao", "verify", conclusion="violation")
    story.do("an", "accept", decision="accept")
    task_id, case_no = story.open_task("propose_filing").id, story.case.case_no
    hui = arrive("hui", language="en")
    page = hui.page
    page.goto("/?view=group&stage=filing")
    page.locator("details.keep > summary").click()
    page.fill("#filter-name", "Filings to write")
    page.locator("form[action='/inbox/filters'] button.primary").click()
    page.locator(".saved-filters a.chip", has_text="Filings to write").click()
    page.locator("a[data-key=n]").click()
    expect(page).to_have_url(re.compile(rf"/tasks/{task_id}$"))
    add_photo(page, "grinding.jpg", "teal")
    page.locator("#evidence a.shot").first.click()
    expect(page.locator("[data-evidence-pane]")).to_be_visible()
    page.fill("#f-discovered_on", "2030-01-01")
    page.locator("#f-acted_on").focus()
    expect(page.locator("[data-field=discovered_on] .problem")).to_be_visible()
    page.locator("[data-pane-close]").click()
    page.goto(f"/cases/{case_no}")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Stop following")).to_be_visible()
    page.goto(f"/cases/{case_no}/notes")
    page.fill("#note-text", "Ask the town for the plan of the ventilation.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".notes")).to_contain_text("plan of the ventilation")
    page.goto("/?view=watched")
    expect(page.locator("tr[data-task]")).to_have_count(1)


def test_a_principal_head_sees_what_is_overdue_and_decides(employer: Employer, arrive: Arrive) -> None:
    story = Story(employer)
    ways.file(story, CRIME)
    screened(story, CRIME, **REACHED)
    story.do("hui", "write_report", "police_referral", officers=officers(*ways.TEAM))
    task_id, case_no = story.open_task("approve", "police_referral").id, story.case.case_no
    db.session.remove()
    assert sweeps.watch_deadlines() > 0
    zheng = arrive("zheng")
    page = zheng.page
    page.locator("a.tile.overdue").click()
    page.locator("tr.overdue a.main-link").first.click()
    expect(page).to_have_url(re.compile(rf"/tasks/{task_id}$"))
    zheng.fill({"decision": "approve", "reason": "事实清楚，涉嫌犯罪，同意移送公安机关。"})
    page.locator(".actionbar button.primary").click()
    expect(page.locator(TOLD).first).to_be_visible()
    page.goto("/escalations")
    missed = page.locator("li.missed").filter(has_text=case_no)
    waiting = missed.count()
    missed.first.locator("details.note > summary").click()
    missed.first.locator("textarea").fill("已当面督促")
    missed.first.locator("button.primary").click()
    expect(page.locator("li.missed").filter(has_text=case_no)).to_have_count(waiting - 1)


def test_a_police_liaison_sees_only_what_was_sent_and_answers_it(employer: Employer, arrive: Arrive) -> None:
    story = Story(employer)
    ways.file(story, CRIME)
    screened(story, CRIME, **REACHED)
    sent(story)
    case_no, kept = story.case.case_no, lately(employer).case.case_no
    referral_id = db.session.query(Referral).filter_by(case_id=story.case_id).one().id
    jing = arrive("jing", language="en")
    page = jing.page
    expect(page.locator(".sidenav a[href='/cases']")).to_have_count(0)
    page.locator(".sidenav a[href='/referrals']").click()
    expect(page.locator("main")).to_contain_text(case_no)
    expect(page.locator("main")).not_to_contain_text(kept)
    page.locator(f"main a[href='/referrals/{referral_id}']").click()
    expect(page.locator("#package")).to_contain_text("package complete")
    page.locator(".actions a.primary").click()
    jing.fill({"answer": "received", "signed_by": "Desk 2"})
    page.locator(".actionbar button.primary").click()
    expect(page.locator(TOLD).first).to_be_visible()
    page.goto(f"/referrals/{referral_id}")
    page.fill("#message-text", "Please send the video as well.")
    page.get_by_role("button", name="Send the message").click()
    expect(page.locator("#thread")).to_contain_text("the video as well")
    assert page.request.get(f"/cases/{case_no}").status in (403, 404)


def test_an_auditor_draws_a_sample_and_reads_but_changes_nothing(employer: Employer, arrive: Arrive) -> None:
    numbers = [lately(employer).case.case_no for _ in range(3)]
    shenji = arrive("shenji", language="en")
    page = shenji.page
    page.locator("a[href$='/samples/new'], main a[data-key=n]").first.click()
    today = datetime.now(UTC).date()
    shenji.fill({"opened_from": f"{today - timedelta(days=9)}", "opened_to": f"{today}", "size": 2, "purpose": "Plan 2026-11"})
    page.locator(".actionbar button.primary").click()
    expect(page.locator(".notice.ok").last).to_contain_text("the same cases in the same order")
    page.locator("main td a.main-link").first.click()
    expect(page.locator("main")).to_contain_text("The chain is whole.")
    expect(page.locator(".ledger li").first).to_be_visible()
    page.get_by_role("link", name="Case page").click()
    expect(page.locator(".next-step").first).to_be_visible()
    expect(page.locator(".next-step button, #note-text, form[data-uploads]")).to_have_count(0)
    page.goto("/audit")
    page.get_by_role("link", name="Who read protected data").click()
    expect(page.locator("main h1")).to_contain_text("Who read protected data")
    assert page.request.post(f"/cases/{numbers[0]}/notes", form={"text": "x"}).status in (400, 403)
