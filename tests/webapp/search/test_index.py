"""The index follows what it is about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text

from tests.webapp.cases.test_people import NAME, WORKER, add
from tests.webapp.pages import open_case
from webapp.accounts.models import Grid
from webapp.cases.people_models import PersonTerm
from webapp.cases.search import matching_cases
from webapp.core import clock
from webapp.core.db import db, table_of, transaction
from webapp.employers.models import Employer, EmployerTerm
from webapp.employers.queries import list_employers
from webapp.employers.services import register_employer
from webapp.employers.term_index import best_employers, employer_ids, terms_of
from webapp.search import sweeps

NAME_OF_FIRM = "太仓重远长兴铸造有限公司"


def names(user: Any, text: str) -> list[str]:
    return [employer.name for employer in best_employers(text, user=user, limit=8)]


@pytest.fixture
def firm(app: Any, employer: Any, cast: Any) -> Employer:
    grid = db.session.get_one(Grid, employer.grid_id)
    with transaction():
        return register_employer(
            grid=grid, credit_code="91320585MA1XXXXX7K", name=NAME_OF_FIRM, address="路1号", industry="C3391", hazards=[], workers=5,
            exposed_workers=1, actor_id=None, at=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "重",
        "远长",
        "长兴铸造有限公司",
        NAME_OF_FIRM,
        "tczycx",
        "cycx",
        "zycx",
        "chongyuan",
        "zhongyuan",
        "91320585",
        "MA1XXXXX",
        "ma1xxxxx7k",
        "兴 太仓",
        "ＴＣＺＹ",
    ],
)
def test_an_employer_is_found_by_any_part_of_its_name_pinyin_and_code(firm: Employer, cast: Any, text: str) -> None:
    assert NAME_OF_FIRM in names(cast.tao, text)
    assert NAME_OF_FIRM in [one.name for one in list_employers(cast.tao, text=text).items]


@pytest.mark.parametrize("text", ["云禾长兴", "兴长", "%", "_", "91320586", "兴 浏河", "x" * 10_000])
def test_what_is_no_part_of_it_finds_nothing(firm: Employer, cast: Any, text: str) -> None:
    assert NAME_OF_FIRM not in names(cast.tao, text)


def test_names_that_begin_with_the_text_come_first(firm: Employer, cast: Any) -> None:
    with transaction():
        firm.name = "云禾长兴铸造"
    assert names(cast.tao, "云禾") == ["云禾长兴铸造", "太仓云禾铸造有限公司(演示)"]


def test_after_a_new_name_the_old_one_finds_nothing(firm: Employer, cast: Any) -> None:
    with transaction():
        firm.name, firm.legal_rep = "浙江百川", "单小明"
    assert names(cast.tao, "长兴") == []
    assert names(cast.tao, "zjbc") == names(cast.tao, "sxm") == names(cast.tao, "单小") == ["浙江百川"]


def test_terms_that_were_rolled_back_are_gone(firm: Employer, cast: Any) -> None:
    firm.name = "浙江百川"
    db.session.flush()
    db.session.rollback()
    assert names(cast.tao, "浙江") == []


def test_a_deleted_employer_leaves_no_term(firm: Employer) -> None:
    number = firm.id
    with transaction():
        db.session.execute(delete(table_of(Employer)).where(table_of(Employer).c.id == number))
    assert not db.session.scalar(select(func.count()).select_from(EmployerTerm).where(EmployerTerm.employer_id == number))


def test_the_sweep_indexes_what_was_written_past_the_class(firm: Employer, cast: Any) -> None:
    with transaction():
        add(open_case(firm, cast.ping), cast.hui, WORKER)
        db.session.execute(delete(table_of(EmployerTerm)))
        db.session.execute(delete(table_of(PersonTerm)))
    assert names(cast.tao, "长兴") == []
    assert sweeps.index_missing() == 4
    assert sweeps.index_missing() == 0
    assert names(cast.tao, "长兴") == [NAME_OF_FIRM]


def test_a_rebuilt_index_is_the_same(firm: Employer, cast: Any) -> None:
    add(open_case(firm, cast.ping), cast.hui, WORKER)
    before = everything()
    assert sweeps.reindex() == 4
    assert everything() == before
    assert terms_of(firm) <= {term for term, *_ in before[0]}


def test_no_name_of_a_person_is_in_the_index(firm: Employer, cast: Any) -> None:
    add(open_case(firm, cast.ping), cast.hui, WORKER)
    stored = b"".join(db.session.scalars(select(PersonTerm.term)))
    assert NAME.encode() not in stored
    assert NAME[0].encode() not in stored


@pytest.mark.parametrize("text", ["{no}", "{serial}", "2026-{serial}", "重远", "tczy", "91320585"])
def test_a_case_is_found_by_its_number_and_by_its_employer(firm: Employer, cast: Any, text: str) -> None:
    other, case = open_case(firm, cast.ping), open_case(firm, cast.ping)
    year, serial = case.case_no.split("-")[1:]
    asked = text.format(no=case.case_no.lower(), serial=serial).replace("2026", year)
    found = list(db.session.scalars(matching_cases(asked, limit=10)))
    assert found == ([case.id] if serial in asked else [case.id, other.id])


@pytest.mark.parametrize("text", ["TC-1999-00001", "XX-2026-00001", "99999999", "2026-99999", "-", "%", "", " ", "0", "000"])
def test_a_number_that_was_not_given_finds_no_case(firm: Employer, cast: Any, text: str) -> None:
    open_case(firm, cast.ping)
    assert list(db.session.scalars(matching_cases(text, limit=10))) == []


def everything() -> tuple[list[Any], list[Any]]:
    db.session.rollback()
    tables = [table_of(EmployerTerm), table_of(PersonTerm)]
    return tuple(db.session.execute(select(table).order_by(*table.primary_key)).all() for table in tables)  # type: ignore[return-value]


def test_plans_use_the_index_for_short_texts(firm: Employer, cast: Any) -> None:
    for words in ("太", "tc", "太仓 铸造"):
        query = employer_ids(words, user=cast.tao)
        plan = "\n".join(str(row) for row in db.session.execute(explained(query)))
        assert re.search(r"SEARCH employer_term USING (PRIMARY KEY|COVERING INDEX)|Index (Only )?Scan", plan), plan


def explained(query: Any) -> Any:
    """The plan; PostgreSQL is told that reading a whole table is dear, as it is where there is a million rows."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    if is_postgresql:
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    said = str(query.compile(db.engine, compile_kwargs={"literal_binds": True})).replace("%", "%%")
    return text(("EXPLAIN " if is_postgresql else "EXPLAIN QUERY PLAN ") + said)
