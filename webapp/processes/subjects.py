"""Whom a process instance is about, and the stream that records it."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.processes.models import ProcessInstance, UserTask


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and which place a process instance is about."""

    jurisdiction_id: int | None = None
    town_id: int | None = None
    grid_id: int | None = None
    employer_id: int | None = None
    employer_name: str | None = None
    case_id: int | None = None
    case_no: str | None = None

    @classmethod
    def of(cls, instance: ProcessInstance) -> Subject:
        return cls(**{name: getattr(instance, name) for name in cls.__slots__})

    def columns(self) -> dict[str, int | str | None]:
        return {name: getattr(self, name) for name in self.__slots__}


def stream_of(row: ProcessInstance | UserTask) -> str:
    if row.case_id is not None:
        return f"case:{row.case_id}"
    return f"instance:{row.id if isinstance(row, ProcessInstance) else row.instance_id}"
