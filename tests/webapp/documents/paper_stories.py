"""Documents of every kind, filled in as an official might."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
from pypdf import PdfReader

from tests.bpmn.processes.walking import fill
from webapp.cases.models import Case
from webapp.core.db import transaction
from webapp.documents import services
from webapp.documents.kinds import KINDS
from webapp.documents.models import Document
from webapp.documents.papers import compose
from webapp.processes import editions

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FACTS = {
    "facts": "2026年11月20日检查时，打磨岗位矽尘时间加权平均浓度为2.1mg/m³，超过国家职业卫生标准；现场12名工人未佩戴防尘口罩。",
    "questions": "问：打磨岗位的除尘设施何时停用？\n答：今年9月因电机损坏停用，尚未修复。\n问：有没有告知工人？\n答：口头说过。",
    "clauses": "《职业病防治法》第二十五条、第二十六条",
}
ANSWERS: dict[str, dict[str, Any]] = {
    "D20": {"decision": "penalise", "penalty_kinds": ["warning", "fine"], "fine": 80000, "discussed": "done"},
    "D22": {"decision": "no_penalty"},
    "D16": {"proposed_kinds": ["warning", "fine"], "proposed_fine": 80000, "hearing_told": "yes"},
    "D17A": {"proposed_kinds": ["warning", "fine"], "proposed_fine": 80000, "hearing_told": "yes"},
    "D21": {"penalty_kinds": ["warning", "fine"], "fine": 3000},
    "D18": {"result": "stated"},
}


def made(kind: str, case: Case, cast: SimpleNamespace, *, is_final: bool = True, **answers: Any) -> Document:
    """A document whose required answers are filled in."""
    content = editions.content_of(editions.active_edition().id)
    key = KINDS[kind].form_key
    fields = orjson.loads(orjson.dumps(content.form(key).definition))["fields"]
    values = fill(fields, {**ANSWERS.get(kind, {}), **answers}, pick=lambda one: _plausible(one, cast))
    with transaction():
        document = services.make(kind, case_id=case.id, form_key=key, form_hash=content.form_hash(key), values=values, actor_id=None, at=AT)
        if is_final:
            services.finalise(document, actor_id=None, at=AT)
    return document


def printed(document: Document) -> bytes:
    from webapp.printing import layout

    return layout.render(compose(document)).pdf


def pages_of(pdf: bytes) -> list[str]:
    return [bare(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes, *, without: str = "") -> str:
    """Without blanks, and without what stands above and below the text of a page."""
    text = "".join(re.sub(r"第\d+页共(\d+)?页(?!\d)", "", page) for page in pages_of(pdf))
    return text.replace(bare(without), "") if without else text


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _plausible(one: Mapping[str, Any], cast: SimpleNamespace) -> Any:
    if one["type"] == "reference":
        people, codes = [str(cast.qin.id), str(cast.lu.id)], ["V-72-01", "V-71-01"]
        chosen = {"officers": people, "violations": codes}.get(one["of"], ["7", "8"])
        return chosen if one.get("many") else chosen[0]
    first = one["options"][0]["value"] if one.get("options") else None
    text = FACTS.get(one["key"], f"“{one['label']['zh']}”的内容：已逐项核对，属实。")[: one.get("max_length", 5000)]
    by_type = {
        "choice": first, "select": first, "choices": [first], "date": "2026-11-24", "datetime": "2026-11-24T09:30:00+08:00",
        "integer": one.get("min", 0), "number": one.get("min", 0), "boolean": True,
    }  # fmt: skip
    return by_type.get(one["type"], text)
