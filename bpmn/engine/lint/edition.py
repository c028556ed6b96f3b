"""What the rules of one file must know about the others of its edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bpmn.engine.decisions import Decision
from bpmn.engine.forms import Form
from bpmn.engine.lint.diagram import Diagram

# Actor codes of domain/02, 2.0 that have work in this application.
ROLE_CODES = ("GRID", "TOWN", "HD_INTAKE", "HD_LEAD", "HD_CHIEF", "HD_PRIN", "POL", "HRSS_INJ", "CIV", "ADMIN")


@dataclass(frozen=True, slots=True)
class Edition:
    """The readable files by key. ``decisions`` and ``forms``: None for one that is there but refused.

    ``processes``: keys of all diagrams, unreadable ones too.
    ``deadline_codes``: None if they are not known here, then they are not checked.
    """

    diagrams: Mapping[str, Diagram] = field(default_factory=dict)
    processes: Collection[str] = ()
    decisions: Mapping[str, Decision | None] = field(default_factory=dict)
    forms: Mapping[str, Form | None] = field(default_factory=dict)
    roles: Collection[str] = ROLE_CODES
    deadline_codes: Collection[str] | None = None
