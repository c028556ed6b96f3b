"""Random answers to a form: mostly what a careful officer writes, now and then out of range, unlawful or missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from tests.bpmn.processes.walking import SENTENCE
from webapp.core.clock import legal_day
from webapp.legality.facts import Facts

CODES = ("V-71-01", "V-72-01", "V-72-04", "V-75-06", "V-74-01")
FINES = (1, 3_000, 3_001, 10_000, 49_999, 50_000, 60_000, 80_000, 100_000, 100_001, 200_000, 300_000, 300_001)
# Answers with which a case goes on; the others are chosen less often.
ONWARD = frozenset({
    "take", "violation", "accept", "file", "general", "penalise", "not_refer", "agree", "passed", "approve", "waived", "paid", "none",
    "yes", "not_needed", "direct", "continue", "normal", "held",
    "hearing", "corrected",
})  # fmt: skip
BACK, AHEAD = (0,) * 40 + (-1, -3, -30, -400, -1100, 1), (0, 1, 7, 10, 14, 15, 20, 29, 60)


class Walker(Protocol):
    """Who answers: ``codes`` are the violations of the case, ``choices`` the values a register offers, the careless one last."""

    rng: Random
    codes: list[str]

    @property
    def now(self) -> datetime: ...

    @property
    def facts(self) -> Facts: ...

    def choices(self, of: str) -> list[str]: ...


def answered(fields: Sequence[Mapping[str, Any]], walk: Walker) -> dict[str, Any]:
    rng, values = walk.rng, dict[str, Any]()
    for one in fields:
        if one["type"] in {"section", "note"} or not _is_shown(one, values):
            continue
        if rng.random() < (0.997 if one.get("required") else 0.3):
            values[one["key"]] = _answer(one, walk)
    if rng.random() < 0.005:
        values["unknown"] = "1"
    return values


def _is_shown(one: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    shown = one.get("visible_if")
    given = values.get(shown["field"]) if shown else None
    return not shown or bool(set(given if isinstance(given, list) else [given]) & set(shown["in"]))


def _answer(one: Mapping[str, Any], walk: Walker) -> Any:
    rng, kind = walk.rng, one["type"]
    if kind == "reference":
        return _referred(one, walk)
    if kind in {"choice", "select", "choices"}:
        chosen = _chosen([option["value"] for option in one["options"]], rng)
        return _kinds(walk) if one["key"] in {"penalty_kinds", "proposed_kinds"} else [chosen] if kind == "choices" else chosen
    if kind in {"date", "datetime"}:
        days = rng.choice(BACK if one.get("max") == "today" else AHEAD)
        return (legal_day(walk.now) + timedelta(days=days)).isoformat()
    if kind in {"integer", "number"}:
        return _fine(walk) if "fine" in one["key"] else one.get("min", 0) + rng.randrange(3)
    return True if kind == "boolean" else SENTENCE[: one.get("max_length", 100)]


def _chosen(options: Sequence[str], rng: Random) -> str:
    onward = [option for option in options if option in ONWARD]
    return rng.choice(onward) if onward and rng.random() < 0.8 else rng.choice(options)


def _kinds(walk: Walker) -> list[str]:
    """A fine is proposed more often than the law allows one."""
    told = walk.facts.last("give_notice", "conclude")
    kinds = told.values.get("proposed_kinds") if told else None
    return (
        list(kinds)
        if kinds and walk.rng.random() < 0.8
        else walk.rng.choice((["warning"], ["warning", "fine"], ["fine"], ["fine", "stop"]))
    )


def _fine(walk: Walker) -> int:
    told = walk.facts.last("give_notice", "conclude")
    proposed = told.values.get("proposed_fine") if told else None
    return int(proposed) if proposed and walk.rng.random() < 0.7 else walk.rng.choice(FINES)


def _referred(one: Mapping[str, Any], walk: Walker) -> Any:
    rng = walk.rng
    if one["of"] == "violations":
        return _codes(one["key"], walk)
    offered = walk.choices(one["of"])
    if not one.get("many"):
        return rng.choice(offered[1:] or offered) if offered else ""
    careful = offered[: 3 if one["of"] == "panel" else 2]
    return careful if rng.random() < 0.85 else rng.sample(offered, min(len(offered), rng.choice((1, 2, 3))))


def _codes(key: str, walk: Walker) -> list[str]:
    order = walk.facts.last("issue_order", process="correction")
    if key in {"corrected_items", "open_items"} and order is not None:
        half = len(order.values["items"]) // 2
        return list(order.values["items"][:half] if key == "open_items" else order.values["items"][half:])
    return list(walk.codes) if walk.rng.random() < 0.85 else walk.rng.sample(CODES, walk.rng.choice((1, 2)))
