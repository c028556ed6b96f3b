"""What must be over before a case is closed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.legality.acting import Record, refusal
from webapp.legality import closing

pytestmark = pytest.mark.usefixtures("law")
STEPS = ("report_closing", "approve_closing")


@pytest.mark.parametrize("step", STEPS)
def test_br_15_a_case_waits_for_the_answer_of_the_police(step: str) -> None:
    assert "no outcome yet" in str(refusal("BR-15", step, Record().run("police_referral")))
    assert refusal("BR-15", step, Record().run("police_referral", is_running=False)) is None


@pytest.mark.parametrize("step", STEPS)
def test_br_15_a_positive_screening_is_decided_upon(step: str) -> None:
    suspected = Record().find("crime_screen", crime_suggestion="refer")
    assert "point to a crime" in str(refusal("BR-15", step, suspected))
    assert refusal("BR-15", step, suspected.say("decide_referral", decision="not_refer")) is None
    assert refusal("BR-15", step, Record().find("crime_screen", crime_suggestion="none")) is None


@pytest.mark.parametrize("kind", ["D20", "D22"])
def test_br_close_the_decision_was_served(kind: str) -> None:
    assert "has not been served" in str(refusal("BR-CLOSE", "report_closing", Record().make(kind)))
    assert refusal("BR-CLOSE", "report_closing", Record().make(kind, served="2026-06-10")) is None


def test_br_close_no_leg_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def name(leg: Any) -> str:
        return str(leg.process_key)

    monkeypatch.setattr(closing, "_name", name)
    running = Record().run("correction").run("interim_control").run("case_lifecycle", parent=None)
    assert "correction, interim_control" in str(refusal("BR-CLOSE", "report_closing", running)).replace("、", ", ")
    ended = Record().run("correction", is_running=False).run("case_lifecycle", parent=None)
    assert refusal("BR-CLOSE", "report_closing", ended) is None


@pytest.mark.parametrize("leg", sorted(closing.LINKED))
def test_br_close_benefits_and_other_departments_do_not_hold_a_case_open(leg: str) -> None:
    assert refusal("BR-CLOSE", "report_closing", Record().run(leg)) is None
