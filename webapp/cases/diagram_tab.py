"""The picture of a leg of the case, with the steps that were gone beside it."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.cases.case_frame import CaseFrame, Leg
from webapp.processes.models import Edition, UserTask
from webapp.processes.queries import picture_of


@dataclass(frozen=True, slots=True)
class ShownDiagram:
    """``tasks``: of the leg, in the order they were opened. ``waits_for``: names of the elements that wait for an answer."""

    leg: Leg
    picture: str
    tasks: list[UserTask]
    waits_for: list[str]
    edition: Edition


def chosen_leg(frame: CaseFrame, asked: str | None) -> Leg | None:
    """The leg asked for; without a known one the lifecycle itself."""
    return next((leg for leg in frame.legs if str(leg.instance.id) == asked), frame.legs[0] if frame.legs else None)


def diagram_of(frame: CaseFrame, leg: Leg) -> ShownDiagram:
    """One query, for the edition."""
    instance = leg.instance
    own = [task for task in frame.tasks if task.instance_id == instance.id]
    waits = sorted(set(instance.awaits.values())) if instance.is_running else []
    names = [frame.names.element(instance.id, element) for element in waits]
    return ShownDiagram(leg, picture_of(instance, own), own, names, instance.edition)
