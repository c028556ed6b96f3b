"""The board, the list of members and their plans."""

from __future__ import annotations

import random
import re
from collections import Counter
from types import SimpleNamespace
from typing import Any

from sqlalchemy import event, insert, text

from tests.webapp.campaigns.campaigning import AT, WAYS, add_employers, launched, members, running, walk
from tests.webapp.pages import counted_queries
from webapp.campaigns import queries, services
from webapp.campaigns.models import Campaign, CampaignMember
from webapp.core.db import db, transaction
from webapp.processes.models import ProcessInstance

COORDINATOR = SimpleNamespace(
    id=1, jurisdiction_id=1, has=lambda _: True, scopes_with=lambda _: frozenset({"j1"}), role_codes=frozenset({"HD_LEAD"})
)  # fmt: skip


def listed(campaign: Campaign, user: Any, **wanted: Any) -> list[queries.MemberRow]:
    """Every page of the list."""
    found: list[queries.MemberRow] = []
    after: int | None = None
    while True:
        rows, after = queries.list_members(campaign, user, after=after, limit=3, **wanted)
        found += rows
        if after is None:
            return found


def test_the_board_is_the_truth_for_any_mixture_of_states(app: Any, cast: Any) -> None:
    add_employers(7)
    add_employers(4, town="LH")
    campaign, dice, expected = running(cast.hui), random.Random(7), Counter[tuple[int, str]]()
    for number, member in enumerate(members(campaign)):
        state = list(WAYS)[number] if number < len(WAYS) else dice.choice(list(WAYS))
        walk(member, state)
        expected[member.town_id, state] += 1
    queries.board(campaign, cast.hui)  # the person's roles are read once for the whole request
    with counted_queries() as asked:
        rows = queries.board(campaign, cast.hui)
    assert len(asked) == 2  # the counts, and the names of the towns
    assert Counter({(row.town.id, state): count for row in rows for state, count in row.counts.items() if count}) == expected
    for (town_id, state), count in expected.items():
        assert len(listed(campaign, cast.hui, town_id=town_id, state=state)) == count
    assert len(listed(campaign, cast.hui)) == sum(row.total for row in rows) == 13


def test_members_without_a_visit_wait(app: Any, cast: Any) -> None:
    campaign = launched(cast.hui)
    with transaction():
        services.open_next(campaign.id, town_id=None, limit=1, at=AT)
    totals = Counter({state: sum(row.counts[state] for row in queries.board(campaign, cast.hui)) for state in queries.STATES})
    assert (totals["waiting"], totals["list_check"], totals.total()) == (1, 1, 2)
    (waiting,) = listed(campaign, cast.hui, state="waiting")
    assert (waiting.task_id, waiting.member.instance_id) == (None, None)
    assert queries.progress(campaign) == queries.Progress(opened=1, total=2)
    assert queries.progress(campaign).percent == 50


def test_a_visit_at_a_step_of_an_administrator_is_counted_as_other(app: Any, cast: Any) -> None:
    campaign = running(cast.hui)
    with transaction():
        instance = db.session.get_one(ProcessInstance, members(campaign)[0].instance_id)
        instance.outcome, instance.end_element = "completed", "end_of_their_own"
    assert sum(row.counts["other"] for row in queries.board(campaign, cast.hui)) == 1
    assert len(listed(campaign, cast.hui, state="other")) == 1


def test_each_place_sees_its_own_members(app: Any, cast: Any, employer: Any) -> None:
    campaign = running(cast.hui)
    for user, towns in ((cast.hui, 2), (cast.tao, 1), (cast.zhou, 1), (cast.ping, 1), (cast.admin, 2)):
        assert len(queries.board(campaign, user)) == towns
        assert len(listed(campaign, user)) == towns
    assert {row.member.employer_id for row in listed(campaign, cast.tao)} == {employer.id}


def test_another_jurisdiction_and_outside_bodies_see_no_campaign(app: Any, cast: Any) -> None:
    launched(cast.hui)
    stranger = SimpleNamespace(jurisdiction_id=77, has=lambda _: True, scopes_with=lambda _: frozenset({"j77"}))
    for user in (stranger, cast.jing):
        assert queries.list_campaigns(user).items == []  # type: ignore[arg-type]
    assert len(queries.list_campaigns(cast.tao).items) == 1


def test_the_list_of_campaigns_has_pages(app: Any, cast: Any) -> None:
    made = [launched(cast.hui, name=f"治理{number}").id for number in range(5)]
    first = queries.list_campaigns(cast.hui, limit=3)
    second = queries.list_campaigns(cast.hui, limit=3, after=first.next)
    assert [campaign.id for campaign in [*first.items, *second.items]] == made[::-1]
    assert (first.total, second.next) == (5, None)


def test_lists_and_board_walk_indexes(app: Any, cast: Any, employer: Any) -> None:
    with transaction():
        campaigns = [launched_bare(cast.hui, number) for number in range(40)]
        rows = [_row(campaign.id, employer, number) for campaign in campaigns for number in range(1, 3)]
        db.session.execute(insert(CampaignMember), rows)
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    campaign = campaigns[0]
    work = {
        "list": lambda: queries.list_campaigns(COORDINATOR),  # type: ignore[arg-type]
        "board": lambda: queries.board(campaign, COORDINATOR),  # type: ignore[arg-type]
        "members": lambda: queries.list_members(campaign, COORDINATOR, town_id=1),  # type: ignore[arg-type]
        "progress": lambda: queries.progress(campaign),
    }
    for name, ask in work.items():
        plans = _plans(ask)
        assert not re.search(r"Seq Scan on (campaign|campaign_member|user_task|process_instance)\b", plans), f"{name}:\n{plans}"
        assert not re.search(r"SCAN (campaign|campaign_member|user_task|process_instance)(?! USING)", plans), f"{name}:\n{plans}"


def launched_bare(actor: Any, number: int) -> Campaign:
    campaign = Campaign(
        jurisdiction_id=actor.jurisdiction_id, kind="DUST", name=f"治理{number}", plan="", starts_on=AT.date(), ends_on=AT.date(),
        criteria={}, created_at=AT, frozen_at=AT, state="running",
    )  # fmt: skip
    db.session.add(campaign)
    db.session.flush()
    return campaign


def _row(campaign_id: int, employer: Any, number: int) -> dict[str, Any]:
    place = {"jurisdiction_id": employer.jurisdiction_id, "town_id": employer.town_id, "grid_id": employer.grid_id}
    return {"campaign_id": campaign_id, "employer_id": number, **place}


def _plans(ask: Any) -> str:
    """Plans of the statements of ``ask``; PostgreSQL is told that rows are many, as they will be."""
    found: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    ask()
    event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
            explain = "EXPLAIN"
        else:
            explain = "EXPLAIN QUERY PLAN"
        asked = [(statement, parameters) for statement, parameters in found if statement.startswith("SELECT")]
        return "\n".join(str(row[-1]) for statement, given in asked for row in connection.exec_driver_sql(f"{explain} {statement}", given))
