"""Campaigns over the API: the same rules as on the pages."""

from __future__ import annotations

import uuid
from typing import Any

from tests.webapp.campaigns.campaigning import members, planned, running, walk

Api = Any


def test_a_campaign_is_launched_once_per_key_and_refused_afterwards(api: Api, cast: Any) -> None:
    campaign, hui, key = planned(cast.hui), api("hui"), str(uuid.uuid4())
    path = f"/campaigns/{campaign.id}"
    first, again = (hui.send("POST", f"{path}/launch", key=key) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert (first.json["state"], first.json["member_count"]) == ("launching", 2)
    refused = hui.send("POST", f"{path}/launch", language="en")
    assert refused.status_code == 409
    assert "launched already" in refused.json["error"]["message"]


def test_a_campaign_is_stopped_with_a_reason_and_resumed(api: Api, cast: Any) -> None:
    campaign, hui = running(cast.hui), api("hui")
    path = f"/campaigns/{campaign.id}"
    assert hui.send("POST", f"{path}/stop", {}).status_code == 422
    assert hui.send("POST", f"{path}/stop", {"reason": " "}).status_code == 422
    assert hui.send("POST", f"{path}/stop", {"reason": "上级要求暂缓"}).json["state"] == "stopped"
    assert hui.send("POST", f"{path}/resume").json["state"] == "running"


def test_the_board_is_that_of_ones_place(api: Api, cast: Any, employer: Any) -> None:
    campaign = running(cast.hui)
    member = next(member for member in members(campaign) if member.employer_id == employer.id)
    walk(member, "handed_over")
    tao = api("tao")
    (listed,) = tao.get("/campaigns").json["items"]
    found = tao.get(f"/campaigns/{listed['id']}").json
    assert (found["opened"], found["kind"], found["criteria"]) == (2, "DUST", {"town_ids": [], "min_workers": 0})
    (row,) = found["board"]
    assert (row["town_id"], row["total"], row["counts"]["handed_over"]) == (employer.town_id, 1, 1)
    assert len(api("hui").get(f"/campaigns/{campaign.id}").json["board"]) == 2


def test_who_may_not_coordinate_is_refused(api: Api, cast: Any) -> None:
    campaign = planned(cast.hui)
    assert api("tao").send("POST", f"/campaigns/{campaign.id}/launch").status_code == 403
    assert api("jing").get("/campaigns").status_code == 403
    assert api("hui").get("/campaigns/999").status_code == 404
