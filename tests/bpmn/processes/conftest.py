"""The files that are shipped, and walks over them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bpmn
from bpmn.engine.ports import Artifact
from tests.bpmn.processes.walking import Walk

SHIPPED = Path(bpmn.__file__).parent
KINDS = {"processes/*.bpmn": "bpmn", "decisions/*.dmn": "dmn", "forms/*.json": "form"}
QUESTIONS = ("accident_hidden", "stop_order_refused", "safety_disabled", "child_labour", "violence", "false_certificate")
CLEAN: dict[str, Any] = {"accident_result": "none", "accident_cause": "no_accident", **dict.fromkeys(QUESTIONS, "no")}


@pytest.fixture(scope="session")
def artifacts() -> list[Artifact]:
    found = [(kind, path) for pattern, kind in KINDS.items() for path in sorted(SHIPPED.glob(pattern))]
    return [Artifact(kind, path.stem, path.read_bytes(), hashlib.sha256(path.read_bytes()).hexdigest()) for kind, path in found]


@pytest.fixture
def found_by_ping(artifacts: list[Artifact]) -> Callable[..., Walk]:
    """A case as ping opens it on patrol; other answers of the first form, or of the host, change that."""
    return lambda **answers: Walk(artifacts, **answers)


@pytest.fixture
def leg(artifacts: list[Artifact]) -> Callable[[str], Walk]:
    """A leg alone, as if a case had started it."""
    return lambda key: Walk(artifacts, key)


@pytest.fixture
def accepted(found_by_ping: Callable[..., Walk]) -> Walk:
    """A case that waits for the proposal to file it."""
    walk = found_by_ping()
    walk.do("town_accept", decision="take")
    walk.do("verify", conclusion="violation")
    walk.do("accept", decision="accept")
    return walk


@pytest.fixture
def filed(accepted: Walk) -> Walk:
    """A case that waits for hui's inspection."""
    accepted.do("propose_filing")
    accepted.do("file_case", decision="file")
    return accepted


@pytest.fixture
def concluded(filed: Walk) -> Walk:
    """A case that waits for the crime screening."""
    return conclude(inspect(filed))


@pytest.fixture
def cleared(concluded: Walk) -> Walk:
    """A case without a crime that waits for the panel."""
    return clear(concluded)


@pytest.fixture
def noticed(cleared: Walk) -> Walk:
    """A case whose prior notice was served: the party may speak."""
    cleared.do("deliberate", result="agree")
    cleared.do("give_notice", proposed_kinds=["fine"])
    cleared.do("serve_notice")
    return cleared


@pytest.fixture
def decided(noticed: Walk) -> Walk:
    """A case whose penalty was decided and served: correction and payment run side by side."""
    noticed.do("hear_party", result="waived")
    noticed.do("decide", decision="penalise", penalty_kinds=["fine"], fine=10_000)
    noticed.do("serve_decision")
    return noticed


@pytest.fixture
def performed(decided: Walk) -> Walk:
    """A case whose decision was carried out: it waits for the closing report."""
    correct(decided, "corrected")
    decided.do("await_payment", result="paid")
    return decided


@pytest.fixture
def clean() -> dict[str, Any]:
    """Answers of the crime screening where nothing points to a crime."""
    return dict(CLEAN)


def inspect(walk: Walk, **answers: Any) -> Walk:
    walk.do("inspect", **{"result": "violation", "procedure": "general", "health_harm": "none"} | answers)
    return walk


def conclude(walk: Walk, **answers: Any) -> Walk:
    """By default a fine too small for a hearing or a legal review."""
    asked = {"proposal": "penalise", "proposed_kinds": ["fine"], "proposed_fine": 10_000, "public_interest": "no", "complex": "no"}
    walk.do("conclude", **asked | answers)
    return walk


def clear(walk: Walk) -> Walk:
    walk.do("screen_crime", **CLEAN)
    walk.do("decide_referral", decision="not_refer")
    return walk


def correct(walk: Walk, result: str) -> None:
    """One round of the correction, without more time."""
    walk.do("issue_order")
    walk.do("serve_order")
    walk.do("watch", result="report_received")
    walk.do("reinspect", result=result, still_over_limit="no")
