"""Tell the officer who sent a referral that the other body answered."""

from __future__ import annotations

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.i18n import gettext
from webapp.core.permissions import Scope, scope_of
from webapp.notifications import kinds
from webapp.notifications.services import notify
from webapp.processes.handlers import Completing
from webapp.referrals.models import Referral, ReferralState
from webapp.referrals.states import SENT
from webapp.referrals.wording import state_name

ANSWERED = "referral.answered"


def tell_sender(referral: Referral, state: str, step: Completing) -> None:
    """Only of what the other side did, and only the state: what it wrote stands on the page of the referral."""
    if scope_of(step.task.role) is not Scope.ORGANISATION:
        return
    sent = select(ReferralState.by_id).where(ReferralState.referral_id == referral.id, ReferralState.state == SENT)
    sender_id = db.session.scalars(sent.order_by(ReferralState.id.desc()).limit(1)).first()
    if sender_id is not None and sender_id != step.actor.id:
        notify([sender_id], ANSWERED, at=step.at, case_no=step.instance.case_no, url=f"/referrals/{referral.id}", state=state)


kinds.declare(
    ANSWERED, "state",
    sentence=lambda words: gettext("The other body answered. State of your referral: %(state)s.", state=state_name(str(words["state"]))),
)  # fmt: skip
