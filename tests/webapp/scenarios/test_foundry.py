"""A foundry case from the inspector's finding to its end, through every actor's inbox, on both databases. Covers R-049."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests import story
from tests.webapp.api_client import ApiClient
from webapp.core.db import db
from webapp.events import verify
from webapp.processes import editions
from webapp.processes.models import ProcessInstance

# They are parts of the days to file and to decide, whose clocks show on the case.
NO_CLOCK = {"propose_filing", "conclude", "after_transfer", "give_notice"}
PARTYS_OWN = {"RECON_APPLY", "SUIT_DIRECT"}  # the party's days to appeal: nobody here can meet them


@pytest.fixture
def clients(app: Any) -> dict[str, ApiClient]:
    return {username: ApiClient(app, username) for username in story.ACTORS}


def begin(clients: dict[str, ApiClient], employer: Any) -> dict[str, Any]:
    form = editions.start_form(editions.active_edition(), "case_lifecycle")
    assert form is not None
    values = story.answers(form.definition["fields"], {"urgency": "A"})
    begun = clients["ping"].send("POST", "/processes/case_lifecycle/instances", {"values": values, "subject": {"employer_id": employer.id}})
    assert begun.status_code == 201, begun.text
    return dict(begun.json)


def who_sees(clients: dict[str, ApiClient], task_id: int) -> set[str]:
    """Whose group list shows the task."""
    return {
        name
        for name, client in clients.items()
        if task_id in [item["id"] for item in client.get("/tasks?view=group&limit=100").json["items"]]
    }


def open_task(clients: dict[str, ApiClient], case_no: str, process: str, element: str) -> dict[str, Any]:
    tasks = clients["hui"].get(f"/cases/{case_no}/tasks").json
    found = [task for task in tasks if (task["process"], task["element"], task["state"]) == (process, element, "open")]
    assert len(found) == 1, [(task["process"], task["element"], task["state"]) for task in tasks]
    return dict(found[0])


def test_the_foundry_case_goes_through_every_inbox(app: Any, clients: dict[str, ApiClient], employer: Any) -> None:
    case_no = begin(clients, employer)["case_no"]
    for username, process, element, steering in story.FOUNDRY:
        task = open_task(clients, case_no, process, element)
        assert who_sees(clients, task["id"]) == {username}, element
        assert clients["zhou"].get(f"/tasks/{task['id']}").status_code == 404
        assert (task["due_at"] is None) == (element in NO_CLOCK), element
        client = clients[username]
        shown = client.get(f"/tasks/{task['id']}").json
        values = story.answers(shown["form"]["fields"], steering)
        claimed = client.send("POST", f"/tasks/{task['id']}/claim").json
        done = client.send("POST", f"/tasks/{task['id']}/complete", {"values": values, "version": claimed["version"]})
        assert done.status_code == 200, (element, done.text)
    _is_closed_and_whole(clients, case_no)


def _is_closed_and_whole(clients: dict[str, ApiClient], case_no: str) -> None:
    case = clients["tao"].get(f"/cases/{case_no}").json
    assert case["outcome"] == "closed"
    assert case["urgency"] == "A"
    ends = sorted((instance["process"], instance["end_element"]) for instance in case["instances"])
    assert ends == [
        ("case_lifecycle", "closed"), ("correction", "corrected"), ("dibao", "granted"), ("medical_aid", "granted"),
        ("police_referral", "filed"),
    ]  # fmt: skip
    assert {party["kind"] for party in case["parties"]} == {"employer", "police_referral", "medical_aid", "dibao"}
    clocks = clients["hui"].get(f"/cases/{case_no}/deadlines").json
    assert {clock["ending"] for clock in clocks if clock["code"] not in PARTYS_OWN} == {"met"}
    assert {"DECIDE", "TR_APPROVE", "TR_SEND"} <= {clock["code"] for clock in clocks}
    assert not db.session.scalars(select(ProcessInstance).where(ProcessInstance.outcome == "running")).all()
    assert list(verify.problems()) == []


def test_an_outside_body_reads_only_its_own_leg(app: Any, clients: dict[str, ApiClient], employer: Any) -> None:
    case_no = begin(clients, employer)["case_no"]
    for username, process, element, steering in story.FOUNDRY[:10]:
        task = open_task(clients, case_no, process, element)
        values = story.answers(clients[username].get(f"/tasks/{task['id']}").json["form"]["fields"], steering)
        clients[username].send("POST", f"/tasks/{task['id']}/complete", {"values": values, "version": task["version"]})
    own = open_task(clients, case_no, "medical_aid", "handle")
    assert clients["yi"].get(f"/tasks/{own['id']}").status_code == 200
    assert clients["min"].get(f"/tasks/{own['id']}").status_code == 404
    for body in ("yi", "min", "jing"):
        assert clients[body].get(f"/cases/{case_no}").status_code == 403
        assert clients[body].get("/cases").status_code == 403
