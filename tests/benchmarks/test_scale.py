"""The scale set and what is said about it, small."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import scale, scale_day
from benchmarks.databases import Sqlite
from benchmarks.figures import Key
from benchmarks.measuring import LARGE, SMALL
from benchmarks.place import Place
from benchmarks.scale import Size
from benchmarks.watch import Cost

DISAGREEING = """
    SELECT count(*) FROM user_task AS task JOIN case_file AS one ON one.id = task.case_id JOIN employer ON employer.id = one.employer_id
    WHERE task.employer_id <> employer.id OR task.town_id <> employer.town_id OR task.grid_id <> one.grid_id OR task.case_no <> one.case_no
"""


def some_day() -> scale_day.Day:
    day = scale_day.Day("sqlite")
    page = scale_day.Page(kb=50.0)
    page.costs[SMALL] = [Cost(10.0, 8.0, 1.0, 7)] * 3
    page.costs[LARGE] = [Cost(25.0, 12.0, 4.0, 9)] * 3
    day.pages = {("grid", "/?view=group"): page, ("leader", "/cases"): page}
    for filling, factor in ((SMALL, 1.0), (LARGE, 1.2)):
        day.figures.add(Key("sqlite", filling, "page", 1, "start"), [10.0 * factor])
    return day


def test_the_set_agrees_with_itself(tmp_path: Path) -> None:
    place = Place(Sqlite(tmp_path), tmp_path, "scale")
    place.make(desk=1)
    scale.fill(place, Size(open=300, closed=500, events=200))
    engine = create_engine(place.settings.database_url)
    with engine.connect() as connection:
        numbers = [
            connection.scalar(text(sql))
            for sql in (
                "SELECT count(*) FROM user_task WHERE state = 0",
                "SELECT count(*) FROM case_file WHERE closed_at IS NOT NULL",
                "SELECT count(*) FROM employer_term WHERE term LIKE 'x%'",
                "SELECT count(*) FROM sqlite_master WHERE name LIKE 'ix_user_task_%'",
                DISAGREEING,
            )
        ]
    engine.dispose()
    open_tasks, closed_cases, terms, indexes, disagreeing = numbers
    assert open_tasks >= 300
    assert closed_cases >= 50
    assert terms
    assert indexes >= 8
    assert disagreeing == 0


def test_a_page_that_grew_only_because_others_worked_is_not_missed() -> None:
    found = {(verdict.goal, verdict.figure): verdict for verdict in scale_day.judge(some_day(), Size(100, 1_000, 100))}
    assert found[4, "grid /?view=group"].value == 1.5
    assert found[5, "start, 1,000 closed tasks"].value == 1.2
    assert found[11, "leader /cases"].value == 25.0
    assert found[11, "statements of a page, most"].value == 9
    assert found[11, "HTML of a page, largest"].unit == "kB"


def test_what_an_answer_cost_is_read_from_its_header() -> None:
    assert Cost.of("time;dur=12.500, cpu;dur=8.000, db;dur=1.250, statements;dur=7.000") == Cost(12.5, 8.0, 1.25, 7)
