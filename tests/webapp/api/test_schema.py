"""Every operation of the API under data that its schema allows and data that it does not: no fault, and answers as described."""

from __future__ import annotations

import contextvars
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests import factories
from tests.webapp.pages import open_case
from webapp.app import create_app
from webapp.config import Settings
from webapp.core.db import db

pytestmark = pytest.mark.xdist_group("schemathesis")
EXAMPLES = 12  # per operation; there are some sixty


@pytest.fixture(scope="module")
def served(seeded_sqlite: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, str]]:
    """An application with a case, and the headers of an administrator."""
    home: Path = tmp_path_factory.mktemp("api")
    shutil.copytree(seeded_sqlite.home / "keys", home / "keys")
    shutil.copy(seeded_sqlite.home / "seeded.sqlite", home / "api.sqlite")
    app = create_app(Settings(home=home, database_url=f"sqlite:///{home / 'api.sqlite'}", has_prefect=False), overrides={"TESTING": True})
    with app.app_context():
        open_case(factories.foundry(), factories.cast().ping)
        db.session.remove()
    signed = _outside(app.test_client().post, "/api/v1/tokens", json={"username": "admin", "password": factories.PASSWORD})
    return app, {"Authorization": f"Bearer {signed.json['token']}"}


@pytest.fixture(scope="module")
def described(served: tuple[Any, dict[str, str]]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _outside(schemathesis.openapi.from_wsgi, "/api/v1/openapi.json", served[0])


MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CHECKS = [status_code_conformance, response_schema_conformance]


@pytest.mark.parametrize("mode", MODES, ids=["what the schema allows", "what it does not"])
def test_every_operation_answers_as_it_is_described(described: Any, served: tuple[Any, dict[str, str]], mode: Any) -> None:
    """The pytest plugin of schemathesis does not know this pytest: its strategies are drawn from here."""
    found = [fault for result in described.get_all_operations() for fault in _faults(result.ok(), served[1], mode)]
    assert not found, "\n\n".join(found)


def _faults(operation: Any, headers: dict[str, str], mode: Any) -> list[str]:
    """The first thing that is wrong with the answers of one operation."""

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        answer = _outside(case.call, headers={**(case.headers or {}), **headers})
        assert answer.status_code < 500 or b"renderer_away" in answer.content, f"{case.method} {case.path}: {answer.status_code}"
        case.validate_response(answer, checks=CHECKS)

    try:
        answers()
    except Unsatisfiable:  # an operation without anything to get wrong
        return []
    except (FailureGroup, Failure, AssertionError) as error:
        return [f"{operation.label}: {str(error)[:1500]}"]
    return []


def _outside(call: Any, *args: Any, **options: Any) -> Any:
    return contextvars.Context().run(call, *args, **options)
