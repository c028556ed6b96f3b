"""What we ask of Prefect, and what its silence becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from webapp.campaigns.scheduler import Scheduler, SchedulerAway

Answer = Callable[[httpx.Request], httpx.Response]
DEPLOYMENT = {"id": "d1", "schedules": [{"id": "s1", "slug": "c7-tick"}]}


class Prefect:
    """The few addresses we use, and what was sent to them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, Any] = {
            "GET deployments/name/campaign-launch/main": DEPLOYMENT,
            "GET deployments/name/campaign-tick/main": DEPLOYMENT,
        }

    def scheduler(self) -> Scheduler:
        return Scheduler("http://prefect.test/api", transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        place = f"{request.method} {request.url.path.removeprefix('/api/')}"
        self.asked.append((request.method, request.url.path, json.loads(request.content) if request.content else None))
        known = self.answers.get(place, {"id": "r1", "state_type": "SCHEDULED"})
        return known if isinstance(known, httpx.Response) else httpx.Response(200, json=known)


def test_a_run_is_asked_for_with_its_key() -> None:
    prefect = Prefect()
    found = prefect.scheduler().start("campaign-launch/main", parameters={"campaign_id": 7}, key="launch-c7-1", tags=["campaign"])
    assert (found.id, found.is_live, found.is_running) == ("r1", True, False)
    method, path, body = prefect.asked[-1]
    assert (method, path) == ("POST", "/api/deployments/d1/create_flow_run")
    assert body["idempotency_key"] == "launch-c7-1"
    assert body["parameters"] == {"campaign_id": 7}


def test_a_known_schedule_is_changed_and_an_unknown_one_made() -> None:
    prefect = Prefect()
    for slug in ("c7-tick", "c8-tick"):
        prefect.scheduler().put_schedule("campaign-tick/main", slug=slug, cron="0 8 * * *", parameters={})
    sent = [(method, path) for method, path, _ in prefect.asked if method != "GET"]
    assert sent == [("PATCH", "/api/deployments/d1/schedules/s1"), ("POST", "/api/deployments/d1/schedules")]
    assert prefect.asked[-1][2][0]["schedule"] == {"cron": "0 8 * * *", "timezone": "Asia/Shanghai", "day_or": True}


def test_a_schedule_that_is_gone_is_dropped_in_silence() -> None:
    prefect = Prefect()
    prefect.scheduler().drop_schedule("campaign-tick/main", slug="c99-tick")
    assert [method for method, _, _ in prefect.asked] == ["GET"]


def test_a_run_that_prefect_has_forgotten_is_none() -> None:
    prefect = Prefect()
    prefect.answers["GET flow_runs/gone"] = httpx.Response(404)
    assert prefect.scheduler().find("gone") is None


@pytest.mark.parametrize("status", [404, 422, 500, 503])
def test_an_error_of_prefect_is_one_kind_of_away(status: int) -> None:
    prefect = Prefect()
    prefect.answers["GET deployments/name/campaign-launch/main"] = httpx.Response(status)
    with pytest.raises(SchedulerAway):
        prefect.scheduler().start("campaign-launch/main", parameters={}, key="k", tags=[])


def test_a_refused_connection_is_away() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(SchedulerAway, match="refused"):
        Scheduler("http://prefect.test/api", transport=httpx.MockTransport(refuse)).find("r1")
