"""A small site: accounts and core, with routes of each kind. No application context is open while the client asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from tests.webapp.accounts.browsing import PASSWORD
from webapp.accounts import passwords, services, web
from webapp.accounts.models import Grid, Jurisdiction, Organisation, Town, User
from webapp.accounts.views import blueprint
from webapp.app import create_app, import_models
from webapp.config import Settings
from webapp.core import i18n, keys
from webapp.core import web as core_web
from webapp.core.db import Base, db, transaction
from webapp.core.permissions import Permission, policy, public, signed_in

MORNING = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
_hash_once = cache(passwords.hashed)


@pytest.fixture
def application(tmp_path: Path) -> Flask:
    """The real application, for questions about its routes; its database stays empty."""
    keys.create_missing(tmp_path)
    return create_app(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.sqlite'}"))


@pytest.fixture
def site(settings: Settings) -> Iterator[Flask]:
    app = Flask("webapp", static_url_path="/static")
    app.config.from_mapping(settings.flask_config())
    app.config.update(TESTING=True)
    import_models()
    db.init_app(app)
    i18n.init_app(app)
    web.init_app(app)
    core_web.init_app(app)
    for part in (blueprint, _probes()):
        app.register_blueprint(part)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with pytest.MonkeyPatch.context() as patch, transaction():
            patch.setattr(passwords, "hashed", _hash_once)
            _cast()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def _cast() -> None:
    area = Jurisdiction(code="TC", name_zh="太仓市", name_en="Taicang")
    town = Town(jurisdiction=area, code="TC-LH", name_zh="浏河镇", name_en="Liuhe")
    grid = Grid(town=town, code="TC-LH-01", name_zh="第一网格", name_en="Grid 1")
    db.session.add_all([area, town, grid])
    db.session.flush()
    police = Organisation(jurisdiction_id=area.id, code="TC-POL", kind="POL", name_zh="公安局", name_en="Police bureau")
    db.session.add(police)
    db.session.flush()
    places: dict[str, tuple[str, dict[str, int]]] = {
        "ping": ("GRID", {"grid_id": grid.id}),
        "tao": ("TOWN", {"town_id": town.id}),
        "hui": ("HD_LEAD", {"jurisdiction_id": area.id}),
        "zhou": ("POL", {"organisation_id": police.id}),
        "lin": ("ADMIN", {}),
    }
    for name, (role, place) in places.items():
        user = services.create_user(
            username=name, name_zh=name, name_en=name.title(), password=PASSWORD, jurisdiction_id=area.id,
            organisation_id=police.id if name == "zhou" else None, actor_id=None, at=MORNING,
        )  # fmt: skip
        services.grant_role(user, role, actor_id=None, at=MORNING, **place)


def _probes() -> Blueprint:
    """Views of every policy, for pages and for the API."""
    probes = Blueprint("probes", __name__)

    @probes.get("/open")
    @public
    def open_to_all() -> str:
        return "open"

    @probes.get("/inside")
    @signed_in
    def inside() -> str:
        return web.signed_in_user().username

    @probes.route("/cases-page", methods=["GET", "POST"])
    @policy(Permission.READ_CASES)
    def cases_page() -> str:
        return "cases"

    @probes.route("/api/v1/probe", methods=["GET", "POST"])
    @policy(Permission.READ_CASES)
    def api_probe() -> dict[str, Any]:
        return {"user": web.signed_in_user().username}

    @probes.post("/rename")
    @signed_in
    def rename() -> str:
        with transaction():
            user = db.session.get(User, web.signed_in_user().id, with_for_update=True, populate_existing=True)
            assert user is not None
            user.name_en += "!"
        return "renamed"

    @probes.get("/forgotten")
    def forgotten() -> str:
        return "no policy"

    return probes
