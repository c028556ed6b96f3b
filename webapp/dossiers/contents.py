"""The bound dossier 案卷 of a case as a document: everything the record says, in the order a reader turns the pages.

Always in Chinese: it is the record of a Chinese authority.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.accounts.models import Jurisdiction, User
from webapp.cases.case_page import CasePage, case_page, place_name
from webapp.cases.models import Case
from webapp.cases.people_forms import kind_names
from webapp.cases.people_queries import people_for_copies
from webapp.cases.wording import in_language
from webapp.core.clock import LEGAL_ZONE
from webapp.core.db import db
from webapp.core.i18n import gettext, pick
from webapp.deadlines.legal_basis import legal_basis
from webapp.deadlines.models import Deadline
from webapp.dossiers import papers
from webapp.employers.catalogue import hazard_names, industry_names
from webapp.events.services import head_of
from webapp.printing.model import Block, Chapter, Document, Facts, Index, Picture, Section, Space, Table, Text
from webapp.processes.editions import content_of
from webapp.processes.models import COMPLETED
from webapp.processes.said import Said

ALL_EVENTS = 100_000


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is printed. ``record``: stream head of the case when it was read, so that the end sheet proves its state."""

    document: Document
    record: str


def dossier_of(case: Case, *, reader: User, at: datetime) -> Dossier:
    """Read the whole record of the case. The caller's language must be Chinese (``force_locale``)."""
    page = case_page(case, reader, events=ALL_EVENTS)
    jurisdiction = db.session.get_one(Jurisdiction, case.jurisdiction_id)
    record = head_of(f"case:{case.id}")
    office = gettext("%(place)s Health Commission", place=jurisdiction.name_zh)
    blocks = [*_cover(page, office), *_chapters(page), *_end_sheet(page, reader, record, at)]
    document = Document(
        title=gettext("Dossier of case %(number)s", number=case.case_no), author=office, subject=case.employer.name,
        keywords=(case.case_no, case.employer.credit_code), running_head=_running_head(case), blocks=blocks,
        pages_label=gettext("This dossier has {pages} pages, this sheet included."),
    )  # fmt: skip
    return Dossier(document, record)


def _running_head(case: Case) -> str:
    mark = "    " + gettext("Demo data: invented people and firms") if case.is_demo else ""
    return f"{case.case_no}  {case.employer.name}{mark}"


def _cover(page: CasePage, office: str) -> Iterator[Block]:
    case = page.case
    yield Space(45)
    yield Text(gettext("Occupational Health Supervision Dossier"), "cover_title")
    yield Space(20)
    yield Text(case.case_no, "cover_line")
    yield Text(case.employer.name, "cover_line")
    yield Space(45)
    yield Text(office, "cover_line")
    closed = f"{_day(case.closed_at)}" if case.closed_at else gettext("not closed")
    yield Text(gettext("Registered %(opened)s, closed %(closed)s", opened=_day(case.opened_at), closed=closed), "cover_line")
    if case.is_demo:
        yield Space(10)
        yield Text(gettext("Demo data: invented people and firms"), "note")


def _chapters(page: CasePage) -> Iterator[Block]:
    yield Chapter(gettext("Index"), "hidden")
    yield Index(gettext("Index"))
    yield from papers.papers_of(page.case.id)
    yield Chapter(gettext("Parties"))
    yield from _parties(page)
    yield Chapter(gettext("Course of the case"))
    yield from _course(page)
    yield Chapter(gettext("Forms and records"))
    yield from _submissions(page)
    yield Chapter(gettext("Statutory clocks"))
    yield _clocks(page.deadlines)
    yield from _pictures(page)


