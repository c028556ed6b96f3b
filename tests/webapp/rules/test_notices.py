"""The yearly notice: read strictly, published whole, and the clocks that it moves are told. BR-27."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from webapp.core.clock import LEGAL_ZONE
from webapp.core.db import db, transaction
from webapp.core.errors import Invalid
from webapp.deadlines import services as deadlines
from webapp.deadlines.models import Deadline
from webapp.events.models import Event
from webapp.rules import notices, queries
from webapp.rules.models import CalendarDay, CalendarImport
from webapp.rules.services import load

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
# Fictional days, so that the year has its 13: nobody has published 2027 yet.
NOTICE = "\n".join(
    [
        "day,working,name",
        "2027-01-01,no,New Year",
        *[f"2027-02-{day:02},no,Spring Festival" for day in (8, 9, 10, 11)],
        "2027/4/5,否,清明节",
        "2027年5月3日，休，劳动节",
        "2027-05-04\t0\t劳动节",
        "2027-06-09;n;Dragon Boat",
        "2027-09-15,off,Mid-Autumn",
        *[f"2027-10-{day:02},no,National Day" for day in (1, 4, 5, 6)],
        "2027-10-09,yes,made up",
    ]
)


def publish(cast: Any, text: str = NOTICE) -> CalendarImport:
    with transaction():
        return notices.publish(notices.read_notice(text), actor=cast.admin, at=AT)


def refusals(text: str) -> list[str]:
    with pytest.raises(Invalid) as refused, force_locale("en"):
        notices.read_notice(text)
    return refused.value.errors["text"]


def test_every_way_of_writing_a_line_is_read(app: Any) -> None:
    days = notices.read_notice(NOTICE)
    assert len(days) == 15
    assert [one.day for one in days if one.is_working] == [date(2027, 10, 9)]
    assert notices.NoticeDay(date(2027, 4, 5), False, "清明节") in days


def test_a_line_that_is_wrong_is_named_and_nothing_is_taken(app: Any) -> None:
    wrong = [
        ("2027-02-30,no,x", "Line 16: “2027-02-30” is not a day."),
        ("soon,no,x", "Line 16: “soon” is not a day."),
        ("1066-10-14,no,x", "Line 16: “1066-10-14” is not a day."),
        ("2027-12-24,perhaps,x", "Line 16: “perhaps” does not say whether people work."),
        ("2027-12-24,no", "Line 16: three parts are needed"),
        ("2027-12-24,no,", "Line 16: give the name"),
        ("2027-12-24,no," + "x" * 41, "Line 16: give the name"),
        ("2027-01-01,no,again", "Line 16: 2027-01-01 stands there twice."),
    ]
    for line, sentence in wrong:
        found = refusals(f"{NOTICE}\n{line}".replace("day,working,name\n", ""))
        assert len(found) == 1, found
        assert found[0].startswith(sentence)


def test_a_notice_cut_in_the_middle_is_refused(app: Any) -> None:
    assert refusals("\n".join(NOTICE.splitlines()[:6])) == [
        "The notice of 2027 leaves 5 days off; the law gives 13. Paste the whole notice, also its bridge days."
    ]


def test_an_empty_or_endless_notice_is_refused(app: Any) -> None:
    assert refusals("day,working,name\n\n") == ["There is no line with a day. Paste the notice, one day a line."]
    many = "\n".join(f"{date(2027, 1, 1) + timedelta(days=number)},no,x" for number in range(401))
    assert refusals(many) == ["A notice has at most 400 lines. Send one or two years at a time."]


def test_files_are_read_in_utf_8_and_gbk_and_nothing_else(app: Any) -> None:
    assert notices.decoded("\ufeff元旦".encode()) == "元旦"
    assert notices.decoded("元旦".encode("gbk")) == "元旦"
    for raw in (b"\xff\xff\xff", b"x" * 60_001):
        with pytest.raises(Invalid) as refused:
            notices.decoded(raw)
        assert set(refused.value.errors) == {"file"}


def test_the_preview_says_what_is_new_changed_and_gone(app: Any) -> None:
    (new,) = notices.preview(notices.read_notice(NOTICE))
    assert (new.year, new.is_new, len(new.added), new.days_off, new.days_made_up) == (2027, True, 15, 14, 1)
    stored = db.session.scalars(select(CalendarDay).where(CalendarDay.day >= date(2026, 1, 1))).all()
    days = [notices.NoticeDay(row.day, row.is_working, row.name) for row in stored[:-1]]
    days[0] = notices.NoticeDay(days[0].day, True, "x")
    (again,) = notices.preview(days)
    assert (again.is_new, len(again.added), [one.day for one in again.changed], again.gone) == (
        False, 0, [stored[0].day], [stored[-1].day],
    )  # fmt: skip


def test_publishing_moves_the_provisional_clocks_and_says_which(app: Any, cast: Any) -> None:
    opened_at = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
    with transaction():
        for number, code in enumerate(("HEARING_REQ", "TR_APPROVE"), start=900):
            deadlines.open_spanning(code, case_id=number, instance_id=number, stream=f"case:{number}", actor_id=None, at=opened_at)
    assert db.session.scalars(select(Deadline.is_provisional).order_by(Deadline.id)).all() == [True, False]
    done = publish(cast)
    assert [(one["code"], one["case_id"], *map(day_of, (one["before_at"], one["after_at"]))) for one in done.moved] == [
        ("HEARING_REQ", 900, date(2027, 1, 4), date(2027, 1, 5))
    ], "new year's day is not a working day"
    moved = db.session.scalars(select(Deadline).where(Deadline.code == "HEARING_REQ")).one()
    assert (moved.is_provisional, day_of(moved.due_at.isoformat())) == (False, date(2027, 1, 5))
    event = db.session.scalars(select(Event).where(Event.name == "rules.calendar_imported")).one()
    assert event.payload == {"import_id": done.id, "years": [2027], "days": 15, "moved": 1}


def test_a_published_year_counts_at_once(app: Any, cast: Any) -> None:
    assert (queries.is_published(2027), queries.is_working_day(date(2027, 1, 1))) == (False, True)
    publish(cast)
    assert (queries.is_published(2027), queries.is_working_day(date(2027, 1, 1))) == (True, False)
    assert queries.is_working_day(date(2027, 10, 9)), "a made-up Saturday"


def test_a_year_published_again_is_replaced_whole(app: Any, cast: Any) -> None:
    publish(cast)
    publish(cast, NOTICE.replace("2027-06-09;n", "2027-06-10;n"))
    assert (queries.is_working_day(date(2027, 6, 9)), queries.is_working_day(date(2027, 6, 10))) == (True, False)


def test_shipping_again_leaves_an_imported_year_alone(app: Any, cast: Any) -> None:
    stored = db.session.scalars(select(CalendarDay).where(CalendarDay.day >= date(2026, 1, 1))).all()
    lines = [f"{row.day},{'yes' if row.is_working else 'no'},{row.name}" for row in stored]
    publish(cast, "\n".join(line for line in lines if not line.startswith("2026-10-10")))
    with transaction():
        assert load(at=AT) == 0
    assert not queries.is_working_day(date(2026, 10, 10))


def test_a_publication_that_is_not_stored_is_forgotten(app: Any, cast: Any) -> None:
    with pytest.raises(RuntimeError), transaction():
        notices.publish(notices.read_notice(NOTICE), actor=cast.admin, at=AT)
        raise RuntimeError
    assert not queries.is_published(2027)


def day_of(instant: Any) -> date:
    return datetime.fromisoformat(instant).astimezone(LEGAL_ZONE).date()
