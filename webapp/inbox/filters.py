"""What the list is narrowed to. The address says it; rows and totals ask for the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func

from webapp.core.due import SOON
from webapp.core.errors import DomainError
from webapp.employers.risks import LEVELS
from webapp.processes.models import NO_DUE, UserTask
from webapp.processes.stages import STAGES

WEEK = timedelta(days=7)
OVERDUE, NEAR, THIS_WEEK, NO_CLOCK = DUES = ("overdue", "soon", "week", "none")
NOBODY = "nobody"
UNKNOWN_RISK = 0
MAX_TEXT = 80
MAX_ID = 2**31
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_INDUSTRY = re.compile(r"[A-T]\d{0,2}")
_NUMBER = re.compile(r"\d{1,10}")

Condition = ColumnElement[bool]


class BadFilter(DomainError):
    """The filter in this address is damaged. Clear the filters and choose again."""

    status = 400


@dataclass(frozen=True, slots=True)
class Filters:
    """An empty text or None: not narrowed. ``risk``: a level, UNKNOWN_RISK for employers without one; ``assignee``: 0 for nobody.

    ``industry``: a section ("C") or one of its divisions ("C33").
    """

    stage: str = ""
    process: str = ""
    town: int | None = None
    grid: int | None = None
    risk: int | None = None
    hazard: str = ""
    industry: str = ""
    due: str = ""
    assignee: int | None = None
    q: str = ""

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Filters:
        """A code that has gone out of use is left out, as in an old bookmark. Raises BadFilter for what no list ever wrote."""
        said = {name: args.get(name, "").strip() for name in NAMES}
        text = said.pop("q").replace("\0", "")[:MAX_TEXT]
        if any(value and not _CODE.fullmatch(value) for value in said.values()):
            raise BadFilter
        return cls(
            stage=_known(said["stage"], STAGES), due=_known(said["due"], DUES), process=said["process"], hazard=said["hazard"],
            industry=said["industry"] if _INDUSTRY.fullmatch(said["industry"]) else "", risk=_risk(said["risk"]), q=text,
            town=_number(said["town"]), grid=_number(said["grid"]),
            assignee=0 if said["assignee"] == NOBODY else _number(said["assignee"]),
        )  # fmt: skip

    @property
    def values(self) -> dict[str, str]:
        """As in the address: only what narrows."""
        said = {name: getattr(self, name) for name in NAMES}
        said["risk"] = "none" if self.risk == UNKNOWN_RISK else self.risk
        said["assignee"] = NOBODY if self.assignee == 0 else self.assignee
        return {name: str(value) for name, value in said.items() if value not in ("", None)}

    @property
    def is_empty(self) -> bool:
        return not self.values

    def without(self, *names: str) -> Filters:
        return replace(self, **{name: _NOTHING[name] for name in names})

    def span(self, now: datetime) -> list[Condition]:
        """The stretch of the due order."""
        at = UserTask.order_at
        return {
            OVERDUE: [at < now],
            NEAR: [at >= now, at <= now + SOON],
            THIS_WEEK: [at >= now, at <= now + WEEK],
            NO_CLOCK: [at >= NO_DUE],
        }.get(self.due, [])

    def fits(self) -> list[Condition]:
        """What each row is asked, without ``span`` and text."""
        found: list[Condition] = []
        plain = {"stage": UserTask.stage, "process": UserTask.process_key, "town": UserTask.town_id, "grid": UserTask.grid_id}
        found += [column == getattr(self, name) for name, column in plain.items() if getattr(self, name) not in ("", None)]
        if self.risk is not None:
            found.append(at_risk(self.risk))
        if self.industry:
            found.append(func.substr(UserTask.industry, 1, len(self.industry)) == self.industry)
        if self.hazard:
            found.append(UserTask.hazards.contains(f",{self.hazard},", autoescape=True))
        if self.assignee is not None:
            found.append(UserTask.assignee_id == self.assignee if self.assignee else UserTask.assignee_id.is_(None))
        return found


NAMES = tuple(field.name for field in fields(Filters))
_NOTHING: dict[str, Any] = {field.name: field.default for field in fields(Filters)}


def at_risk(level: int) -> Condition:
    return UserTask.risk_level == level if level else UserTask.risk_level.is_(None)


def _known(code: str, codes: Collection[str]) -> str:
    return code if code in codes else ""


def _number(text: str) -> int | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or not 0 < int(text) < MAX_ID:
        raise BadFilter
    return int(text)


def _risk(text: str) -> int | None:
    if text == "none":
        return UNKNOWN_RISK
    return int(text) if text in {str(level) for level in LEVELS} else None
