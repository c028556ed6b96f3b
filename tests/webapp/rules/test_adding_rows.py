"""A rule changes by a new dated row: what runs keeps its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from webapp.core.db import db, transaction
from webapp.core.errors import Invalid, NotFound
from webapp.deadlines import services as deadlines
from webapp.deadlines.models import Deadline
from webapp.events.models import Event
from webapp.rules import adding, kinds, queries
from webapp.rules.models import Dated, TimeLimit, Violation
from webapp.rules.services import load

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = AT.date()
SOON = date(2027, 1, 1)


def typed(kind: str, code: str, **changed: Any) -> dict[str, Any]:
    """What the form holds before anybody types, and what is typed."""
    row = queries.in_force(kinds.KINDS[kind], code, on=TODAY)
    assert row is not None
    shown = {key: value for key, value in kinds.values_of(kind, row).items() if value is not None}
    return {
        key: str(value) if isinstance(value, int) and not isinstance(value, bool) else value for key, value in (shown | changed).items()
    }


def add(cast: Any, kind: str, code: str, *, is_confirmed: bool = False, **changed: Any) -> Dated:
    with transaction():
        return adding.add_row(kind, code, typed(kind, code, **changed), is_confirmed=is_confirmed, actor=cast.admin, at=AT, locale="en")


def rows_of(table: type[Dated], code: str) -> list[Any]:
    return list(db.session.scalars(select(table).where(table.code == code).order_by(table.valid_from)))


def test_the_row_before_ends_the_day_before_and_running_clocks_keep_theirs(app: Any, cast: Any) -> None:
    with transaction():
        deadlines.open_spanning("PAY", case_id=900, instance_id=900, stream="case:900", actor_id=None, at=AT)
    due_at = db.session.scalars(select(Deadline.due_at)).one()
    add(cast, "limits", "PAY", valid_from="2027-01-01", value="20")
    old, new = rows_of(TimeLimit, "PAY")
    assert (old.valid_to, new.valid_from, new.valid_to, new.value) == (date(2026, 12, 31), SOON, None, 20)
    assert (new.added_by_id, new.added_at, new.process, new.zh) == (cast.admin.id, AT, old.process, old.zh)
    running = db.session.scalars(select(Deadline)).one()
    assert (running.time_limit_id, running.due_at) == (old.id, due_at)
    assert deadlines.due_for("PAY", AT + timedelta(days=40)).limit.value == 20
    assert queries.time_limit("PAY", on=date(2026, 12, 31)).value == 15


def test_a_row_between_two_ends_where_the_later_begins(app: Any, cast: Any) -> None:
    add(cast, "limits", "PAY", valid_from="2027-06-01", value="30")
    add(cast, "limits", "PAY", valid_from="2027-01-01", value="20")
    assert [(row.value, row.valid_to) for row in rows_of(TimeLimit, "PAY")] == [
        (15, date(2026, 12, 31)), (20, date(2027, 5, 31)), (30, None),
    ]  # fmt: skip


def test_a_row_of_one_jurisdiction_leaves_the_general_one_alone(app: Any, cast: Any) -> None:
    place = cast.hui.jurisdiction_id
    add(cast, "amounts", "HEARING_FINE_ORG", valid_from="2027-01-01", value="50000", jurisdiction=str(place))
    assert queries.amount("HEARING_FINE_ORG", on=SOON).value == 20_000
    assert queries.amount("HEARING_FINE_ORG", on=SOON, jurisdiction_id=place).value == 50_000


def test_a_second_row_of_the_same_day_is_refused(app: Any, cast: Any) -> None:
    add(cast, "limits", "PAY", valid_from="2027-01-01", value="20")
    with pytest.raises(adding.RowExists, match=r"PAY that starts on 2027-01-01"):
        add(cast, "limits", "PAY", valid_from="2027-01-01", value="21")


def test_a_day_in_the_past_must_be_confirmed(app: Any, cast: Any) -> None:
    with pytest.raises(adding.PastUnconfirmed):
        add(cast, "violations", "V-71-01", valid_from="2026-11-23", fine_max="90000")
    assert len(rows_of(Violation, "V-71-01")) == 1
    add(cast, "violations", "V-71-01", is_confirmed=True, valid_from="2026-11-23", fine_max="90000")
    assert queries.violation("V-71-01", on=TODAY).fine_max == 90_000
    assert queries.violation("V-71-01", on=TODAY - timedelta(days=2)).fine_max == 100_000


def test_today_needs_no_confirmation(app: Any, cast: Any) -> None:
    assert add(cast, "limits", "PAY", valid_from="2026-11-24", value="20").id


def test_what_contradicts_itself_is_refused_at_its_field(app: Any, cast: Any) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("PAY", {"source": "hearsay", "verified": "yes"}, "source"),
        ("PAY", {"source": "L:XYZ1", "verified": "yes"}, "source"),
        ("PAY", {"source": "L:APL67", "verified": "design"}, "source"),
        ("PAY", {"source": "D ours", "verified": "part"}, "source"),
        ("PAY", {"extension_value": "10"}, "extension_unit"),
        ("PAY", {"target_value": "20", "target_unit": "CD"}, "target_value"),
        ("PAY", {"value": "-1"}, "value"),
        ("PAY", {"unit": "YR"}, "unit"),
        ("PAY", {"valid_from": "tomorrow"}, "valid_from"),
        ("V-71-01", {"fine_min": "200000"}, "fine_max"),
        ("V-71-01", {"income_from": "5000"}, "income_times_min"),
    ]
    for code, changed, field in wrong:
        with pytest.raises(Invalid) as refused:
            add(cast, "violations" if code.startswith("V") else "limits", code, **{"valid_from": "2027-01-01", **changed})
        assert set(refused.value.errors) == {field}


def test_a_code_that_does_not_exist_gets_no_row(app: Any, cast: Any) -> None:
    with pytest.raises(NotFound), transaction():
        adding.add_row("limits", "NOPE", {}, is_confirmed=False, actor=cast.admin, at=AT, locale="en")


def test_the_change_is_on_the_record(app: Any, cast: Any) -> None:
    row = add(cast, "limits", "PAY", valid_from="2027-01-01", value="20")
    event = db.session.scalars(select(Event).where(Event.name == "rules.row_added")).one()
    assert event.actor_id == cast.admin.id
    assert event.payload == {"table": "TimeLimit", "row_id": row.id, "code": "PAY", "valid_from": "2027-01-01"}


def test_shipping_again_adds_nothing_to_a_code_that_was_changed(app: Any, cast: Any) -> None:
    add(cast, "limits", "PAY", valid_from="2027-01-01", value="20")
    with transaction():
        assert load(at=AT) == 0
    assert [row.value for row in rows_of(TimeLimit, "PAY")] == [15, 20]
