from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.accounts.browsing import send, sign_in, token_of
from webapp.accounts import services
from webapp.accounts.queries import find_user
from webapp.accounts.web import PUBLIC_ENDPOINTS, PolicyMissing, policy_of
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.permissions import Permission


def test_every_route_of_the_application_has_a_policy(application: Flask) -> None:
    for rule in application.url_map.iter_rules():
        for method in (rule.methods or set()) - {"OPTIONS"}:
            assert policy_of(application, rule.endpoint, method) in {"public", "signed_in", *Permission}


def test_only_known_routes_are_open_to_strangers(application: Flask) -> None:
    routes = {(rule.endpoint, method) for rule in application.url_map.iter_rules() for method in (rule.methods or set()) - {"OPTIONS"}}
    public = {endpoint for endpoint, method in routes if policy_of(application, endpoint, method) == "public"}
    pages = {"accounts.sign_in_page", "accounts.sign_in_post", "accounts.code_page", "accounts.code_post", "accounts.language"}
    pages |= {"help.index", "help.mine", "help.show"}
    assert public <= pages | PUBLIC_ENDPOINTS | {"health.alive", "health.ready", "operations.metrics", "tokens.create_token"}


def test_a_route_without_a_policy_fails(site: Flask, client: FlaskClient) -> None:
    with pytest.raises(PolicyMissing):
        client.get("/forgotten")
    site.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    assert client.get("/forgotten").status_code == 500


def test_strangers_are_sent_to_the_sign_in_page(client: FlaskClient) -> None:
    assert client.get("/open").text == "open"
    assert client.get("/inside").headers["Location"] == "/sign-in?next=/inside"


def test_strangers_get_401_from_the_api(client: FlaskClient) -> None:
    refused = client.get("/api/v1/probe")
    assert refused.status_code == 401
    assert refused.json is not None
    assert refused.json["error"]["code"] == "not_signed_in"
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_scripts_of_a_page_get_401_instead_of_a_sign_in_page(client: FlaskClient) -> None:
    assert client.post("/rename", json={}).status_code == 401
    fragment = client.get("/inside", headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"] == "/sign-in?next=/inside"


def test_a_role_without_the_permission_is_refused(client: FlaskClient) -> None:
    sign_in(client, "zhou")
    assert client.get("/inside").text == "zhou"
    assert client.get("/cases-page").status_code == 403


def test_an_unknown_address_is_404_and_a_wrong_method_405(client: FlaskClient) -> None:
    assert client.get("/no-such-page").status_code == 404
    assert client.delete("/cases-page").status_code == 405


def test_a_bearer_token_works_for_the_api_and_needs_no_forgery_token(site: Flask, client: FlaskClient) -> None:
    bearer = {"Authorization": f"Bearer {token_of(site, 'tao')}"}
    assert client.get("/api/v1/probe", headers=bearer).json == {"user": "tao"}
    assert client.post("/api/v1/probe", headers=bearer).json == {"user": "tao"}


def test_a_bearer_token_does_not_open_pages(site: Flask, client: FlaskClient) -> None:
    bearer = {"Authorization": f"Bearer {token_of(site, 'tao')}"}
    assert client.get("/inside", headers=bearer).status_code == 303


def test_a_bearer_token_sets_no_cookie(site: Flask, client: FlaskClient) -> None:
    answer = client.get("/api/v1/probe", headers={"Authorization": f"Bearer {token_of(site, 'tao')}"})
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_of_a_browser_needs_a_forgery_token_on_the_api(client: FlaskClient) -> None:
    sign_in(client, "tao")
    assert client.get("/api/v1/probe").json == {"user": "tao"}
    assert client.post("/api/v1/probe").status_code == 400
    assert send(client, "/api/v1/probe", page="/account").json == {"user": "tao"}


def test_a_session_key_is_not_a_token_and_a_token_not_a_session_key(site: Flask, client: FlaskClient) -> None:
    sign_in(client, "tao")
    cookie = client.get_cookie("zhijian")
    assert cookie is not None
    assert site.test_client().get("/api/v1/probe", headers={"Authorization": f"Bearer {cookie.value}"}).status_code == 401
    stranger = site.test_client()
    stranger.set_cookie("zhijian", token_of(site, "tao"))
    assert stranger.get("/inside").status_code == 303


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x", "Bearer " + "A" * 43, "Basic dGFvOng=", "bearer  \x01"])
def test_a_wrong_token_is_refused_even_with_a_good_cookie(client: FlaskClient, value: str) -> None:
    sign_in(client, "tao")
    expected = 401 if value.lower().startswith("bearer") else 200
    assert client.get("/api/v1/probe", headers={"Authorization": value}).status_code == expected


def test_a_token_lives_twelve_hours_and_dies_with_the_account(site: Flask, client: FlaskClient) -> None:
    with site.app_context(), transaction():
        token = services.issue_token(find_user("tao"), at=clock.now())
    assert round((token.expires_at - clock.now()).total_seconds() / 3600) == 12
    with site.app_context(), transaction():
        services.deactivate(find_user("tao"), actor_id=None, at=clock.now())
    assert client.get("/api/v1/probe", headers={"Authorization": f"Bearer {token.token}"}).status_code == 401


def test_flask_security_cannot_commit_and_has_no_pages(site: Flask) -> None:
    with site.app_context(), pytest.raises(RuntimeError):
        site.extensions["security"].datastore.commit()
    assert not [rule for rule in site.url_map.iter_rules() if rule.endpoint.startswith("security")]
    assert db is site.extensions["security"].datastore.db
