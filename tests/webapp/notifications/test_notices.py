"""The bell: who is told what, in which language, and that it is read once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.webapp.deadlines.clocks import open_clock
from tests.webapp.pages import Browser, complete_next, counted_queries, hidden_values, open_case, open_task, text_of
from tests.webapp.referrals import stories as referrals
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.pagination import BadCursor
from webapp.deadlines.models import Deadline
from webapp.deadlines.sweeps import watch_deadlines
from webapp.notifications import queries, services
from webapp.notifications.kinds import UnknownNotice
from webapp.notifications.models import Notice
from webapp.notifications.sweeps import notice_sweep
from webapp.processes import services as processes
from webapp.processes.models import UserTask


@pytest.fixture
def case(app: Any, cast: Any, employer: Any) -> Case:
    return open_case(employer, cast.ping)


@pytest.fixture
def task(case: Case) -> UserTask:
    return open_task(case)


@pytest.fixture
def tell(task: UserTask, cast: Any) -> Callable[..., None]:
    """Tell people that hui took the task over."""

    def once(*people: Any, at: datetime | None = None) -> None:
        with transaction():
            services.notify(
                [one.id for one in people], "task.taken_over", at=at or clock.now(), case_no=task.case_no, task_id=task.id,
                url=f"/tasks/{task.id}", by_id=cast.hui.id,
            )  # fmt: skip

    return once


def unread(person: Any) -> int:
    db.session.rollback()
    return queries.count_unread(person.id)


def kinds_told(person: Any) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice.kind).where(Notice.user_id == person.id).order_by(Notice.id)))


def test_a_notice_is_a_sentence_in_the_language_of_its_reader(app: Any, tell: Callable[..., None], task: UserTask, cast: Any) -> None:
    tell(cast.tao)
    english, chinese = (text_of(Browser(app, "tao", language=language).get("/notices").text) for language in ("en", "zh-CN"))
    assert f"Hui took over “{task.name_en}” from you." in english
    assert f"hui某某已接办您手中的“{task.name}”" in chinese
    assert str(task.case_no) in english


def test_opening_a_notice_marks_it_read_and_leads_there(app: Any, tell: Callable[..., None], task: UserTask, cast: Any) -> None:
    tell(cast.tao)
    tao = Browser(app, "tao")
    action = re.findall(r'action="(/notices/\d+/open)"', tao.get("/notices").text)[0]
    answer = tao.send("/notices", action)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tasks/{task.id}")
    assert unread(cast.tao) == 0


def test_a_notice_can_be_marked_as_read(app: Any, tell: Callable[..., None], cast: Any) -> None:
    tell(cast.tao)
    tao = Browser(app, "tao")
    action = re.findall(r'action="(/notices/\d+/read)"', tao.get("/notices").text)[0]
    assert tao.send("/notices", action).status_code == 303
    assert unread(cast.tao) == 0
    assert action not in tao.get("/notices").text


def test_marking_all_leaves_what_came_after_the_page(app: Any, tell: Callable[..., None], cast: Any) -> None:
    tell(cast.tao)
    tell(cast.tao)
    tao = Browser(app, "tao")
    hidden = hidden_values(tao.get("/notices").text, "/notices/read")
    tell(cast.tao)
    answer = tao.post("/notices/read", **hidden)
    assert "2 notices were marked as read." in text_of(tao.get(answer.headers["Location"]).text)
    assert unread(cast.tao) == 1


def test_nobody_reads_or_marks_the_notices_of_others(app: Any, tell: Callable[..., None], cast: Any) -> None:
    tell(cast.tao)
    action = re.findall(r'action="(/notices/\d+/open)"', Browser(app, "tao").get("/notices").text)[0]
    zhou = Browser(app, "zhou")
    token = hidden_values(zhou.get("/account").text, "/sign-out")
    assert zhou.post(action, **token).status_code == 404
    assert "No notices" in text_of(zhou.get("/notices").text)
    assert unread(cast.tao) == 1


def test_unread_ones_come_first_and_pages_meet_each_once(tell: Callable[..., None], cast: Any) -> None:
    for _ in range(7):
        tell(cast.tao)
    ids = list(db.session.scalars(select(Notice.id).order_by(Notice.id)))
    with transaction():
        db.session.execute(update(Notice).where(Notice.id.in_(ids[4:])).values(read_at=clock.now()))
    seen: list[int] = []
    after: str | None = None
    while True:
        page = queries.list_notices(cast.tao.id, after=after, limit=2)
        seen += [line.notice.id for line in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [*reversed(ids[:4]), *reversed(ids[4:])]


@pytest.mark.parametrize("cursor", ["x", "u!!", "rAAAA", "é"])
def test_a_damaged_address_is_told_so(app: Any, cast: Any, cursor: str) -> None:
    with pytest.raises(BadCursor):
        queries.list_notices(cast.tao.id, after=cursor)
    assert Browser(app, "tao").get(f"/notices?after={cursor}").status_code == 400


def test_the_page_and_the_bell_need_few_queries(app: Any, tell: Callable[..., None], cast: Any) -> None:
    for _ in range(20):
        tell(cast.tao)
    tao = Browser(app, "tao")
    tao.get("/notices")
    with counted_queries() as statements:
        assert tao.get("/notices").status_code == 200
    assert len(statements) <= 9, "\n".join(statements)


def test_the_bell_stops_counting_at_its_cap(tell: Callable[..., None], cast: Any) -> None:
    for _ in range(queries.CAP + 5):
        tell(cast.tao)
    assert queries.count_unread(cast.tao.id) == queries.CAP + 1


def test_what_nobody_declared_is_a_bug(app: Any, cast: Any) -> None:
    for kind, params in (("task.unheard_of", {}), ("task.assigned", {}), ("task.assigned", {"by_id": 1, "diagnosis": "x"})):
        with pytest.raises(UnknownNotice):
            services.notify([cast.tao.id], kind, at=clock.now(), url="/", **params)


def test_read_notices_are_forgotten_after_their_time_and_unread_ones_never(tell: Callable[..., None], cast: Any) -> None:
    long_ago = clock.now() - services.KEPT - timedelta(days=1)
    for _ in range(3):
        tell(cast.tao, at=long_ago)
    old, recent, _ = db.session.scalars(select(Notice.id).order_by(Notice.id))
    with transaction():
        for notice_id, read_at in ((old, long_ago), (recent, clock.now())):
            db.session.execute(update(Notice).where(Notice.id == notice_id).values(read_at=read_at))
    assert notice_sweep() == 1
    assert db.session.scalar(select(func.count(Notice.id))) == 2


def test_the_holder_of_a_task_is_told_of_its_clocks_and_nobody_else(case: Case, task: UserTask, cast: Any) -> None:
    complete_next(case)
    held = open_task(case)
    open_clock(case, "DECIDE", at=clock.now())
    with transaction():
        processes.claim(held, actor=cast.tao, at=clock.now())
        db.session.execute(update(Deadline).where(Deadline.case_id == case.id).values(remind_at=clock.now() - timedelta(minutes=1)))
    watch_deadlines()
    assert set(kinds_told(cast.tao)) == {"deadline.reminder"}
    with transaction():
        db.session.execute(update(Deadline).where(Deadline.case_id == case.id).values(due_at=clock.now() - timedelta(minutes=1)))
    watch_deadlines()
    assert "deadline.breached" in kinds_told(cast.tao)
    assert kinds_told(cast.hui) == kinds_told(cast.chen) == []
    assert watch_deadlines() == 0


def test_a_clock_is_called_by_its_name(app: Any, task: UserTask, cast: Any) -> None:
    with transaction():
        services.notify([cast.tao.id], "deadline.breached", at=clock.now(), task_id=task.id, url=f"/tasks/{task.id}", code="DECIDE")
    shown = text_of(Browser(app, "tao").get("/notices").text)
    assert "ran out and the work is not done." in shown
    assert "DECIDE" not in shown


def test_the_officer_who_sent_a_referral_is_told_of_the_answer(app: Any, case: Case, cast: Any) -> None:
    referral = referrals.refer(case)
    referrals.send(referral)
    assert set(db.session.scalars(select(Notice.kind))) <= {"deadline.reminder"}
    referrals.do(referral, "receive", answer="accept", receipt_no="R-1")
    notice = db.session.scalars(select(Notice).where(Notice.kind == "referral.answered").order_by(Notice.id.desc())).first()
    assert notice is not None
    assert (notice.url, notice.params) == (f"/referrals/{referral.id}", {"state": "accepted"})
    sender = db.session.get_one(User, notice.user_id)
    assert "State of your referral: accepted." in text_of(Browser(app, sender.username).get("/notices").text)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # the other planner needs a filled table
def test_the_order_walks_the_partial_indexes(app: Any, cast: Any) -> None:
    with counted_queries() as statements:
        queries.list_notices(cast.tao.id)
        queries.count_unread(cast.tao.id)
    for statement in [one for one in statements if "FROM notice" in one]:
        values = tuple(1 for _ in range(statement.count("?")))
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        said = " ".join(str(row[3]) for row in plan)
        assert "USING" in said
        assert "ix_notice_unread" in said or "ix_notice_read" in said
        assert "TEMP B-TREE" not in said
