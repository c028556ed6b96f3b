"""A renderer for all tests of the folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.printing import need_fonts, running_renderer


@pytest.fixture(scope="session")
def renderer_place() -> Iterator[Path]:
    need_fonts()
    with tempfile.TemporaryDirectory(prefix="zj-") as folder:
        place = Path(folder) / "r.sock"
        with running_renderer(place):
            yield place


@pytest.fixture
def printing_app(app: Any, renderer_place: Path) -> Any:
    app.config["ZHIJIAN"] = replace(app.config["ZHIJIAN"], renderer_place=renderer_place)
    return app
