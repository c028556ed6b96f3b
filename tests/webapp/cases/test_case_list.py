"""The list of cases: filters in the address, pages, counts, and plans that do not read the whole table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from tests.webapp.pages import Browser, counted_queries, open_case, text_of
from webapp.accounts.models import User
from webapp.cases.case_list import Filters, filtered, paged
from webapp.cases.models import Case
from webapp.cases.queries import visible_cases
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.pagination import Cursor
from webapp.processes.models import UserTask

MAX_QUERIES = 12


@pytest.fixture
def cases(app: Any, cast: Any, employer: Any) -> list[Case]:
    """Three in Shaxi: an urgent one, a closed one, one that is late."""
    found = [open_case(employer, cast.ping) for _ in range(3)]
    with transaction():
        found[0].stage = "filing"
        for case, urgency in zip(found, "ACC", strict=True):
            case.urgency = urgency
        found[1].closed_at, found[1].stage = clock.now(), "closed"
        late = clock.now() - timedelta(days=2)
        db.session.query(UserTask).filter(UserTask.case_id == found[2].id).update({"due_at": late, "order_at": late})
        db.session.query(UserTask).filter(UserTask.case_id != found[2].id).update({"due_at": None})
        for number, case in enumerate(found):
            case.opened_at = clock.now() - timedelta(days=10 * number)
    return found


def listed(browser: Browser, cases: list[Case], query: str) -> list[int]:
    """Which of the three are shown, by their place in ``cases``."""
    page = browser.get(f"/cases?{query}").text
    return [number for number, case in enumerate(cases) if f'href="/cases/{case.case_no}"' in page]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2]), ("urgency=A", [0]), ("stage=filing", [0]), ("state=closed", [1]), ("state=open", [0, 2]), ("state=overdue", [2]),
        ("q=云禾", [0, 1, 2]), ("q=云禾&state=closed", [1]), ("urgency=A&state=closed", []),
    ],
)  # fmt: skip
def test_a_filter_shows_what_it_says_and_its_count_agrees(app: Any, cases: list[Case], query: str, expected: list[int]) -> None:
    hui = Browser(app, "hui")
    assert listed(hui, cases, query) == expected
    words = f"{len(expected)} cases match" if query else f"{len(expected)} cases in my area"
    assert words in text_of(hui.get(f"/cases?{query}").text)


def test_the_period_includes_both_days(app: Any, cases: list[Case]) -> None:
    hui, today = Browser(app, "hui"), clock.today()
    assert listed(hui, cases, f"since={today - timedelta(days=10)}") == [0, 1]
    assert listed(hui, cases, f"until={today - timedelta(days=10)}") == [1, 2]
    assert listed(hui, cases, f"since={today - timedelta(days=10)}&until={today - timedelta(days=10)}") == [1]


def test_town_and_grid_are_those_one_may_see(app: Any, cases: list[Case]) -> None:
    hui, ping = Browser(app, "hui"), Browser(app, "ping")
    assert listed(hui, cases, f"town={cases[0].town_id}&grid={cases[0].grid_id}") == [0, 1, 2]
    assert 'name="town"' in hui.get("/cases").text
    assert 'name="town"' not in ping.get("/cases").text
    other = f"town={cases[0].town_id + 1}"
    assert listed(hui, cases, other) == []
    assert listed(ping, cases, other) == [0, 1, 2]  # not on offer: left out
    assert listed(Browser(app, "zhou"), cases, f"town={cases[0].town_id}") == []


@pytest.mark.parametrize(
    "query",
    ["stage=nonsense", "urgency=Z", "state=%00", "town=x", "town=99999999999", "grid=-1", "since=yesterday", "until=0001-01-01",
     "until=9999-12-31", "sort=worst", "stage=%22%3E%3Cscript%3E", "q=%00"],
)  # fmt: skip
def test_a_stale_or_forged_filter_is_left_out(app: Any, cases: list[Case], query: str) -> None:
    assert listed(Browser(app, "hui"), cases, query) == [0, 1, 2]


def test_a_forged_page_address_is_refused_in_words(app: Any, cases: list[Case]) -> None:
    answer = Browser(app, "hui").get("/cases?after=nonsense")
    assert answer.status_code == 400
    assert "page address is damaged" in text_of(answer.text)


def test_every_chip_takes_one_filter_away(app: Any, cases: list[Case]) -> None:
    page = Browser(app, "hui").get("/cases?urgency=A&stage=filing&sort=oldest").text
    assert 'class="chip" href="/cases?stage=filing&amp;sort=oldest"' in page
    assert 'class="chip" href="/cases?urgency=A&amp;sort=oldest"' in page


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_pages_keep_the_filters_and_follow_each_other_without_a_gap(
    app: Any, cases: list[Case], monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("webapp.cases.case_list.case_list.__kwdefaults__", {"limit": 1})
    hui, found, address = Browser(app, "hui"), [], f"/cases?q=云禾&sort={sort}"
    while address:
        page = hui.get(address).text
        found += [number for number, case in enumerate(cases) if f'class="main-link" href="/cases/{case.case_no}"' in page]
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert found == ([0, 1, 2] if sort == "newest" else [2, 1, 0])


def test_the_list_needs_few_queries(app: Any, cases: list[Case]) -> None:
    hui, address = Browser(app, "hui"), f"/cases?q=云禾&town={cases[0].town_id}&state=open"
    hui.get(address)
    with counted_queries() as statements:
        assert hui.get(address).status_code == 200
    assert len(statements) <= MAX_QUERIES, "\n".join(statements)


FILTERS = [
    Filters(), Filters(stage="filing"), Filters(urgency="A"), Filters(state="open"), Filters(state="overdue"), Filters(sort="oldest"),
    Filters(since=date(2026, 1, 1)),
]  # fmt: skip


@pytest.mark.parametrize("username", ["hui", "tao", "ping", "admin"])
@pytest.mark.parametrize("filters", FILTERS, ids=lambda one: "-".join(one.address) or "all")
def test_a_page_of_the_list_is_read_by_an_index(app: Any, cast: Any, username: str, filters: Filters) -> None:
    plan = plan_of_list(getattr(cast, username), filters)
    assert "Seq Scan on case_file" not in plan, plan
    assert "SCAN case_file\n" not in plan, plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # on the other, how text is found is the search's own to prove
def test_a_text_does_not_walk_all_cases(app: Any, cast: Any) -> None:
    assert "SCAN case_file\n" not in plan_of_list(cast.hui, Filters(q="云禾"))


def plan_of_list(user: User, filters: Filters) -> str:
    rows = filtered(visible_cases(user), filters, at=clock.now())
    return plan_of(paged(rows, filters, Cursor(clock.now(), 7), 25))


def plan_of(query: Any) -> str:
    """As the database would go about it with many rows: PostgreSQL without sequential scans."""
    if db.engine.dialect.name == "postgresql":
        sql = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        return "\n".join(row[0] for row in db.session.execute(text("EXPLAIN " + sql.replace(":", "\\:"))))
    sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    return "\n".join(row[3] for row in db.session.execute(text("EXPLAIN QUERY PLAN " + sql.replace(":", "\\:")))) + "\n"
