"""What the rules of one file must know about the others of its edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bpmn.engine.decisions import Decision
from bpmn.engine.forms import Form
from bpmn.engine.lint.diagram import Diagram

# Actor codes of domain/02, 2.0 that have work in this application.
ROLE_CODES = (
    "GRID", "TOWN", "TOWN_ENF", "TOWN_WIN", "HD_INTAKE", "HD_OFF", "HD_LEAD", "HD_REV", "HD_HEAR", "HD_COL", "HD_CHIEF", "HD_PRIN",
    "POL", "PRO", "HRSS_INJ", "HRSS_INS", "LAC", "SIA", "CIV", "MED", "EMG", "ECO", "APV", "UNION", "JM", "SUPC", "COURT", "ADMIN",
)  # fmt: skip
# What a service task may ask of the application (webapp.processes.handlers.operations), beside start_child; with its parameters.
OPERATIONS = {
    "due_by": {"code"},
    "due_date": {"code", "from"},
    "suspend_clock": {"code", "reason"},
    "resume_clock": {"code"},
    "penalty_facts": {"violations", "acted_on"},
    "power": {"kind", "violations"},
    "open_filing": {"reason"},
}


@dataclass(frozen=True, slots=True)
class Edition:
    """The readable files by key. ``decisions`` and ``forms``: None for one that is there but refused.

    ``processes``: keys of all diagrams, unreadable ones too.
    ``deadline_codes``: None if they are not known here, then they are not checked.
    ``names``: what other properties of elements may name, by property ("rules"); a property that is not in it is not checked.
    """

    diagrams: Mapping[str, Diagram] = field(default_factory=dict)
    processes: Collection[str] = ()
    decisions: Mapping[str, Decision | None] = field(default_factory=dict)
    forms: Mapping[str, Form | None] = field(default_factory=dict)
    roles: Collection[str] = ROLE_CODES
    deadline_codes: Collection[str] | None = None
    names: Mapping[str, Collection[str]] = field(default_factory=dict)
