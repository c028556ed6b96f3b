"""The forms of the registry: JSON in two languages; lists of hazards come from the catalogue, of measured factors from the rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

from bpmn.engine.forms import Form, compile_form
from webapp.employers.catalogue import HAZARDS
from webapp.employers.limits import measurable

FOLDER = Path(__file__).parent / "forms"
KINDS = ("declaration", "hazard_post", "workplace_test", "health_exam", "project", "contract_fact", "insurance_fact", "risk")


def form_of(kind: str) -> Form:
    """``kind``: one of KINDS, "profile" or "strike"."""
    names = measurable() if kind == "workplace_test" else HAZARDS
    return _form(kind, tuple((code, texts["zh"], texts["en"]) for code, texts in names.items()))


@cache
def _form(kind: str, hazards: tuple[tuple[str, str, str], ...]) -> Form:
    definition = orjson.loads((FOLDER / f"{kind}.json").read_bytes())
    for field in definition["fields"]:
        if field.pop("options_from", None):
            field["options"] = [{"value": code, "label": {"zh": zh, "en": en}} for code, zh, en in hazards]
    return compile_form(orjson.dumps(definition))
