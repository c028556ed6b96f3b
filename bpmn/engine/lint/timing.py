"""Timers: one aware instant or one bounded duration, or a plain variable that holds it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bpmn.engine.findings import Rule, table
from bpmn.engine.lint.diagram import Diagram, Node
from bpmn.engine.lint.expressions import refused
from bpmn.engine.lint.flows import name_of
from bpmn.engine.lint.xml import BPMN, local
from bpmn.engine.ports import Problem
from bpmn.engine.timers import TimerRefused, due_instant

SHORTEST_WAIT = timedelta(minutes=1)
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)

RULES = table(
    Rule(
        "timer-empty",
        "定时器“{name}”要有一个时间：timeDate 或 timeDuration，请填写其中一个。",
        "The timer “{name}” needs one time. Give either timeDate or timeDuration.",
    ),
    Rule(
        "timer-cycle",
        "定时器“{name}”是重复的，不支持。请用一次的时间，提醒由期限负责。",
        "The timer “{name}” repeats, which is not supported. Use a single time; reminders belong to time limits.",
    ),
    Rule(
        "timer-not-quoted",
        "定时器“{name}”的时间“{source}”要加引号，例如 \"PT1H\"。",
        "Put quotes around the time “{source}” of the timer “{name}”, for example \"PT1H\".",
    ),
    Rule(
        "timer-expression",
        "定时器“{name}”只能写一个变量名或加引号的时间，请把“{source}”改掉。",
        "The timer “{name}” takes one variable name or a quoted time. Change “{source}”.",
    ),
    Rule(
        "timer-duration",
        "定时器“{name}”的时长“{source}”不可用：请写 ISO 时长，例如 \"P3D\"、\"PT2H\"，大于零，不超过十年。",
        "The duration “{source}” of the timer “{name}” cannot be used: write an ISO duration such as \"P3D\" or \"PT2H\","
        " more than nothing and at most ten years.",
    ),
    Rule(
        "timer-instant",
        "定时器“{name}”的时刻“{source}”不可用：请写带时区的 ISO 时刻，例如 \"2026-11-08T09:00:00+08:00\"。",
        "The instant “{source}” of the timer “{name}” cannot be used: write an ISO instant with its time zone,"
        " for example \"2026-11-08T09:00:00+08:00\".",
    ),
)  # fmt: skip


def check(diagram: Diagram) -> Iterator[Problem]:
    for node in diagram.nodes.values():
        if node.trigger == "timer":
            yield from _timer(node)


def lasts(node: Node) -> bool:
    """Whether this timer surely waits longer than a minute; a variable may hold a time that is over."""
    kind, text = _time(node)
    literal = _literal(text)
    if kind != "timeDuration" or literal is None:
        return False
    try:
        return due_instant(literal, now=_SOME_TIME) - _SOME_TIME > SHORTEST_WAIT
    except TimerRefused:
        return False


def _timer(node: Node) -> Iterator[Problem]:
    times = [local(child) for definition in node.element.iterchildren(f"{BPMN}timerEventDefinition") for child in definition]
    kind, text = _time(node)
    name = name_of(node)
    if "timeCycle" in times:
        yield RULES["timer-cycle"].at(node.id, name=name)
    elif len(times) != 1 or not text:
        yield RULES["timer-empty"].at(node.id, name=name)
    elif (literal := _literal(text)) is not None:
        yield from _value(node, kind, literal)
    elif text.isidentifier() and text[0] in "PR" and text[1:2] in "0123456789T":
        yield RULES["timer-not-quoted"].at(node.id, name=name, source=text)
    elif text.isidentifier():
        yield from refused(text, "eval", element=node.id, place=name)
    else:
        yield RULES["timer-not-quoted" if _is_time(text) else "timer-expression"].at(node.id, name=name, source=text)


def _value(node: Node, kind: str, literal: str) -> Iterator[Problem]:
    rule = RULES["timer-duration" if kind == "timeDuration" else "timer-instant"]
    try:
        due_at = due_instant(literal, now=_SOME_TIME)
    except TimerRefused:
        due_at = None
    is_duration = literal.startswith("P")
    if due_at is None or is_duration != (kind == "timeDuration") or (is_duration and due_at <= _SOME_TIME):
        yield rule.at(node.id, name=name_of(node), source=literal)


def _time(node: Node) -> tuple[str, str]:
    definition = node.element.find(f"{BPMN}timerEventDefinition")
    child = next(iter(definition), None) if definition is not None else None
    return ("", "") if child is None else (local(child), (child.text or "").strip())


def _literal(text: str) -> str | None:
    """The value of a quoted text."""
    if not text.startswith(("'", '"')) or len(text) > 200:
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def _is_time(text: str) -> bool:
    return text[0].isdigit() or (text[0] in "PR" and any(letter.isdigit() for letter in text[:4]))
