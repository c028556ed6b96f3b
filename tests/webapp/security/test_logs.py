"""What people typed does not get into logs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from webapp.core.db import db


def test_a_failed_statement_does_not_tell_its_parameters(app: Any) -> None:
    with pytest.raises(DBAPIError) as failed:
        db.session.execute(text("INSERT INTO no_such_table VALUES (:said)"), {"said": "职业性尘肺病壹期"})
    assert "尘肺" not in str(failed.value)
