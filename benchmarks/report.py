"""The measured figures as a page for people and as JSON for comparison."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.figures import Figures, Key
from benchmarks.goals import Verdict
from benchmarks.machine import Machine
from benchmarks.measuring import Extent, Measured
from benchmarks.work import ORDER

INTRODUCTION = """# Benchmarks

Written by `make bench`; edit nothing here. gunicorn runs 2 workers with 4 threads each; each client has one signed-in session; permissions,
form checks, legal clocks, the record and idempotency keys are on. The work is `benchmarks/same_work.bpmn`: three user tasks in three
lanes, a script and a gateway, ten fields per task.

Everything that is compared was measured in turn in each of {rounds} rounds (A B A B). The machine is shared, so a figure is the smallest of
the rounds' medians and the p95 belongs to that round; the last column shows the median of each round. Ratios are what counts: absolute
figures move by a factor of two here, and a busy machine interrupts a long request more often than a short one, which raises the ratios.
The parts beside 4 clients were measured by 4 processes at once. SQLite lets one client write at a time, not in the order of asking: at 4
clients its median flatters and its p95 tells. Nothing fails on a missed goal. `python -m benchmarks.anatomy` shows where the time goes.
"""


@dataclass
class Report:
    """Everything a run found. ``missing``: what could not be measured, as sentences."""

    machine: Machine
    load_after: float
    extent: Extent
    figures: Figures
    measured: dict[str, Measured]
    verdicts: list[Verdict]
    minutes: float
    missing: list[str] = field(default_factory=list)
    make_run_seconds: tuple[float, float] | None = None


def as_page(report: Report) -> str:
    """Markdown."""
    parts = [
        INTRODUCTION.format(rounds=report.extent.rounds),
        _facts(report),
        "## Goals\n\n" + _table(_GOAL_HEAD, (_goal_row(verdict) for verdict in report.verdicts)),
        *([_list("Not measured", report.missing)] if report.missing else []),
        "## Operations\n\n" + _table(_WORK_HEAD, (_work_row(key, report.figures) for key in _in_order(report.figures))),
        *(_disk(name, one) for name, one in report.measured.items() if one.disk_by_table),
    ]
    return "\n".join(parts)


def as_json(report: Report) -> str:
    """Every round's median, so that runs can be compared."""
    found: dict[str, Any] = {
        "machine": asdict(report.machine),
        "load_after": report.load_after,
        "minutes": round(report.minutes, 1),
        "extent": asdict(report.extent),
        "missing": report.missing,
        "make_run_seconds": report.make_run_seconds,
        "goals": [{**asdict(verdict), "is_met": verdict.is_met} for verdict in report.verdicts],
        "operations": [_operation(key, report.figures) for key in _in_order(report.figures)],
        "databases": {name: asdict(one) for name, one in report.measured.items()},
    }
    for one in found["databases"].values():
        one.pop("ages")
    return json.dumps(_rounded(found), ensure_ascii=False, indent=1) + "\n"


_GOAL_HEAD = ("Goal", "Figure", "Database", "Through", "Clients", "Median ms", "p95 ms", "Beside (ms)", "Ratio or value", "Goal is", "Met")
_WORK_HEAD = ("Database", "Closed tasks", "Through", "Clients", "Operation", "Median ms", "p95 ms", "Samples", "Rounds' medians")


def _facts(report: Report) -> str:
    machine = report.machine
    rows = [
        ("Date", f"{machine.measured_at}, {report.minutes:.0f} minutes"),
        ("Machine", f"{machine.processor}, {machine.cores} cores, {machine.memory_gb:.0f} GB, {machine.system}"),
        ("Load average", f"{machine.load_before:.1f} before, {report.load_after:.1f} after"),
        ("Versions", ", ".join([f"Python {machine.python}", *(one.version for one in report.measured.values())])),
    ]
    loads = [f"{one.closed:,} closed tasks on {name} in {one.bulk_seconds:.0f} s" for name, one in report.measured.items()]
    rows.append(("Loaded", ", ".join(loads)))
    if report.make_run_seconds:
        rows.append(("`make run`", "{:.0f} s the first time, {:.1f} s the second".format(*report.make_run_seconds)))
    return _table(("What", "Value"), rows)


def _goal_row(verdict: Verdict) -> tuple[str, ...]:
    unit = f" {verdict.unit}" if verdict.unit else ""
    value = f"{verdict.value:.1f}{unit}" if unit else f"{verdict.value:.2f}"
    clients = str(verdict.clients) if verdict.clients else ""
    return (
        str(verdict.goal), verdict.figure, verdict.database, verdict.through, clients, _ms(verdict.median_ms), _ms(verdict.p95_ms),
        verdict.beside, f"**{value}**", f"<= {verdict.limit:g}{unit}", "yes" if verdict.is_met else "**no**",
    )  # fmt: skip


def _work_row(key: Key, figures: Figures) -> tuple[str, ...]:
    rounds = " ".join(f"{value:.1f}" for value in figures.medians(key))
    filling = "many" if key.filling == "large" else "few"
    return (
        key.database, filling, key.through, str(key.clients), _NAMES.get(key.operation, key.operation), _ms(figures.median(key)),
        _ms(figures.p95(key)), str(figures.count(key)), rounds,
    )  # fmt: skip


_NAMES = {
    "nothing": "no-op request (204)",
    "inbox": "inbox, mine, first 25 and total",
    "pool": "inbox, group, first 25 and total",
    "show": "show task",
    "tasks": "tasks of one case",
    "case": "case page",
    "engine": "bare engine step",
    "commit": "one commit: 1 insert, 2 updates of 9 kB",
    "viewflow": "Viewflow complete",
    "dbos": "DBOS durable step",
}


def _in_order(figures: Figures) -> list[Key]:
    places = {operation: place for place, operation in enumerate(ORDER)}
    return sorted(
        figures.keys(), key=lambda key: (key.database, key.filling != "small", key.through, key.clients, places.get(key.operation, 99))
    )


def _operation(key: Key, figures: Figures) -> dict[str, Any]:
    found = {
        "median_ms": figures.median(key),
        "p95_ms": figures.p95(key),
        "samples": figures.count(key),
        "medians_ms": figures.medians(key),
    }
    return {**key._asdict(), **found}


def _disk(name: str, measured: Measured) -> str:
    largest = sorted(measured.disk_by_table.items(), key=lambda item: -item[1])
    return f"## Disk of a closed case on {name}\n\n" + _table(
        ("Table with its indexes", "kB per case"), [(t, f"{kb:.1f}") for t, kb in largest]
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _list(title: str, sentences: Iterable[str]) -> str:
    return f"{title}:\n\n" + "".join(f"- {sentence}\n" for sentence in sentences)


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
