"""Every rule a diagram names is registered, has a source and is proven in this folder. Covers R-141."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bpmn.engine.compiler import compile_edition
from tests.webapp.legality.acting import Record
from webapp.core.errors import Invalid
from webapp.legality import handlers
from webapp.legality.facts import Act
from webapp.legality.registry import RULES, broken
from webapp.processes import files

HERE = Path(__file__).parent
LEGS = {"BR-14", "BR-INJ-LATE", "BR-ITEMS", "BR-ORDER"}  # judged on the tables of their legs: tests of correction and referrals


def named_in_diagrams() -> set[str]:
    artifacts = files.shipped()
    edition = compile_edition(artifacts)
    elements = [
        one
        for process in map(edition.process, (file.key for file in artifacts if file.kind == "bpmn"))
        for one in process.elements.values()
    ]
    return {id for one in elements for id in one.properties.get("rules", "").split()}


def test_every_rule_of_the_diagrams_is_registered() -> None:
    assert named_in_diagrams() <= RULES.keys()


def test_every_rule_has_a_source_and_a_contract() -> None:
    assert [id for id, rule in RULES.items() if not rule.source or not rule.check.__doc__] == []


def test_every_rule_is_proven_here() -> None:
    proven = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    missing = [id for id in RULES if id not in LEGS and not re.search(rf'refusal\(\s*"{id}"|fine\("{id}"', proven)]
    assert missing == []


def act(facts: Record, **values: Any) -> Act:
    return Act(facts, "decide", "case_lifecycle", values, None, facts.on, None, 1, 1)


@pytest.mark.usefixtures("law")
def test_all_broken_rules_are_told_in_the_order_of_the_diagram() -> None:
    found = broken(["BR-12", "BR-01", "BR-13"], act(Record(), decision="penalise", fine=5_000))
    assert [one.rule.id for one in found] == ["BR-12", "BR-01"]
    assert all(one.text.startswith(f"{one.rule.id}: ") for one in found)


@pytest.mark.usefixtures("law")
def test_an_id_that_nobody_knows_stops_no_case() -> None:
    assert broken(["BR-99"], act(Record())) == []


@pytest.mark.usefixtures("law")
def test_a_refusal_names_the_rules_and_a_mark_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[str] = []
    monkeypatch.setattr(handlers, "record", lambda stream, kind, *, rule, **_: marked.append(rule))
    late = Record().tick("DECIDE", due="2026-06-01")
    monkeypatch.setattr(handlers, "act_of", lambda completing: act(late, decision="penalise", fine=5_000))
    with pytest.raises(Invalid) as refused:
        handlers.judge(completing("BR-12 BR-09"))
    assert [sentence[:6] for sentence in refused.value.errors["rules"]] == ["BR-12:"]
    assert marked == []
    handlers.judge(completing("BR-09"))
    assert marked == ["BR-09"]


def completing(rules: str) -> Any:
    return SimpleNamespace(
        properties={"rules": rules}, instance=SimpleNamespace(case_id=7), task=SimpleNamespace(id=1, case_id=7, instance_id=1),
        actor=SimpleNamespace(id=1), at=datetime(2026, 6, 15, tzinfo=UTC),
    )  # fmt: skip
