"""Whom a process instance is about, and the stream that records it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.employers.models import Employer
from webapp.processes.models import ProcessInstance, UserTask

MAX_HAZARDS = 400


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
    risk_level: int | None = None
    industry: str | None = None
    hazards: str | None = None

    @classmethod
    def about(cls, employer: Employer, *, case_id: int | None = None, case_no: str | None = None) -> Subject:
        """The employer where it is registered."""
        return cls(
            employer.jurisdiction_id, employer.town_id, employer.grid_id, employer.id, employer.name, case_id, case_no,
            **traits_of(employer),
        )  # fmt: skip

    @classmethod
    def of(cls, instance: ProcessInstance) -> Subject:
        return cls(**{name: getattr(instance, name) for name in cls.__slots__})

    def columns(self) -> dict[str, int | str | None]:
        return {name: getattr(self, name) for name in self.__slots__}


def traits_of(employer: Employer) -> dict[str, Any]:
    """What lists filter by, flat. ``hazards``: codes between commas, so that ``%,noise,%`` finds one."""
    hazards = f",{','.join(employer.hazards)},"[:MAX_HAZARDS] if employer.hazards else None
    return {"risk_level": employer.risk_level, "industry": employer.industry, "hazards": hazards}


def stream_of(row: ProcessInstance | UserTask) -> str:
    if row.case_id is not None:
        return f"case:{row.case_id}"
    return f"instance:{row.id if isinstance(row, ProcessInstance) else row.instance_id}"
