"""What people and other systems send, against one form."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from bpmn.engine.forms import Form, FormRefused, compile_form

TODAY = date(2026, 11, 8)


class Registry:
    """Employers 1 to 9 exist."""

    def employer_exists(self, employer_id: int) -> bool:
        return employer_id < 10

    def refusal(self, of: str, value: str) -> dict[str, str] | None:
        return None if value == "7" else both("不在名单上", "not on the list")


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": both(f"选项{value}", f"Option {value}")} for value in values]


FIELDS: list[dict[str, Any]] = [
    {"key": "conclusion", "type": "choice", "required": True, "options": options("violation", "unfounded"), "routes": "verification"},
    {"key": "urgency", "type": "select", "options": options("A", "B"), "maps_to": "case.urgency", "routes": "urgency"},
    {"key": "signs", "type": "choices", "required": True, "options": options("ppe", "dust", "other"), "routes": "signs",
     "visible_if": {"field": "conclusion", "in": ["violation"]}},
    {"key": "other_sign", "type": "text", "required": True, "max_length": 20, "visible_if": {"field": "signs", "in": ["other"]}},
    {"key": "found_on", "type": "date", "min": "2026-01-01", "max": "today"},
    {"key": "met_at", "type": "datetime", "max": "today"},
    {"key": "workers", "type": "integer", "min": 0, "max": 100000, "unit": both("人", "persons"), "routes": "workers"},
    {"key": "dust_mg_m3", "type": "number", "min": 0, "max": 500.5},
    {"key": "stopped", "type": "boolean", "routes": "stopped"},
    {"key": "stop_reason", "type": "textarea", "required": True, "min_length": 5, "visible_if": {"field": "stopped", "in": [True]}},
    {"key": "code", "type": "text", "pattern": "[0-9A-Z]{18}", "help": both("18 位代码。", "The 18 characters.")},
    {"key": "employer", "type": "employer"},
    {"type": "section"},
    {"type": "note"},
]  # fmt: skip


def build(*fields: dict[str, Any]) -> Form:
    labelled = [{"label": both(f"标签{line.get('key')}", f"Label {line.get('key')}"), **line} for line in fields]
    return compile_form(json.dumps({"key": "check", "title": both("检查", "Check"), "fields": labelled}).encode())


FORM = build(*FIELDS)


def load(form: Form = FORM, locale: str = "en", /, **values: Any) -> dict[str, Any]:
    return form.validate(values, locale=locale, today=TODAY, lookups=Registry())


def refused(form: Form = FORM, locale: str = "en", /, **values: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        form.validate(values, locale=locale, today=TODAY, lookups=Registry())
    return dict(caught.value.normalized_messages())


def test_values_are_stored_as_json_primitives() -> None:
    stored = load(
        conclusion="violation", urgency="A", signs=["other", "dust"], other_sign=" 油\x00雾 \r\n大 ", found_on="2026-11-08",
        met_at="2026-11-08T09:30", workers="１２", dust_mg_m3="3.50", stopped="on", stop_reason="设备故障停产\r\n整改",
        code="91320500MA1XXXXX0Q", employer="7",
    )  # fmt: skip
    assert stored == {
        "conclusion": "violation", "urgency": "A", "signs": ["dust", "other"], "other_sign": "油雾  大", "found_on": "2026-11-08",
        "met_at": "2026-11-08T09:30:00+08:00", "workers": 12, "dust_mg_m3": 3.5, "stopped": True, "stop_reason": "设备故障停产\n整改",
        "code": "91320500MA1XXXXX0Q", "employer": 7,
    }  # fmt: skip
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored


def test_missing_answers_are_asked_for_in_the_language_of_the_user() -> None:
    assert refused() == {"conclusion": ["Choose an answer for “Label conclusion”."]}
    assert refused(FORM, "zh_Hans_CN") == {"conclusion": ["请选择“标签conclusion”。"]}
    assert refused(conclusion="violation") == {"signs": ["Choose at least one answer for “Label signs”."]}


def test_hidden_fields_are_neither_required_nor_stored() -> None:
    stored = load(conclusion="unfounded", signs=["ppe"], other_sign="x", stop_reason="y")
    assert stored == {"conclusion": "unfounded", "stopped": False}


def test_a_field_that_depends_on_a_hidden_field_is_hidden() -> None:
    assert "other_sign" not in load(conclusion="unfounded", signs=["other"], other_sign="x")
    assert "other_sign" in refused(conclusion="violation", signs=["other"])


def test_unknown_keys_are_refused_with_a_sentence() -> None:
    found = refused(conclusion="unfounded", hacked=1, __class__="x")
    assert found["hacked"] == ["“hacked” is not a field of this form. Remove it and send the form again."]
    assert set(found) == {"hacked", "__class__"}
    assert len(refused(conclusion="unfounded", **{f"k{number}": 1 for number in range(500)})) == 20


def test_all_faults_are_told_at_once() -> None:
    assert set(refused(workers="-1", found_on="2026-11-09", other=1)) == {"conclusion", "workers", "found_on", "other"}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("workers", "3.5", "Enter a whole number for “Label workers”, for example 12."),
        ("workers", "-1", "“Label workers” must be at least 0. Please correct it."),
        ("workers", 10**400, "“Label workers” must be at most 100000. Please correct it."),
        ("workers", "9" * 5000, "Enter a whole number for “Label workers”, for example 12."),
        ("workers", True, "Enter a whole number for “Label workers”, for example 12."),
        ("workers", float("nan"), "Enter a whole number for “Label workers”, for example 12."),
        ("dust_mg_m3", "NaN", "Enter a number for “Label dust_mg_m3”, for example 3.5."),
        ("dust_mg_m3", float("inf"), "Enter a number for “Label dust_mg_m3”, for example 3.5."),
        ("dust_mg_m3", "1e3", "Enter a number for “Label dust_mg_m3”, for example 3.5."),
        ("dust_mg_m3", 10**400, "“Label dust_mg_m3” must be at most 500.5. Please correct it."),
        ("dust_mg_m3", "0.1234567890123456", "“Label dust_mg_m3” has too many digits. Round it to 15 digits at most."),
        ("found_on", "2026-02-30", "Enter “Label found_on” as year-month-day, for example 2026-11-08."),
        ("found_on", "20261108", "Enter “Label found_on” as year-month-day, for example 2026-11-08."),
        ("found_on", "2026-11-09", "“Label found_on” must not be after 2026-11-08. Please correct it."),
        ("found_on", "2025-12-31", "“Label found_on” must not be before 2026-01-01. Please correct it."),
        ("met_at", "2026-11-08T16:30:00Z", "“Label met_at” must not be after 2026-11-08. Please correct it."),
        ("met_at", "yesterday", "Enter “Label met_at” as date and time, for example 2026-11-08T09:30."),
        ("urgency", "Z", "Choose one of the given answers for “Label urgency”."),
        ("urgency", {"a": [1]}, "Choose one of the given answers for “Label urgency”."),
        ("stopped", "perhaps", "Answer “Label stopped” with yes or no."),
        ("code", "123", "“Label code” does not have the required format. Follow the hint: The 18 characters."),
        ("code", "A" * 300, "“Label code” takes at most 200 characters. Shorten it by 100."),
        ("code", ["A"], "“Label code” takes text. Please type it again."),
        ("employer", "77", "The employer in “Label employer” does not exist. Search and choose it again."),
        ("employer", 2**80, "The employer in “Label employer” does not exist. Search and choose it again."),
    ],
)
def test_a_wrong_value_gets_a_sentence_that_says_what_to_do(field: str, value: Any, sentence: str) -> None:
    assert refused(conclusion="unfounded", **{field: value}) == {field: [sentence]}


def test_choices_must_be_given_options_each_once() -> None:
    for wrong in (["ppe", "ppe"], ["zzz"], [["ppe"]], [1], "zzz", {"ppe": 1}, ["ppe"] * 1000):
        assert set(refused(conclusion="violation", signs=wrong)) == {"signs"}
    assert load(conclusion="violation", signs="ppe")["signs"] == ["ppe"]


def test_a_box_that_must_be_ticked_is_refused_when_it_is_not() -> None:
    form = build({"key": "agreed", "type": "boolean", "required": True})
    assert refused(form) == {"agreed": ["Tick “Label agreed” before you send the form."]}
    assert refused(form, agreed=False) == {"agreed": ["Tick “Label agreed” before you send the form."]}
    assert load(form, agreed=True) == {"agreed": True}


def test_text_of_nothing_but_unprintable_characters_counts_as_missing() -> None:
    form = build({"key": "name", "type": "text", "required": True})
    assert refused(form, name="\x00\u202e\ufeff\ud800") == {"name": ["Fill in “Label name”."]}


def test_a_text_longer_than_the_limit_says_by_how_much() -> None:
    form = build({"key": "remark", "type": "textarea"})
    assert refused(form, remark="字" * 5003) == {"remark": ["“Label remark” takes at most 5000 characters. Shorten it by 3."]}


def test_too_short_text_says_how_much_is_there() -> None:
    found = refused(FORM, "zh", conclusion="unfounded", stopped=True, stop_reason="停产")
    assert found == {"stop_reason": ["“标签stop_reason”至少填写 5 个字，现在是 2 个字。"]}


def test_a_post_gives_declared_fields_only() -> None:
    posted = MultiDict(
        [("csrf_token", "t"), ("version", "3"), ("conclusion", "violation"), ("signs", "ppe"), ("signs", "dust"), ("workers", " ")]
    )
    raw = FORM.from_post(posted)
    assert raw == {"conclusion": "violation", "signs": ["ppe", "dust"], "stopped": False}
    assert FORM.from_post(MultiDict({"stopped": "true", "workers": " "})) == {"stopped": "true"}


def test_routing_variables_are_always_there_and_columns_only_when_answered() -> None:
    stored = load(conclusion="unfounded")
    assert FORM.routes(stored) == {"verification": "unfounded", "urgency": None, "signs": [], "workers": None, "stopped": False}
    assert FORM.maps(stored) == {}
    assert FORM.maps(load(conclusion="unfounded", urgency="A")) == {"case.urgency": "A"}


def test_two_fields_may_route_one_variable() -> None:
    form = build(
        {"key": "kind", "type": "choice", "options": options("a", "b"), "required": True},
        {"key": "first", "type": "integer", "routes": "count", "visible_if": {"field": "kind", "in": ["a"]}},
        {"key": "second", "type": "integer", "routes": "count", "visible_if": {"field": "kind", "in": ["b"]}},
    )
    assert form.routes(load(form, kind="b", second="4")) == {"count": 4}
    assert form.routes(load(form, kind="a", first="0", second="4")) == {"count": 0}


def test_stored_values_can_be_read_by_people() -> None:
    assert FORM.field("signs").text_of(["ppe", "dust"], "zh") == "选项ppe、选项dust"
    assert FORM.field("stopped").text_of(True, "en") == "Yes"
    assert FORM.field("workers").text_of(1200, "zh") == "1,200 人"
    assert FORM.field("met_at").text_of("2026-11-08T09:30:00+08:00", "en") == "2026-11-08 09:30"
    assert FORM.field("conclusion").answer_text(("violation",), "en") == "Option violation"


def test_the_json_schema_describes_what_is_accepted() -> None:
    described = FORM.json_schema("en")
    assert described["required"] == ["conclusion"]
    assert described["properties"]["signs"]["items"]["enum"] == ["ppe", "dust", "other"]
    assert described["properties"]["dust_mg_m3"]["maximum"] == 500.5
    assert {"properties": {"stopped": {"enum": [True]}}, "required": ["stopped"]} in [rule["if"] for rule in described["allOf"]]
    assert described["additionalProperties"] is False
    json.dumps(described)


def test_the_schema_is_built_once_for_each_language() -> None:
    assert FORM._checker("zh") is FORM._checker("zh")
    assert FORM._checker("zh") is not FORM._checker("en")


def test_values_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(ValidationError, match="pairs of field and value"):
        FORM.validate([1], locale="en", today=TODAY, lookups=Registry())  # type: ignore[arg-type]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*sorted(FORM.field_keys), "strange"]), ANYTHING))
def test_no_value_crashes_a_form(values: dict[str, Any]) -> None:
    try:
        stored = FORM.validate(values, locale="zh", today=TODAY, lookups=Registry())
    except ValidationError as error:
        found = [sentence for sentences in error.normalized_messages().values() for sentence in sentences]
        assert found and all(isinstance(sentence, str) and sentence.endswith(("。", "：18 位代码。")) for sentence in found)
    else:
        json.dumps(stored, allow_nan=False).encode()


CHECKLIST = {
    "key": "checklist",
    "title": {"zh": "检查表", "en": "Checklist"},
    "fields": [
        {
            "key": "b01", "type": "choice", "label": {"zh": "申报", "en": "Declaration"}, "required": True,
            "options": [
                {"value": "met", "label": {"zh": "符合", "en": "Met"}},
                {"value": "failed", "label": {"zh": "不符合", "en": "Not met"}},
            ],
        },
        {
            "key": "conclusion", "type": "choice", "label": {"zh": "结论", "en": "Conclusion"}, "required": True,
            "options": [
                {"value": "pass", "label": {"zh": "通过", "en": "Passed"}, "not_with": ["failed"]},
                {"value": "correction", "label": {"zh": "限期整改", "en": "Correction"}},
            ],
        },
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "words"), [("zh", ["申报", "不符合", "结论", "通过"]), ("en", ["Declaration", "Not met", "Conclusion", "Passed"])]
)
def test_an_answer_that_another_one_rules_out_is_refused_in_words(locale: str, words: list[str]) -> None:
    form = compile_form(json.dumps(CHECKLIST).encode())
    with pytest.raises(ValidationError) as refused:
        form.validate({"b01": "failed", "conclusion": "pass"}, locale=locale, today=TODAY, lookups=Registry())
    (sentence,) = refused.value.messages["conclusion"]
    assert all(word in sentence for word in words)
    for fine in ({"b01": "met", "conclusion": "pass"}, {"b01": "failed", "conclusion": "correction"}):
        assert form.validate(fine, locale=locale, today=TODAY, lookups=Registry()) == fine


def test_a_reference_takes_what_its_source_offers() -> None:
    form = compile_form(json.dumps({
        "key": "team", "title": {"zh": "队", "en": "Team"},
        "fields": [{"key": "officers", "type": "reference", "of": "officers", "many": True, "required": True, "routes": "officers",
                    "label": {"zh": "执法人员", "en": "Officers"}}],
    }).encode())  # fmt: skip
    stored = form.validate({"officers": ["7"]}, locale="zh", today=TODAY, lookups=Registry())
    assert form.routes(stored) == {"officers": ["7"]}
    with pytest.raises(ValidationError, match="不在名单上"):
        form.validate({"officers": ["7", "8"]}, locale="zh", today=TODAY, lookups=Registry())
    with pytest.raises(ValidationError, match="Choose an answer"):
        form.validate({}, locale="en", today=TODAY, lookups=Registry())
    with pytest.raises(ValidationError, match="same one twice"):
        form.validate({"officers": ["7", "7"]}, locale="en", today=TODAY, lookups=Registry())


def test_a_reference_must_name_its_source() -> None:
    with pytest.raises(FormRefused, match="what to choose from"):
        compile_form(json.dumps({
            "key": "team", "title": {"zh": "队", "en": "Team"},
            "fields": [{"key": "officers", "type": "reference", "of": "planets", "label": {"zh": "人", "en": "People"}}],
        }).encode())  # fmt: skip


def test_a_look_at_unfinished_values_keeps_what_is_right_and_tells_the_rest() -> None:
    form = build(
        {"key": "seen_on", "type": "date", "label": both("日期", "Day"), "required": True, "max": "today", "default": "today"},
        {"key": "note", "type": "text", "label": both("说明", "Note"), "required": True},
    )
    accepted, errors = form.look({"note": "dust", "seen_on": "2099-01-01"}, locale="en", today=TODAY, lookups=Registry())
    assert (accepted, errors.keys()) == ({"note": "dust"}, {"seen_on"})
    assert form.look({"note": "dust", "seen_on": TODAY.isoformat()}, locale="en", today=TODAY, lookups=Registry())[1] == {}
    assert form.look("nonsense", locale="en", today=TODAY, lookups=Registry())[0] == {}  # type: ignore[arg-type]
    assert form.defaults(TODAY) == {"seen_on": TODAY.isoformat()}
