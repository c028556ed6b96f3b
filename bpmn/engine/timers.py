"""Timers that ask the host what time it is: a moved clock moves them, the wall clock never fires them early."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)  # fmt: skip

from bpmn.engine.ports import EngineError

LONGEST = timedelta(days=3660)
_DURATION = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?")


class TimerRefused(EngineError):
    """This timer's value is not an aware instant or a bounded duration."""


def due_instant(value: Any, *, now: datetime) -> datetime:
    """What a timer's expression means. ``value``: an aware ISO instant, or an ISO duration from ``now`` of at most ten years.

    Raises TimerRefused.
    """
    if not isinstance(value, str) or len(value) > 40:
        raise TimerRefused("a timer needs an ISO instant or duration as text")
    return _after(value, now) if value.startswith("P") else _instant(value)


def adopt(spec: Any) -> None:
    """Let every timer of a freshly parsed spec read the host's clock. Raises TimerRefused for repeating timers."""
    for task_spec in spec.task_specs.values():
        definition = getattr(task_spec, "event_definition", None)
        if isinstance(definition, MultipleEventDefinition):  # an event-based gateway holds those of the events behind it
            definition.event_definitions = [_adopted(one, task_spec) for one in definition.event_definitions]
        elif definition is not None:
            task_spec.event_definition = _adopted(definition, task_spec)


def awaited(task: Any) -> list[Any]:
    """The event definitions a waiting task waits for: one, or several behind an event-based gateway."""
    definition = task.task_spec.event_definition
    return list(definition.event_definitions) if isinstance(definition, MultipleEventDefinition) else [definition]


class HostTimer(TimerEventDefinition):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """One shot; its instant is fixed when the token arrives and kept with the task."""

    def __init__(self, original: Any) -> None:
        super().__init__(original.name, original.expression, description=original.description)

    def has_fired(self, my_task: Any) -> bool:
        now = my_task.workflow.top_workflow.host_now
        if self.due_at(my_task) is None:
            value = my_task.workflow.script_engine.evaluate(my_task, self.expression)
            my_task._set_internal_data(event_value=due_instant(value, now=now).isoformat())
        due_at = self.due_at(my_task)
        if due_at is not None and due_at <= now:
            my_task._set_internal_data(event_fired=True)
        return bool(my_task._get_internal_data("event_fired", False))

    def due_at(self, my_task: Any) -> datetime | None:
        value = my_task._get_internal_data("event_value")
        return datetime.fromisoformat(value) if value is not None else None


def _adopted(definition: Any, task_spec: Any) -> Any:
    if isinstance(definition, CycleTimerEventDefinition):
        raise TimerRefused(f"{task_spec.bpmn_id}: repeating timers are not supported")
    is_timer = isinstance(definition, TimeDateEventDefinition | DurationTimerEventDefinition)
    return HostTimer(definition) if is_timer else definition


def _instant(value: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise TimerRefused(f"{value} names no time zone")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # OverflowError: the first and last day of the calendar
        raise TimerRefused(f"{value} is not an instant") from error


def _after(value: str, now: datetime) -> datetime:
    match = _DURATION.fullmatch(value)
    if match is None or not any(match.groups()):
        raise TimerRefused(f"{value} is not a duration")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if length + timedelta(days=31 * (12 * years + months)) > LONGEST:
        raise TimerRefused(f"{value} is longer than ten years")
    calendar = {"years": years, "months": months}
    months_on: timedelta = TimerEventDefinition.get_timedelta_from_start(calendar, now)
    return now.astimezone(UTC) + months_on + length
