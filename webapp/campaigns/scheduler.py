"""Prefect's REST API, as far as campaigns need it. Nothing here imports Prefect: that would cost every web worker 40 MB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from flask import current_app

from webapp.config import Settings

TIME_ZONE = "Asia/Shanghai"
_LIVE = frozenset({"SCHEDULED", "PENDING", "RUNNING", "PAUSED"})


class SchedulerAway(Exception):
    """Prefect does not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class FlowRun:
    id: str
    state: str  # SCHEDULED, PENDING, RUNNING, COMPLETED, FAILED, CRASHED, CANCELLING, CANCELLED, PAUSED

    @property
    def is_live(self) -> bool:
        return self.state in _LIVE

    @property
    def is_running(self) -> bool:
        return self.state == "RUNNING"


class Scheduler:
    """``url`` ends in ``/api``. Every call raises SchedulerAway; each can be repeated without harm: runs carry a key, schedules a slug."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._url, self._transport = url, transport

    def start(self, deployment: str, *, parameters: Mapping[str, Any], key: str, tags: list[str]) -> FlowRun:
        """Ask for one run; the same ``key`` gives the same run."""
        wanted = {"parameters": dict(parameters), "idempotency_key": key, "tags": tags, "name": key, "state": {"type": "SCHEDULED"}}
        return _flow_run(self._ask("POST", f"deployments/{self._deployment(deployment)['id']}/create_flow_run", wanted))

    def find(self, run_id: str) -> FlowRun | None:
        """None: Prefect does not know it (any more)."""
        found = self._ask("GET", f"flow_runs/{run_id}", missing_is_none=True)
        return _flow_run(found) if found else None

    def crash(self, run_id: str, message: str) -> None:
        """Mark a run that shows no life: it would hold its place in the queue for ever."""
        state = {"type": "CRASHED", "message": message}
        self._ask("POST", f"flow_runs/{run_id}/set_state", {"state": state, "force": True}, missing_is_none=True)

    def put_schedule(self, deployment: str, *, slug: str, cron: str, parameters: Mapping[str, Any]) -> None:
        """Have the deployment run by ``cron`` (Chinese time); an existing schedule of the slug is brought up to date."""
        found = self._deployment(deployment)
        wanted = {
            "schedule": {"cron": cron, "timezone": TIME_ZONE, "day_or": True},
            "active": True,
            "slug": slug,
            "parameters": dict(parameters),
        }
        schedules = f"deployments/{found['id']}/schedules"
        known = _schedule_id(found, slug)
        if known:
            self._ask("PATCH", f"{schedules}/{known}", wanted)
        else:
            self._ask("POST", schedules, [wanted])

    def slugs(self, deployment: str) -> set[str]:
        """Of the schedules that the deployment has."""
        return {str(found["slug"]) for found in self._deployment(deployment).get("schedules", ()) if found.get("slug")}

    def drop_schedule(self, deployment: str, *, slug: str) -> None:
        found = self._deployment(deployment)
        known = _schedule_id(found, slug)
        if known:
            self._ask("DELETE", f"deployments/{found['id']}/schedules/{known}", missing_is_none=True)

    def _deployment(self, name: str) -> dict[str, Any]:
        """Raises SchedulerAway while the flow runner has not told Prefect its deployments."""
        return dict(self._ask("GET", f"deployments/name/{name}"))

    def _ask(self, method: str, path: str, body: Any = None, *, missing_is_none: bool = False) -> Any:
        try:
            with self._client() as client:
                answer = client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise SchedulerAway(str(error)) from error
        if answer.status_code == httpx.codes.NOT_FOUND and missing_is_none:
            return None
        if answer.is_error:
            raise SchedulerAway(f"{method} {path}: {answer.status_code}")
        return answer.json() if answer.content else None

    def _client(self) -> httpx.Client:
        """Calls are rare, so no connection is kept; certificates are read only where there are any."""
        return httpx.Client(base_url=self._url, timeout=3, transport=self._transport, verify=self._url.startswith("https:"))


def current_scheduler() -> Scheduler | None:
    """None: this installation runs without Prefect (``zhijian run --web-only``)."""
    if "zhijian.scheduler" not in current_app.extensions:
        settings: Settings = current_app.config["ZHIJIAN"]
        current_app.extensions["zhijian.scheduler"] = Scheduler(settings.prefect_url) if settings.has_prefect else None
    found: Scheduler | None = current_app.extensions["zhijian.scheduler"]
    return found


def _flow_run(answer: Mapping[str, Any]) -> FlowRun:
    return FlowRun(str(answer["id"]), str(answer["state_type"]))


def _schedule_id(deployment: Mapping[str, Any], slug: str) -> str | None:
    return next((str(found["id"]) for found in deployment.get("schedules", ()) if found.get("slug") == slug), None)
