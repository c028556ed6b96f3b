"""What carries its two languages itself has both: forms, diagrams, decision tables, rules, help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[\u4e00-\u9fff]{2}")  # a single sign may be quoted: class 甲
FOLDERS = ("bpmn/forms", "webapp/*/forms", "webapp/*/data", "webapp/*/guides")
FILES = sorted(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.json"))
PAIRS = (("zh", "en"), ("name_zh", "name_en"), ("note_zh", "note_en"), ("title_zh", "title_en"))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_text_in_one_language_is_there_in_the_other(path: Path) -> None:
    for told in objects(orjson.loads(path.read_bytes())):
        for chinese, english in PAIRS:
            if chinese in told or english in told:
                assert told.get(chinese), (path.name, told)
                assert told.get(english), (path.name, told)
                assert not WORDS.search(str(told[english])), (path.name, told)


@pytest.mark.parametrize("path", sorted((ROOT / "bpmn" / "processes").glob("*.bpmn")), ids=lambda path: path.stem)
def test_every_name_in_a_diagram_has_english(path: Path) -> None:
    for element in etree.parse(path).iter(f"{BPMN}*"):
        name = element.get("name") or ""
        if CHINESE.search(name):
            assert CHINESE.search(english_of(element)) is None, element.get("id")
            assert english_of(element), (path.name, element.get("id"), name)


@pytest.mark.parametrize("path", sorted((ROOT / "bpmn" / "decisions").glob("*.dmn")), ids=lambda path: path.stem)
def test_what_a_decision_table_answers_is_a_code_that_pages_put_into_words(path: Path) -> None:
    for entry in etree.parse(path).iter(f"{DMN}outputEntry"):
        assert CHINESE.search(entry.findtext(f"{DMN}text") or "") is None, (path.name, entry.get("id"))


def english_of(element: Any) -> str:
    given = [one.get("value") for one in element.iterfind(f"{BPMN}extensionElements//{PROPERTY}") if one.get("name") == "name_en"]
    return str(given[0] if given else element.findtext(f"{BPMN}documentation") or "").strip()
