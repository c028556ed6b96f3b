"""All records about an employer in one query, however many kinds there are: pages and decisions ask for all of them anyway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Select, bindparam, cast, literal, null, select, union_all

from webapp.core.db import db, table_of
from webapp.employers.models import (
    ContractFact,
    Declaration,
    EmployerRecord,
    HazardPost,
    HealthExam,
    InsuranceFact,
    Project,
    Risk,
    WorkplaceTest,
)

Row = TypeVar("Row", bound=EmployerRecord)
MODELS: tuple[Any, ...] = (Declaration, HazardPost, WorkplaceTest, HealthExam, Project, ContractFact, InsuranceFact, Risk)


class Records:
    """The records of one employer by kind, struck-out ones too, the newest day first. They belong to no session: read only."""

    def __init__(self, found: Mapping[type[Any], Sequence[Any]]) -> None:
        self._found = found

    def of(self, model: type[Row]) -> Sequence[Row]:
        return self._found.get(model, ())

    def all(self) -> list[EmployerRecord]:
        return [row for rows in self._found.values() for row in rows]


def all_records(employer_id: int) -> Records:
    found: dict[type[Any], list[Any]] = defaultdict(list)
    for row in db.session.execute(_EVERYTHING, {"of_employer": employer_id}).mappings():
        model = _BY_TABLE[row["of_table"]]
        found[model].append(model(**{name: row[name] for name in _names(model)}))
    for rows in found.values():
        rows.sort(key=lambda row: (getattr(row, row.day), row.id), reverse=True)
    return Records(found)


def _names(model: Any) -> list[str]:
    return list(table_of(model).columns.keys())


def _everything() -> CompoundSelect[Any]:
    """Every table padded to the same columns: PostgreSQL wants to know the type of each."""
    types = {column.name: column.type for model in MODELS for column in table_of(model).columns}
    return union_all(*(_padded(model, types) for model in MODELS))


def _padded(model: Any, types: Mapping[str, Any]) -> Select[Any]:
    table = table_of(model)
    columns = [table.c[name] if name in table.c else cast(null(), of_type).label(name) for name, of_type in types.items()]
    return select(literal(table.name).label("of_table"), *columns).where(table.c.employer_id == bindparam("of_employer"))


_BY_TABLE = {table_of(model).name: model for model in MODELS}
_EVERYTHING = _everything()
