"""BR-DATES: back-dated facts are refused; the same day is not before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bpmn.engine.compiler import compile_edition
from tests.webapp.legality.acting import Record, refusal
from webapp.legality.dates import AFTER
from webapp.processes import files

pytestmark = pytest.mark.usefixtures("law")
MADE, BEFORE = "2026-06-02", "2026-06-01"


def record() -> Record:
    """Everything that a later day may not precede happened on the second of June."""
    at = datetime.fromisoformat(f"{MADE}T02:00:00+00:00")
    facts = Record().make("D16", made=MADE, served=MADE).make("D20", made=MADE).make("D11", made=MADE)
    facts.say("inspect", inspected_on=MADE).say("conclude", at=at).say("hold_hearing", held_on=MADE)
    facts.say("serve_order", process="correction", served_on=MADE)
    facts.say("register", process="evidence_registration", registered_on=MADE)
    return facts.say("impose", process="interim_control", imposed_on=MADE)


@pytest.mark.parametrize("step", sorted(AFTER), ids=".".join)
def test_a_back_dated_day_is_refused(step: tuple[str, str]) -> None:
    process, element = step

    def said(day: str) -> dict[str, Any]:
        return {AFTER[step][0]: day}

    assert MADE in str(refusal("BR-DATES", element, record(), process=process, **said(BEFORE)))
    assert refusal("BR-DATES", element, record(), process=process, **said(MADE)) is None


def test_what_has_no_earlier_day_is_not_refused() -> None:
    assert refusal("BR-DATES", "decide", Record(), decided_on=BEFORE) is None
    assert refusal("BR-DATES", "inspect", record(), inspected_on=BEFORE) is None


def test_a_decision_counts_from_the_day_on_which_the_notice_took_effect() -> None:
    announced = Record().make("D16", made="2026-05-01", served="2026-05-31")
    assert refusal("BR-DATES", "decide", announced, decided_on="2026-05-30") is not None
    assert refusal("BR-DATES", "decide", announced, decided_on="2026-05-31") is None


@pytest.mark.parametrize("step", sorted(AFTER), ids=".".join)
def test_each_step_exists_and_its_form_asks_for_the_day(step: tuple[str, str]) -> None:
    artifacts = files.shipped()
    forms = {file.key: file.content.decode() for file in artifacts if file.kind == "form"}
    properties = compile_edition(artifacts).process(step[0]).element(*step).properties
    assert f'"{AFTER[step][0]}"' in forms[properties["form"]]
