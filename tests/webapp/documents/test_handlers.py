"""Steps of the process make documents and record services, in their own transaction."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.documents import stories
from tests.webapp.pages import open_case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.documents import handlers
from webapp.documents.errors import NothingToServe, UnknownKind
from webapp.documents.filling import subject_of
from webapp.documents.handlers import kinds_made, make_documents, record_service, service_of
from webapp.documents.queries import documents_of_case, evidence_of, is_served, latest, receipts_of_case
from webapp.documents.serving import ServiceRefused
from webapp.processes.handlers import Completing
from webapp.processes.lookups import Lookups, labels_of
from webapp.processes.models import ProcessInstance, UserTask

AT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
SERVICE = {"way": "direct", "served_on": "2026-03-04", "receiver": "李某某", "receiver_role": "party"}


@pytest.fixture
def case(cast: Any, employer: Any) -> Any:
    return open_case(employer, cast.ping)


def step(case: Any, actor: Any, *, values: dict[str, Any], **properties: str) -> Completing:
    """A completed task of the case with these properties."""
    instance = db.session.get_one(ProcessInstance, case.root_instance_id)
    task = db.session.scalars(select(UserTask).where(UserTask.case_id == case.id).limit(1)).one()
    return Completing(task, instance, properties, values, {}, actor, AT, "zh", None)


def test_a_start_and_a_task_make_their_documents(case: Any, cast: Any) -> None:
    (first,) = documents_of_case(case.id)
    with transaction():
        make_documents(step(case, cast.hui, values={"decision": "file"}, document="D05"))
    second = latest(case.id, "D05")
    assert second is not None
    assert (first.state, second.state, first.task_id, second.values) == ("final", "final", None, {"decision": "file"})
    assert second.task_id is not None


@pytest.mark.parametrize(
    ("text", "values", "kinds"),
    [
        ("", {}, []),
        ("D17A D16", {}, ["D16", "D17A"]),
        ("D20?decision=penalise|warn D22?decision=none", {"decision": "warn"}, ["D20"]),
        ("D20?decision=penalise|warn D22?decision=none", {"decision": "none"}, ["D22"]),
        ("D20?decision=penalise", {}, []),
    ],
)
def test_which_documents_a_step_makes(text: str, values: dict[str, str], kinds: list[str]) -> None:
    assert list(kinds_made(text, values)) == kinds


def test_a_refused_step_leaves_no_number(case: Any, cast: Any) -> None:
    with pytest.raises(UnknownKind), transaction():
        make_documents(step(case, cast.hui, values={}, document="D05 D99"))
    assert latest(case.id, "D05") is None
    assert stories.final(case, "D05", at=AT).serial == 1


def test_a_task_with_serves_records_the_receipt(case: Any, cast: Any) -> None:
    decision = stories.final(case, "D20", at=AT)
    with transaction():
        record_service(step(case, cast.hui, values=SERVICE, serves="D20"))
    (receipt,) = receipts_of_case(case.id)
    assert (receipt.document_id, receipt.recorded_by_id, receipt.served_on) == (decision.id, cast.hui.id, date(2026, 3, 4))
    assert is_served(case.id, "D20", date(2026, 3, 4))


def test_the_form_may_choose_an_earlier_paper(case: Any, cast: Any) -> None:
    first, second = stories.final(case, "D16", at=AT), stories.final(case, "D16", at=AT)
    with transaction():
        record_service(step(case, cast.hui, values={**SERVICE, "document": str(first.id)}, serves="D16"))
    assert (first.state, second.state) == ("served", "final")


def test_nothing_is_served_that_was_not_made(case: Any, cast: Any) -> None:
    with pytest.raises(NothingToServe):
        record_service(step(case, cast.hui, values=SERVICE, serves="D20"))


def test_an_unlawful_service_refuses_the_step(case: Any, cast: Any) -> None:
    stories.final(case, "D20", at=AT)
    with pytest.raises(ServiceRefused), transaction():
        record_service(step(case, cast.hui, values={**SERVICE, "way": "mail"}, serves="D20"))
    assert receipts_of_case(case.id) == []


def test_the_form_of_services_is_understood() -> None:
    found = service_of({
        "way": "announcement", "served_on": "2026-03-04", "receiver": "甲", "earlier_failed": "搬空", "announced_in": "本机关网站",
        "confirmation": ["3", "3"], "photo": ["4"],
    })  # fmt: skip
    assert (found.reason, found.address, found.evidence_ids) == ("搬空", "本机关网站", (3, 4))


def test_forms_choose_from_evidence_and_documents_of_their_case(case: Any, cast: Any, employer: Any) -> None:
    shown = stories.added(case, cast.ping)
    made = stories.final(case, "D20", at=AT)
    lookups = Lookups(subject_of(case), clock.now())
    assert [choice.value for choice in lookups.choices("evidence")] == [str(shown.id)]
    assert str(made.id) in {choice.value for choice in lookups.choices("documents")}
    assert "现场.jpg" in labels_of("evidence", [str(shown.id)])[str(shown.id)]["zh"]
    assert made.number in labels_of("documents", [str(made.id)])[str(made.id)]["zh"]  # type: ignore[operator]
    other = Lookups(subject_of(open_case(employer, cast.ping)), clock.now())
    assert other.refusal("evidence", str(shown.id)) is not None


def test_withdrawn_evidence_is_shown_but_not_taken(case: Any, cast: Any) -> None:
    shown = stories.added(case, cast.ping)
    with transaction():
        handlers.evidence_choices(subject_of(case), AT)
        shown.withdrawn_at = AT
    assert Lookups(subject_of(case), AT).refusal("evidence", str(shown.id)) is not None


def test_documents_rest_on_the_evidence_their_form_names(case: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = stories.added(case, cast.ping)
    form = SimpleNamespace(fields=[SimpleNamespace(key="photos", of="evidence"), SimpleNamespace(key="who", of="officers")])
    monkeypatch.setattr(handlers, "form_of_step", lambda *_: form)
    values = {"photos": [str(shown.id)], "who": [str(cast.hui.id), str(cast.hui2.id)]}
    with transaction():
        make_documents(step(case, cast.hui, values=values, document="D06"))
    document = latest(case.id, "D06")
    assert document is not None
    assert document.officer_ids == [cast.hui.id, cast.hui2.id]
    assert evidence_of(document) == [shown]
