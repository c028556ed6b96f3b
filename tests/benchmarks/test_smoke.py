"""The benchmark's arithmetic and its page, without measuring anything."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import goals, report
from benchmarks.figures import Figures, Key, quantile
from benchmarks.growth import Age, Memory
from benchmarks.machine import Machine
from benchmarks.measuring import Extent, Measured
from bpmn.engine.lint.child import check_in_child
from webapp.processes import files

BENCHMARKS = Path(goals.__file__).parent
COMPLETE = Key("sqlite", "small", "api", 1, "complete")


def some_figures() -> Figures:
    """Two rounds; others disturbed the first one."""
    figures = Figures()
    for factor in (3.0, 1.0):
        figures.add(COMPLETE, [4.0 * factor, 5.0 * factor, 6.0 * factor])
        figures.add(COMPLETE._replace(filling="large"), [6.0 * factor])
        figures.add(COMPLETE._replace(operation="nothing"), [1.0 * factor])
        figures.add(COMPLETE._replace(through="parts", operation="engine"), [0.75 * factor])
        figures.add(COMPLETE._replace(through="parts", operation="commit"), [0.25 * factor])
        figures.add(COMPLETE._replace(through="peer", operation="viewflow"), [2.0 * factor])
    return figures


def some_report() -> report.Report:
    measured = Measured(
        "SQLite 3",
        [Age([2.0], [2.5], 3_000)],
        disk_kb=20.0,
        disk_by_table={"event": 9.0},
        memory=Memory(10, 80.0, 100.0, 101.0, 1.0),
        closed=3_000,
    )
    machine = Machine("a processor", 2, 8.0, "Linux", "3.11", "2026-03-02T01:00+00:00", 0.5)
    figures = some_figures()
    verdicts = goals.verdicts(figures, {"sqlite": measured})
    return report.Report(machine, 0.6, Extent.quick(), figures, {"sqlite": measured}, verdicts, 1.0, ["DBOS: no network"])


def test_a_figure_is_the_median_of_the_least_disturbed_round() -> None:
    figures = some_figures()
    assert figures.median(COMPLETE) == 5.0
    assert figures.p95(COMPLETE) == 6.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_completion_is_judged_beside_its_parts_and_peers() -> None:
    found = {(verdict.goal, verdict.figure): verdict for verdict in some_report().verdicts}
    assert found[1, "complete"].value == 2.5
    assert found[1, "complete"].is_met
    assert found[3, "complete"].value == 2.5
    assert not found[3, "complete"].is_met
    assert found[5, "complete, 3,000 closed tasks"].value == 1.2


def test_what_was_not_measured_is_left_out() -> None:
    assert goals.verdicts(Figures(), {"sqlite": Measured("SQLite 3")}) == []


def test_the_page_is_one_table_of_goals_and_one_of_operations() -> None:
    page = report.as_page(some_report())
    assert (
        "| 1 | complete | sqlite | api | 1 | 5.00 | 6.00 | 1.00 no-op + 0.75 engine + 0.25 commit = 2.00 | **2.50** | <= 2.5 | yes |"
        in page
    )
    assert "| 10 | disk per closed three-task case | sqlite |" in page
    assert "DBOS: no network" in page
    tables = [line for line in page.splitlines() if line.startswith("| ---")]
    assert len(tables) == 4


def test_the_json_holds_every_round() -> None:
    found = json.loads(report.as_json(some_report()))
    complete = next(one for one in found["operations"] if one["operation"] == "complete" and one["filling"] == "small")
    assert complete["medians_ms"] == [15.0, 5.0]


def test_the_measured_diagrams_pass_the_checks() -> None:
    problems = check_in_child(files.read(BENCHMARKS / name for name in ("same_work.bpmn", "same_work.json", "loop.bpmn")))
    assert [problem for problem in problems if problem.severity == "error"] == []
