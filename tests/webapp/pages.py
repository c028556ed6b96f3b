"""A person in front of a browser: opens pages, fills in forms, reads what is there."""

from __future__ import annotations

import contextvars
import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select

from tests import factories
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.cases.services import start_process
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.employers.models import Employer
from webapp.processes import editions, queries, services
from webapp.processes.lookups import Lookups
from webapp.processes.models import UserTask
from webapp.processes.subjects import Subject

TEXT = "打磨工段扬尘明显，多名工人未佩戴防尘口罩，排风罩软管脱落。"
HOLDERS = {
    "GRID": "ping", "TOWN": "tao", "HD_INTAKE": "an", "HD_LEAD": "hui", "HD_CHIEF": "chen", "HD_PRIN": "zheng", "POL": "jing",
    "HRSS_INJ": "she", "CIV": "min", "HD_OFF": "qin", "HD_COL": "he1", "HD_REV": "fan", "HD_HEAR": "ting", "TOWN_WIN": "tang", "MED": "yi",
}  # fmt: skip


def outside(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Send a request as a server would: without the test's own application context, whose ``g`` it would share."""
    return contextvars.Context().run(call, *args, **options)


class Browser:
    """Signed in as ``username``; ``language`` is what the browser asks for."""

    def __init__(self, app: Any, username: str, *, language: str = "en") -> None:
        self.client = app.test_client()
        self.language = language
        page = self.get("/sign-in")
        answer = self.post("/sign-in", csrf_token=token_on(page.text), username=username, password=factories.PASSWORD)
        assert answer.status_code == 303, answer.text

    def get(self, path: str, *, follow: bool = False) -> Any:
        return outside(self.client.get, path, headers={"Accept-Language": self.language}, follow_redirects=follow)

    def post(self, path: str, **values: Any) -> Any:
        return outside(self.client.post, path, data=values, headers={"Accept-Language": self.language})

    def put(self, path: str, body: Any, *, token: str) -> Any:
        headers = {"X-CSRFToken": token, "Accept": "application/json", "Accept-Language": self.language}
        return outside(self.client.put, path, json=body, headers=headers)

    def send(self, page_path: str, action: str, **values: Any) -> Any:
        """Open a page and send the form on it that posts to ``action``."""
        return self.post(action, **{**hidden_values(self.get(page_path).text, action), **values})


def token_on(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


def hidden_values(page: str, action: str) -> dict[str, str]:
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, f"no form for {action} in {page}"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))


def text_of(page: str) -> str:
    """What can be read on the page."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def answers(form: Any, *, lookups: Lookups | None = None, **given: Any) -> dict[str, Any]:
    """Acceptable answers to every field that shows, except those given; what needs no answer gets no choices.

    ``lookups``: what its references may choose.
    """
    found: dict[str, Any] = {}
    for field in form.answerable:
        asked = field.visible_if
        value = found.get(asked.field) if asked else None
        if asked is None or set(value if isinstance(value, list) else [value]) & set(asked.values):
            found[field.key] = given[field.key] if field.key in given else _answer(field, lookups)
    return {key: value for key, value in found.items() if value is not None}


def open_case(employer: Employer, actor: User, **given: Any) -> Case:
    """A case as a patroller's finding opens it."""
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    with transaction():
        started = start_process(
            "case_lifecycle", values=answers(form, **given), employer_id=employer.id, actor=actor, at=clock.now(), locale="en"
        )
    assert started.case is not None
    return started.case


def open_task(case: Case, *, role: str | None = None) -> UserTask:
    """The first open task of the case, or the first of a role."""
    return next(task for task in queries.open_tasks_of_case(case.id) if role in (None, task.role))


def complete_next(case: Case, *, role: str | None = None, **given: Any) -> UserTask:
    """Let whoever is next do the first open task of the case, or the first of a role."""
    task = open_task(case, role=role)
    actor = db.session.scalars(select(User).where(User.username == HOLDERS[task.role])).one()
    form, lookups = queries.form_of(task), Lookups(Subject.of(task.instance), clock.now())
    with transaction():
        values = answers(form, lookups=lookups, **given) if form else {}
        services.complete(task, values=values, version=None, actor=actor, at=clock.now(), locale="en")
    return task


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile."""
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _answer(field: Any, lookups: Lookups | None) -> Any:
    if field.type == "reference":
        return _chosen(field, lookups)
    if field.type == "choices" and not field.required:
        return None
    if field.type == "date":
        return "2026-02-02" if field.max == "today" else "2030-01-31"
    if field.type == "datetime":
        return "2026-02-02T09:30"
    if field.type in ("choice", "select"):
        return field.options[0].value
    if field.type == "choices":
        return [field.options[0].value] if field.required else None
    if field.type in ("integer", "number"):
        return str(field.min or 0)
    return "true" if field.type == "boolean" else TEXT[: field.max_length or 200]


def _chosen(field: Any, lookups: Lookups | None) -> list[str] | str | None:
    """The first three that may be chosen, or the first; nothing where nothing must be."""
    if lookups is None or not field.required:
        return None
    offered = [choice.value for choice in lookups.choices(field.of) if choice.refusal is None]
    return offered[:3] if field.many else offered[0]
