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


@pytest.fixture(scope="session")
def artifacts() -> list[Artifact]:
    found = [(kind, path) for pattern, kind in KINDS.items() for path in sorted(SHIPPED.glob(pattern))]
    return [Artifact(kind, path.stem, path.read_bytes(), hashlib.sha256(path.read_bytes()).hexdigest()) for kind, path in found]


@pytest.fixture
def found_by_ping(artifacts: list[Artifact]) -> Callable[..., Walk]:
    """A case as ping opens it on patrol."""
    return lambda **answers: Walk(artifacts, **answers)


@pytest.fixture
def filed(found_by_ping: Callable[..., Walk]) -> Walk:
    """A case that waits for hui's inspection."""
    walk = found_by_ping()
    walk.do("verify", conclusion="violation")
    walk.do("accept", decision="accept")
    walk.do("file_case", decision="file")
    return walk


@pytest.fixture
def decided(filed: Walk) -> Walk:
    """A case whose first correction order is due."""
    filed.do("inspect", result="violation", health_harm="none")
    filed.do("propose")
    filed.do("decide", decision="penalise")
    return filed


@pytest.fixture
def leg(artifacts: list[Artifact]) -> Callable[[str], Walk]:
    """A leg alone, as if a case had started it."""
    return lambda key: Walk(artifacts, key)


@pytest.fixture
def corrected(decided: Walk) -> Walk:
    """A case that waits for the crime screening."""
    decided.do("issue_order")
    decided.do("reinspect", result="corrected")
    return decided


CLEAN: dict[str, Any] = {"accident_result": "none", "accident_cause": "no_accident"} | dict.fromkeys(
    ("accident_hidden", "stop_order_refused", "safety_disabled", "child_labour", "violence", "false_certificate"), "no"
)


@pytest.fixture
def clean() -> dict[str, Any]:
    """Answers of the crime screening where nothing points to a crime."""
    return dict(CLEAN)
