"""Definitions that are refused, and why."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

import bpmn
from bpmn.engine.forms import FormRefused, compile_form
from bpmn.engine.forms.patterns import PatternRefused, check_pattern
from bpmn.engine.forms.rules import RULES

TEXT = {"zh": "标签", "en": "Label"}
OPTIONS = [{"value": "yes", "label": TEXT}, {"value": "no", "label": TEXT}]


def form_of(*fields: Any, **changes: Any) -> bytes:
    return json.dumps({"key": "check", "title": TEXT, "fields": list(fields)} | changes).encode()


def field(kind: str = "text", /, **changes: Any) -> dict[str, Any]:
    return {"key": "answer", "type": kind, "label": TEXT} | changes


def codes(content: bytes) -> set[str]:
    with pytest.raises(FormRefused) as caught:
        compile_form(content)
    assert all(problem.zh and problem.en for problem in caught.value.problems)
    return {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "form-not-json"),
        (b"\xff\xfe{}", "form-not-json"),
        (b'{"key": NaN}', "form-not-json"),
        (b"[" * 100_000, "form-not-json"),
        (b" " * 300_000, "form-too-large"),
        (b"[]", "form-not-object"),
        (form_of(key="Check"), "form-key"),
        (form_of(key="typename"), "form-key"),
        (form_of(title={"zh": "只有中文"}), "form-text"),
        (form_of(intro="just text"), "form-text"),
        (form_of(layout=2), "form-unknown-property"),
        (form_of(fields={}), "form-fields"),
        (form_of(*[field(key=f"k{number}") for number in range(201)]), "form-fields"),
        (form_of("answer"), "form-not-object"),
        (form_of(field("magic")), "form-type"),
        (form_of(field(["text"])), "form-type"),  # type: ignore[arg-type]
        (form_of(field(key="typename")), "form-key"),
        (form_of(field(key="__proto__")), "form-key"),
        (form_of(field(), field()), "form-key-twice"),
        (form_of(field(label={"zh": "a", "en": " "})), "form-text"),
        (form_of(field(requried=True)), "form-unknown-property"),
        (form_of(field(options=OPTIONS)), "form-misplaced-property"),
        (form_of(field(required="yes")), "form-flag"),
        (form_of(field("choice")), "form-options"),
        (form_of(field("choice", options=["a"])), "form-options"),
        (form_of(field("choice", options=OPTIONS * 2)), "form-option-value"),
        (form_of(field("choice", options=[{"value": "a b", "label": TEXT}])), "form-option-value"),
        (form_of(field("integer", min=5, max=1)), "form-limit"),
        (form_of(field("integer", min=1.5)), "form-limit"),
        (form_of(field("number", max=1e300)), "form-limit"),
        (form_of(field("date", max="tomorrow")), "form-limit"),
        (form_of(field("date", default="2026-01-01")), "form-default"),
        (form_of(field(default="today")), "form-misplaced-property"),
        (form_of(field(max_length=5001)), "form-limit"),
        (form_of(field(min_length=20, max_length=10)), "form-limit"),
        (form_of(field(max_length=True)), "form-limit"),
        (form_of(field(pattern="[")), "form-pattern"),
        (form_of(field(pattern=5)), "form-pattern"),
        (form_of(field(pattern="(a+)+b")), "form-pattern"),
        (form_of(field(visible_if={"field": "other", "in": ["yes"]})), "form-condition"),
        (form_of(field("choice", options=OPTIONS, visible_if={"field": "answer", "in": ["yes"]})), "form-condition"),
        (form_of(field("choice", options=OPTIONS), field(key="b", visible_if={"field": "answer", "in": ["zzz"]})), "form-condition"),
        (form_of(field("choice", options=OPTIONS), field(key="b", visible_if={"field": ["answer"], "in": ["yes"]})), "form-condition"),
        (form_of(field("choice", options=OPTIONS), field(key="b", visible_if="answer")), "form-condition"),
        (form_of(field("integer", routes="typename")), "form-routes"),
        (form_of(field("integer", routes="sum")), "form-routes"),
        (form_of(field("integer", routes="lambda")), "form-routes"),
        (form_of(field("textarea", routes="story")), "form-routes-text"),
        (form_of(field(routes="story")), "form-routes-text"),
        (form_of(field(maps_to="urgency")), "form-maps-to"),
    ],
)
def test_a_bad_definition_is_refused_with_its_reason(content: bytes, code: str) -> None:
    assert codes(content) == {code}


def test_all_faults_of_a_definition_are_told_at_once() -> None:
    assert codes(form_of(field("integer", min="a", routes="Sum"), field("zzz"), title=None)) == {
        "form-text", "form-limit", "form-routes", "form-type",
    }  # fmt: skip


def test_every_rule_has_a_sentence_in_both_languages() -> None:
    assert all(rule.zh.endswith(("。", "）。")) or rule.zh for rule in RULES.values())
    assert all(rule.en.endswith(".") or "{" in rule.en for rule in RULES.values())


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(.*)(.*)(.*)(.*)x", "(a)\\1", "(?=a)b", "(?>a+)b", "a{1,99999}" * 3, "a++b", "(" * 300]
)
def test_a_pattern_that_may_hang_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", r"0\d{2,3}-?\d{7,8}", r"1[3-9]\d{9}|\d{5,8}", "[A-Z]+-.*"]
)
def test_ordinary_patterns_are_accepted(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+b", "a*a*b", ".*.*x"])
def test_an_accepted_pattern_answers_at_once(pattern: str) -> None:
    content = form_of(field(pattern=pattern, help=TEXT))
    started = time.perf_counter()
    try:
        form = compile_form(content)
        form._checker("en").schema.validate({"answer": "a" * 200})
    except FormRefused:
        pass
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("path", sorted((Path(bpmn.__file__).parent / "forms").glob("*.json")), ids=lambda path: path.stem)
def test_shipped_forms_compile_under_their_file_name(path: Path) -> None:
    assert compile_form(path.read_bytes()).key == path.stem
