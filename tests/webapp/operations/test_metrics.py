"""Prometheus: who may read, what is there, and that no label holds what a person typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from tests.webapp.pages import Browser, complete_next, open_case, outside, token_on
from webapp.core.db import db
from webapp.core.sweeps import Sweep
from webapp.loop import Loop
from webapp.operations import exposition


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    exposition._kept.clear()
    yield


def read(app: Any, **headers: str) -> Any:
    return outside(app.test_client().get, "/metrics", headers=headers)


def values(text: str, name: str) -> dict[str, float]:
    return {
        "/".join(sample.labels.values()): sample.value for family in families(text) for sample in family.samples if sample.name == name
    }  # fmt: skip


def test_only_this_machine_reads_them(app: Any) -> None:
    assert read(app).status_code == 200
    assert read(app, **{"X-Forwarded-For": "10.0.0.1"}).status_code == 404
    assert outside(app.test_client().get, "/metrics", environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 404


def test_with_a_token_only_who_has_it(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "ZHIJIAN", replace(app.config["ZHIJIAN"], metrics_token="a-long-token"))
    assert read(app).status_code == 404
    assert read(app, Authorization="Bearer a-long-token").status_code == 200


def test_they_say_what_waits_and_how_long_it_is_late(app: Any, employer: Any, cast: Any) -> None:
    open_case(employer, cast.ping)
    db.session.remove()
    text = read(app).text
    assert values(text, "zhijian_queue_tasks")["TOWN"] == 1
    assert values(text, "zhijian_queue_overdue_seconds")["TOWN"] >= 0
    assert values(text, "zhijian_database_bytes")[""] > 0
    assert values(text, "zhijian_outbox_waiting")[""] >= 0


def test_requests_are_counted_by_route(app: Any) -> None:
    Browser(app, "hui").get("/cases?q=沙溪")
    counted = values(read(app).text, "zhijian_request_seconds_count")
    assert counted["GET//cases/2xx"] >= 1
    assert not [label for label in counted if re.search(r"[^\x20-\x7e]", label)]


def test_a_sweep_tells_when_it_last_did_a_round_and_when_it_failed(app: Any) -> None:
    def fail() -> int:
        raise RuntimeError("broken")

    before = values(read(app).text, "zhijian_sweep_failed_total").get("m-broken", 0)
    Loop([Sweep("m-broken", timedelta(seconds=1), fail), Sweep("m-sound", timedelta(seconds=1), lambda: 0)]).tick()
    text = read(app).text
    assert values(text, "zhijian_sweep_failed_total")["m-broken"] == before + 1
    assert "m-sound" in values(text, "zhijian_sweep_last_success_timestamp_seconds")
    assert "m-broken" not in values(text, "zhijian_sweep_last_success_timestamp_seconds")


def test_completed_tasks_and_refused_sign_ins_are_counted(app: Any, employer: Any, cast: Any) -> None:
    def counted() -> tuple[float, float]:
        text = read(app).text
        steps = values(text, "zhijian_step_seconds_count").get("case_lifecycle", 0)
        return steps, values(text, "zhijian_sign_in_failed_total").get("", 0)

    steps, failed = counted()
    complete_next(open_case(employer, cast.ping), role="TOWN", decision="take")
    db.session.remove()
    client = app.test_client()
    token = token_on(outside(client.get, "/sign-in").text)
    outside(client.post, "/sign-in", data={"csrf_token": token, "username": "hui", "password": "not-the-password"})
    assert counted() == (steps + 1, failed + 1)
