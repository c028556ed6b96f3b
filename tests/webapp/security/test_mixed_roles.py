"""Who holds roles in two places has in each only what that place's role gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.documents import stories as papers
from tests.webapp.pages import Browser, open_case, text_of
from tests.webapp.referrals.stories import do, open_task, refer, send
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.core import clock
from webapp.core.db import db, transaction

FINDING = "夜间偷开打磨线，门口有人望风。"


@pytest.fixture
def sent(app: Any, cast: Any, employer: Any) -> Any:
    """A referral to the labour inspection, of a case in Shaxi."""
    case = open_case(employer, cast.ping, description=FINDING)
    file = papers.added(case, cast.hui)
    referral = refer(case)
    send(referral, evidence_at_hand="yes", evidence_evidence=[str(file.id)], evidence_none=None)
    return referral


def test_the_liaison_who_patrols_elsewhere_reads_no_more_than_its_leg(app: Any, cast: Any, sent: Any) -> None:
    task = open_task(sent)
    officers = text_of(Browser(app, "hui").get(f"/tasks/{task.id}").text)
    plain = text_of(Browser(app, "bao").get(f"/tasks/{task.id}").text)
    with transaction():  # a grid of Liuhe: reads cases, but not those of Shaxi
        elsewhere = db.session.get_one(User, cast.zhou.id).memberships[0].town_id
        accounts.grant_role(
            db.session.get_one(User, cast.bao.id), "TOWN_ENF", actor_id=None, at=clock.now(), town_id=elsewhere
        )  # fmt: skip
    mixed = text_of(Browser(app, "bao").get(f"/tasks/{task.id}").text)
    assert FINDING in officers
    assert FINDING not in plain
    assert FINDING not in mixed


def test_the_receiver_is_not_told_who_weighed_what_before_it_was_addressed(app: Any, cast: Any, sent: Any) -> None:
    for username, is_told in (("hui", True), ("bao", False)):
        text = text_of(Browser(app, username).get(f"/referrals/{sent.id}").text)
        history = text[text.rindex("History") :]
        assert ("Chen" in history) is is_told


def test_a_second_delivery_hides_nothing_that_the_receiver_saw(app: Any, cast: Any, sent: Any) -> None:
    do(sent, "receive", answer="return")
    do(sent, "supplement")
    history = text_of(Browser(app, "bao").get(f"/referrals/{sent.id}").text)
    assert "Bao" in history[history.rindex("History") :]
