"""The API does what the pages do, with the same rules."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests import factories

Api = Callable[[str], Any]
VALUES = {"first": 30, "second": 30}


def begin(api: Api, employer: Any, username: str = "ping") -> Any:
    answer = api(username).send("POST", "/processes/work/instances", {"values": {}, "subject": {"employer_id": employer.id}})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(app: Any, api: Api) -> None:
    client = app.test_client()
    wrong = client.post("/api/v1/tokens", json={"username": "ping", "password": "no"})
    unknown = client.post("/api/v1/tokens", json={"username": "nobody", "password": "no"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


def test_without_a_token_nothing_is_shown(app: Any, api: Api) -> None:
    assert app.test_client().get("/api/v1/tasks").status_code == 401


def test_a_case_goes_through_every_inbox(api: Api, employer: Any) -> None:
    begun = begin(api, employer)
    task = begun["opened"][0]
    for username, values in (("ping", VALUES), ("tao", {}), ("hui", {})):
        client = api(username)
        assert task["id"] in [item["id"] for item in client.get("/tasks?view=group").json["items"]]
        claimed = client.send("POST", f"/tasks/{task['id']}/claim").json
        assert task["id"] in [item["id"] for item in client.get("/tasks?view=mine").json["items"]]
        done = client.send("POST", f"/tasks/{task['id']}/complete", {"values": values, "version": claimed["version"]})
        assert done.status_code == 200, done.text
        task = done.json["opened"][0] if done.json["opened"] else task
    case = api("tao").get(f"/cases/{begun['case_no']}").json
    assert case["outcome"] == "high"
    assert case["instances"][0]["outcome"] == "completed"
    assert api("tao").get(f"/cases/{begun['case_no']}/events").json[0]["name"] == "case.closed"


def test_the_same_key_gives_the_same_answer_once(api: Api, employer: Any) -> None:
    task = begin(api, employer)["opened"][0]
    client, key = api("ping"), str(uuid.uuid4())
    body = {"values": VALUES, "version": task["version"]}
    first = client.send("POST", f"/tasks/{task['id']}/complete", body, key=key)
    second = client.send("POST", f"/tasks/{task['id']}/complete", body, key=key)
    assert first.status_code == second.status_code == 200
    assert first.json == second.json
    other = client.send("POST", f"/tasks/{task['id']}/complete", {**body, "values": {"first": 1, "second": 1}}, key=key)
    assert other.status_code == 422


def test_a_second_completion_is_told_who_and_when(api: Api, employer: Any) -> None:
    task = begin(api, employer)["opened"][0]
    body = {"values": VALUES, "version": task["version"]}
    assert api("ping").send("POST", f"/tasks/{task['id']}/complete", body).status_code == 200
    refused = api("ping").send("POST", f"/tasks/{task['id']}/complete", body)
    assert refused.status_code == 409
    assert "ping某某" in refused.json["error"]["message"]


def test_a_stale_page_is_refused(api: Api, employer: Any) -> None:
    task = begin(api, employer)["opened"][0]
    api("ping").send("POST", f"/tasks/{task['id']}/claim")
    refused = api("ping").send("POST", f"/tasks/{task['id']}/complete", {"values": VALUES, "version": task["version"]})
    assert refused.status_code == 409


@pytest.mark.parametrize("path", ["/tasks/{task}", "/cases/{case}"])
def test_what_lies_in_another_town_does_not_exist(api: Api, employer: Any, path: str) -> None:
    begun = begin(api, employer)
    address = path.format(task=begun["opened"][0]["id"], case=begun["case_no"])
    assert api("zhou").get(address).status_code == 404
    assert api("tao").get(address).status_code == 200


def test_a_task_of_another_group_cannot_be_claimed(api: Api, employer: Any) -> None:
    task = begin(api, employer)["opened"][0]
    assert api("tao").send("POST", f"/tasks/{task['id']}/claim").status_code == 403
    assert api("zhou").send("POST", f"/tasks/{task['id']}/claim").status_code == 404


def test_a_release_puts_the_task_back(api: Api, employer: Any) -> None:
    task = begin(api, employer)["opened"][0]
    api("ping").send("POST", f"/tasks/{task['id']}/claim")
    released = api("ping").send("DELETE", f"/tasks/{task['id']}/claim")
    assert released.status_code == 200
    assert released.json["assignee_id"] is None
    assert api("ping").send("DELETE", f"/tasks/{task['id']}/claim").status_code == 409


@pytest.mark.parametrize("subject", [{}, {"employer_id": 999999}])
def test_a_case_needs_an_employer_one_may_see(api: Api, employer: Any, subject: dict[str, int]) -> None:
    refused = api("ping").send("POST", "/processes/work/instances", {"values": {}, "subject": subject})
    assert refused.status_code == 422
    assert "employer_id" in refused.json["error"]["fields"]


def test_an_employer_of_another_place_is_unknown(app: Any, api: Api) -> None:
    refused = api("ping").send("POST", "/processes/work/instances", {"values": {}, "subject": {"employer_id": factories.garage().id}})
    assert refused.status_code == 422


def test_an_unknown_process_is_not_found(api: Api, employer: Any) -> None:
    assert api("ping").send("POST", "/processes/nothing/instances", {}).status_code == 404


@pytest.mark.parametrize(
    "values",
    [{"a": [1]}, {"a": {"b": 1}}, {"a" * 60: 1}, {"typename": "x"}, {"a": "x" * 6000}, {"a": 10**30}, {f"k{n}": n for n in range(60)}],
    ids=["list", "dict", "long key", "typename", "long text", "huge number", "many"],
)
def test_hostile_values_are_refused_and_nothing_is_stored(api: Api, employer: Any, values: dict[str, Any]) -> None:
    task = begin(api, employer)["opened"][0]
    refused = api("ping").send("POST", f"/tasks/{task['id']}/complete", {"values": values, "version": task["version"]})
    assert refused.status_code == 422
    shown = api("ping").get(f"/tasks/{task['id']}").json
    assert shown["state"] == "open"
    assert shown["version"] == task["version"]


def test_values_that_the_diagram_cannot_use_change_nothing(api: Api, employer: Any) -> None:
    task = begin(api, employer)["opened"][0]
    done = api("ping").send("POST", f"/tasks/{task['id']}/complete", {"values": {"first": "x", "second": 1}, "version": task["version"]})
    following = done.json["opened"][0]
    refused = api("tao").send("POST", f"/tasks/{following['id']}/complete", {"values": {}, "version": following["version"]})
    assert refused.status_code == 409
    assert api("tao").get(f"/tasks/{following['id']}").json["state"] == "open"


@pytest.mark.parametrize(("query", "status"), [("limit=0", 422), ("limit=1000", 422), ("view=theirs", 422), ("after=damaged!", 400)])
def test_bad_list_parameters_get_a_sentence(api: Api, query: str, status: int) -> None:
    refused = api("ping").get(f"/tasks?{query}")
    assert refused.status_code == status
    assert refused.json["error"]["message"]


def test_pages_follow_each_other_without_gap_or_double(api: Api, employer: Any) -> None:
    expected = sorted(begin(api, employer)["opened"][0]["id"] for _ in range(7))
    client, seen, after = api("ping"), [], ""
    while True:
        page = client.get(f"/tasks?view=group&limit=3{after}").json
        seen += [item["id"] for item in page["items"]]
        if not page["next"]:
            break
        after = f"&after={page['next']}"
    assert sorted(seen) == expected
    assert page["total"] == "7"


def test_the_description_is_openapi_3_1(app: Any, api: Api) -> None:
    described = app.test_client().get("/api/v1/openapi.json").json
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/tasks/{task_id}/complete" in described["paths"]


def test_health_and_readiness_need_no_account(app: Any, api: Api) -> None:
    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().get("/readyz").json == {"status": "ready"}
