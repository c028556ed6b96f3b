"""The page that says what is built tells the truth."""

from __future__ import annotations

from tests import tracing


def test_the_coverage_page_is_current() -> None:
    assert tracing.COVERAGE.read_text(encoding="utf-8") == tracing.coverage(), "run: python -m tests.tracing"
