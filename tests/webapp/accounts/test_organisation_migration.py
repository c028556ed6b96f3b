"""Rows from before the organisation grew stay, and can be taken back."""

from __future__ import annotations

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from webapp.app import create_app, migrations_folder
from webapp.config import Settings
from webapp.core.db import db

OLD = (
    "INSERT INTO jurisdiction (id, code, name_zh, name_en) VALUES (1, 'TC', '太仓市', 'Taicang')",
    "INSERT INTO town (id, jurisdiction_id, code, name_zh, name_en) VALUES (1, 1, 'TC-SX', '沙溪', 'Shaxi')",
    "INSERT INTO organisation (id, jurisdiction_id, code, kind, name_zh, name_en) VALUES (1, 1, 'TC-POL', 'POL', '公安局', 'Police')",
)


def test_old_rows_get_plain_values_and_lose_nothing(settings: Settings) -> None:
    with create_app(settings, web=False).app_context():
        folder = str(migrations_folder())
        upgrade(directory=folder, revision="0005")
        with db.engine.begin() as connection:
            for statement in OLD:
                connection.execute(text(statement))
        upgrade(directory=folder, revision="0006")
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT kind, responsible_office, name_zh FROM town")).one() == ("town", None, "沙溪")
            body = connection.execute(text("SELECT code, level, short_zh, parent_id, is_demo FROM organisation")).one()
            assert (*body[:4], bool(body[4])) == ("TC-POL", "district", None, None, False)
        downgrade(directory=folder, revision="0005")
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT code FROM organisation")).scalar_one() == "TC-POL"
        db.engine.dispose()