def _parties(page: CasePage) -> Iterator[Block]:
    employer = page.case.employer
    industry = industry_names(employer.industry)["zh"]
    yield Section(gettext("Employer"))
    yield Facts([
        (gettext("Name"), employer.name), (gettext("Credit code"), employer.credit_code), (gettext("Address"), employer.address),
        (gettext("Town and grid"), place_name(page.grid) if page.grid else ""), (gettext("Industry"), f"{industry} ({employer.industry})"),
        (gettext("Hazards"), "、".join(hazard_names(code)["zh"] for code in employer.hazards)),
        (gettext("Workers, of them exposed"), f"{employer.workers} / {employer.exposed_workers}"),
    ])  # fmt: skip
    others = [(party.name, _moment(party.joined_at)) for party in page.parties if party.kind != "employer"]
    if others:
        yield Section(gettext("Departments that take part"))
        yield Table((gettext("Department"), gettext("Since")), others, (0.7, 0.3))
    yield from _people(page)


def _people(page: CasePage) -> Iterator[Block]:
    """Masked, and never a complainant: a dossier is copied (BR-22, BR-23)."""
    rows = [(person.label, pick(kind_names()[person.kind]), person.relation or "") for person in people_for_copies(page.case.id)]
    if rows:
        yield Section(gettext("People concerned"))
        yield Table((gettext("Full name"), gettext("Who it is"), gettext("Post or relation")), rows, (0.4, 0.25, 0.35))


def _course(page: CasePage) -> Iterator[Block]:
    rows = [(_moment(entry.at), entry.actor, entry.text) for entry in reversed(page.timeline)]
    yield Table((gettext("When"), gettext("Who"), gettext("What")), rows, (0.22, 0.18, 0.6))


def _submissions(page: CasePage) -> Iterator[Block]:
    for said in reversed(page.said):
        yield from _submission(said, page)


def _submission(said: Said, page: CasePage) -> Iterator[Block]:
    leg = page.leg_names.get(said.instance_id)
    yield Section(f"{leg}: {said.title}" if leg else said.title)
    yield Text(gettext("%(who)s, %(when)s", who=said.actor or gettext("System"), when=_moment(said.at)), "note")
    yield Facts([(answer.label, answer.text) for answer in said.answers])


def _clocks(deadlines: Sequence[Deadline]) -> Block:
    rows = [
        (
            one.time_limit.zh,
            legal_basis(one.time_limit),
            _moment(one.started_at),
            _moment(one.due_at),
            _moment(one.ended_at) if one.ended_at else "",
        )
        for one in sorted(deadlines, key=lambda one: (one.started_at, one.id))
    ]
    return Table(
        (gettext("Time limit"), gettext("Basis"), gettext("Started"), gettext("Due"), gettext("Ended")),
        rows,
        (0.24, 0.19, 0.19, 0.19, 0.19),
    )


def _pictures(page: CasePage) -> Iterator[Block]:
    for leg in page.legs:
        instance = leg.instance
        definition = content_of(instance.edition_id).process(instance.process_key)
        own = [task for task in page.tasks if task.instance_id == instance.id]
        current = {task.element for task in own if task.is_open}
        done = {task.element for task in own if task.state == COMPLETED} | ({instance.end_element} if instance.end_element else set())
        yield Chapter(gettext("Diagram: %(process)s", process=in_language(definition)), "section")
        yield Picture(definition.diagram, instance.process_key, frozenset(current), frozenset(done - current))


def _end_sheet(page: CasePage, reader: User, record: str, at: datetime) -> Iterator[Block]:
    yield Chapter(gettext("End sheet"))
    yield Facts([
        (gettext("Case number"), page.case.case_no), (gettext("Printed by"), reader.name_zh), (gettext("Printed at"), _moment(at)),
        (gettext("State of the record"), record),
    ])  # fmt: skip
    yield Text(
        gettext("The state is the head of the chained record of this case; the administrator can prove with it what was recorded by then."),
        "note",
    )


def _moment(at: datetime) -> str:
    return at.astimezone(LEGAL_ZONE).strftime("%Y-%m-%d %H:%M")


def _day(at: datetime) -> str:
    local = at.astimezone(LEGAL_ZONE)
    return f"{local.year}年{local.month}月{local.day}日"
