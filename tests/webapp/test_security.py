"""What a security review found once and must not come back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests import factories
from tests.story import answers
from tests.webapp.api_client import ApiClient, outside
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.accounts.web import safe_target
from webapp.cases.queries import visible_cases
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.events import verify
from webapp.inbox import queries as inbox
from webapp.processes import editions, queries, services
from webapp.processes import verify as submissions
from webapp.processes.models import UserTask


def found_by_ping(cast: Any, employer: Any) -> UserTask:
    """A case whose verification the town holds."""
    at = clock.now()
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    assert form is not None
    with transaction():
        values = answers(form.definition["fields"], {})
        started = start_process("case_lifecycle", values=values, employer_id=employer.id, actor=cast.ping, at=at, locale="zh")
        services.claim(started.opened[0], actor=cast.tao, at=at)
    return started.opened[0]


def test_who_loses_a_role_loses_its_tasks(app: Any, cast: Any, employer: Any) -> None:
    task = found_by_ping(cast, employer)
    with transaction():
        tao = db.session.get_one(User, cast.tao.id)
        accounts.revoke_role(tao, "TOWN", scope=tao.memberships[0].scope, actor_id=None, at=clock.now())
    db.session.expire_all()
    assert task.assignee_id is None
    with pytest.raises(NotFound):
        queries.find_task(task.id, tao)


def test_a_closed_account_gives_its_tasks_back(app: Any, cast: Any, employer: Any) -> None:
    task = found_by_ping(cast, employer)
    with transaction():
        accounts.deactivate(db.session.get_one(User, cast.tao.id), actor_id=None, at=clock.now())
    db.session.expire_all()
    assert task.assignee_id is None


def test_a_roles_place_opens_nothing_for_another_role(app: Any, cast: Any, employer: Any) -> None:
    found_by_ping(cast, employer)
    with transaction():
        zhou = db.session.get_one(User, cast.zhou.id)
        accounts.grant_role(zhou, "OBSERVER", actor_id=None, at=clock.now(), jurisdiction_id=employer.jurisdiction_id)
        accounts.grant_role(zhou, "HD_LEAD", actor_id=None, at=clock.now(), jurisdiction_id=employer.jurisdiction_id)
    assert inbox.page(zhou, view="all").items == []  # HD_LEAD reads the district, TOWN supervises one town
    with transaction():
        accounts.revoke_role(zhou, "HD_LEAD", scope=f"j{employer.jurisdiction_id}", actor_id=None, at=clock.now())
    assert db.session.scalars(visible_cases(zhou)).all() == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE form_submission SET \"values\" = '{}'", "DELETE FROM form_submission", "UPDATE form_submission SET task_id = 1"],
)
def test_what_people_said_cannot_be_changed_unnoticed(app: Any, cast: Any, employer: Any, statement: str) -> None:
    found_by_ping(cast, employer)
    assert [*verify.problems(), *submissions.problems()] == []
    with transaction() as session:
        session.execute(text(statement))
    db.session.expire_all()
    assert list(submissions.problems())


NESTED = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        NESTED,
        '{"username": ' + "9" * 5000 + "}",
        '{"username": "\\ud800", "password": "x"}',
        '{"username": "a\\u0000", "password": "x"}',
        "{",
    ],
    ids=["nested", "long number", "surrogate", "nul", "cut"],
)
def test_json_that_no_view_can_use_is_a_400(app: Any, body: str) -> None:
    client = app.test_client()
    answer = outside(client.post, "/api/v1/tokens", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.json["error"]["message"]


@pytest.mark.parametrize(
    "path", ["/api/v1/tasks/99999999999999999999", "/api/v1/tasks?after=MC45OTk5OTk5OTk5OTk5OTk5OTk5OQ", "/api/v1/cases/x%00"]
)
def test_odd_addresses_are_refused_and_not_a_fault(app: Any, path: str) -> None:
    client = ApiClient(app, "tao")
    assert client.get(path.removeprefix("/api/v1")).status_code in {400, 404}


@pytest.mark.parametrize("target", ["//[", "http://[", "//evil.example", "/\\evil.example"])
def test_a_damaged_or_foreign_target_leads_home(target: str) -> None:
    assert safe_target(target) == "/"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # PostgreSQL has no REPLACE
def test_an_event_cannot_be_replaced(app: Any, cast: Any, employer: Any) -> None:
    found_by_ping(cast, employer)
    with pytest.raises(Exception, match="append-only"), transaction() as session:
        session.execute(text("INSERT OR REPLACE INTO event SELECT * FROM event LIMIT 1"))


assert factories.CAST["zhou"][0] == "TOWN"
