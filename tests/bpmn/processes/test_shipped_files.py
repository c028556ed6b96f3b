"""What every shipped diagram, decision and form must be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from lxml import etree
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from bpmn.engine.forms import compile_form
from bpmn.engine.ports import Artifact
from tests.bpmn.processes.conftest import SHIPPED
from webapp.documents.kinds import KINDS
from webapp.legality import handlers  # noqa: F401 - registers the rules
from webapp.legality.registry import RULES

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
CHINESE, LATIN = re.compile("[一-鿿]"), re.compile("[A-Za-z]")
NAMED = {"userTask", "serviceTask", "businessRuleTask", "scriptTask", "startEvent", "endEvent", "intermediateCatchEvent", "lane"}
DIAGRAMS = sorted((SHIPPED / "processes").glob("*.bpmn"))
FORMS = sorted((SHIPPED / "forms").glob("*.json"))


def properties(name: str) -> Iterator[str]:
    """The values of one property in all diagrams."""
    for path in DIAGRAMS:
        for found in etree.parse(path).iter(f"{SPIFF}property"):
            if found.get("name") == name:
                yield str(found.get("value"))


def bilingual(value: Any) -> Iterator[dict[str, str]]:
    """Every {"zh", "en"} pair of a form."""
    if isinstance(value, dict):
        if "zh" in value:
            yield value
        for inner in value.values():
            yield from bilingual(inner)
    if isinstance(value, list):
        for inner in value:
            yield from bilingual(inner)


def test_every_diagram_is_valid_and_compiles() -> None:
    parser = SpiffBpmnParser(validator=VALIDATOR)
    for path in DIAGRAMS:
        parser.add_bpmn_file(str(path))
    for path in (SHIPPED / "decisions").glob("*.dmn"):
        parser.add_dmn_file(str(path))
    assert all(parser.get_spec(path.stem).task_specs for path in DIAGRAMS)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_element_is_named_in_both_languages(path: Any) -> None:
    for element in etree.parse(path).iter(f"{BPMN}*"):
        kind = etree.QName(element).localname
        if kind in NAMED or (element.get("name") and kind != "message"):
            assert CHINESE.search(element.get("name", "")), f"{element.get('id')} has no Chinese name"
            assert LATIN.search(element.findtext(f"{BPMN}documentation") or ""), f"{element.get('id')} has no English name"


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_lane_names_are_unique_in_a_file(path: Any) -> None:
    names = [lane.get("name") for lane in etree.parse(path).iter(f"{BPMN}lane")]
    assert len(names) == len(set(names))


def test_every_clock_has_a_time_limit() -> None:
    limits = {row["code"] for row in orjson.loads((SHIPPED.parent / "webapp/rules/data/time_limits.json").read_bytes())}
    for name in ("deadline", "opens", "closes"):
        assert {code for value in properties(name) for code in value.split()} <= limits


def test_every_rule_named_in_a_diagram_is_registered() -> None:
    assert {id for value in properties("rules") for id in value.split()} <= set(RULES)


def test_every_form_is_used_and_every_form_used_exists() -> None:
    by_hand = {kind.form_key for kind in KINDS.values() if kind.by_hand}  # documents made outside a task
    assert set(properties("form")) | by_hand == {path.stem for path in FORMS}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_form_compiles_and_speaks_both_languages(path: Any) -> None:
    definition = orjson.loads(path.read_bytes())
    assert definition["key"] == path.stem == compile_form(path.read_bytes()).key
    for pair in bilingual(definition):
        assert CHINESE.search(pair["zh"]), pair
        assert LATIN.search(pair["en"]), pair
        assert not CHINESE.search(pair["en"]), pair


def test_forms_route_nothing_about_a_person(artifacts: list[Artifact]) -> None:
    """Identity and health stay out of the engine: what routes is a choice, a count, a day or a line of the catalogue of violations."""
    for file in artifacts:
        fields = orjson.loads(file.content)["fields"] if file.kind == "form" else []
        routing = [field for field in fields if "routes" in field and field.get("of") != "violations"]
        assert {field["type"] for field in routing} <= {"choice", "choices", "select", "boolean", "integer", "number", "date"}


def test_no_grade_of_disability_routes(artifacts: list[Artifact]) -> None:
    (form,) = (orjson.loads(file.content) for file in artifacts if file.key == "capability_appraisal")
    assert [field["key"] for field in form["fields"] if "routes" in field] == ["result"]


def test_every_routed_answer_is_read_by_a_diagram_or_a_decision(artifacts: list[Artifact]) -> None:
    text = b"".join(file.content for file in artifacts if file.kind in {"bpmn", "dmn"}).decode()
    for file in artifacts:
        for field in orjson.loads(file.content)["fields"] if file.kind == "form" else []:
            assert "routes" not in field or re.search(rf"\b{field['routes']}\b", text), f"nothing reads {field['routes']}"


def test_every_choice_tested_in_a_diagram_exists(artifacts: list[Artifact]) -> None:
    routed: dict[str, set[str]] = {}
    for file in artifacts:
        for field in orjson.loads(file.content)["fields"] if file.kind == "form" else []:
            if "routes" in field:
                routed.setdefault(field["routes"], set()).update(option["value"] for option in field.get("options", []))
    for path in DIAGRAMS:
        for condition in etree.parse(path).iter(f"{BPMN}conditionExpression"):
            for name, value in re.findall(r'(\w+) [!=]= "(\w+)"', condition.text or ""):
                assert name not in routed or value in routed[name], condition.text
