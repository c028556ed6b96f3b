"""What the steps of a referral's own process do to it, inside their transaction.

Property ``referral`` of a process: the kind. Property ``referral_state`` of a user task: the states its completion reaches, in this
order, some of them depending on an answer: "received accepted?answer=accept declined?answer=decline|refuse".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from webapp.cases import wording
from webapp.core.i18n import gettext
from webapp.core.permissions import Scope, scope_of
from webapp.documents.handlers import kinds_made
from webapp.processes import handlers
from webapp.processes.editions import content_of
from webapp.processes.handlers import Completing
from webapp.processes.models import ProcessInstance
from webapp.referrals import package, services
from webapp.referrals.kinds import KIND_OF_PROCESS, KINDS
from webapp.referrals.models import Referral
from webapp.referrals.queries import referral_of_instance
from webapp.referrals.states import CONCLUDED, FORWARDED, RETURNED, SENT
from webapp.referrals.telling import tell_sender
from webapp.referrals.wording import state_name

# Answers of a form that the other side reads, by the state that is reached with them.
SAID_WITH: dict[str, tuple[str, tuple[str, ...]]] = {
    RETURNED: ("supplement_request", ("missing", "missing_items", "supplement_request", "reason")),
    SENT: ("supplement", ("supplement", "supplied", "note")),
    FORWARDED: ("message", ("forwarded_to", "reason")),
    CONCLUDED: ("feedback", ("result", "summary", "feedback")),
}
REASONS = ("reason", "reasons", "decline_reason", "not_filed_reason", "refusal")


def open_with_process(instance: ProcessInstance, at: datetime) -> None:
    """A child of a case whose process is a referral opens one. Raises AlreadyReferred."""
    kind = kind_of(instance)
    if kind is not None and instance.case_id is not None and instance.parent_id is not None:
        services.open_referral(instance, kind, at=at)


def check_step(step: Completing) -> None:
    """Refuse what the referral does not allow before anything is stored: a way that is none, a package with a gap.

    Raises ReferralClosed, NoSuchWay, PackageIncomplete and what the package refuses.
    """
    referral = _referral_of(step)
    if referral is None:
        return
    states = states_said(step.properties.get("referral_state", ""), step.values)
    services.check_way(referral, states)
    if referral.can_be_packed:
        package.add_answers(referral, step.values, actor_id=step.actor.id, at=step.at)
    if SENT in states:
        made = [package.item_of(referral.kind, code) for code in kinds_made(step.properties.get("document", ""), step.values)]
        package.refuse_incomplete(referral, coming=[kind for kind in made if kind])


def follow_step(step: Completing) -> None:
    """Move the referral on, and put what the step made and said where both sides find it."""
    referral = _referral_of(step)
    if referral is None:
        return
    package.add_made(referral, step.task.id, actor_id=step.actor.id, at=step.at)
    if step.values.get("receipt_no"):
        referral.receipt_no = str(step.values["receipt_no"])[:60]
    for state in states_said(step.properties.get("referral_state", ""), step.values):
        was_returned = referral.state == RETURNED
        services.move(referral, state, actor_id=step.actor.id, at=step.at, task_id=step.task.id, reason=_first(step.values, REASONS))
        if state != SENT or was_returned:
            _say(referral, state, step)
        tell_sender(referral, state, step)


def end_with_process(instance: ProcessInstance, at: datetime) -> None:
    referral = referral_of_instance(instance.id) if kind_of(instance) else None
    if referral is not None:
        services.end(referral, at=at)


def kind_of(instance: ProcessInstance) -> str | None:
    properties = content_of(instance.edition_id).process(instance.process_key).properties
    kind = properties.get("referral") or KIND_OF_PROCESS.get(instance.process_key)
    return kind if kind in KINDS else None


def states_said(text: str, values: Mapping[str, Any]) -> list[str]:
    """The states of a property ``referral_state`` that these answers reach."""
    found = []
    for part in text.split():
        state, _, condition = part.partition("?")
        field, _, wanted = condition.partition("=")
        if not condition or str(values.get(field)) in wanted.split("|"):
            found.append(state)
    return found


def _referral_of(step: Completing) -> Referral | None:
    return referral_of_instance(step.instance.id) if kind_of(step.instance) else None


def _say(referral: Referral, state: str, step: Completing) -> None:
    kind, fields = SAID_WITH.get(state, ("", ()))
    text = _first(step.values, fields)
    if text:
        is_ours = scope_of(step.task.role) is not Scope.ORGANISATION
        services.add_message(referral, text, kind=kind, is_ours=is_ours, actor_id=step.actor.id, at=step.at, task_id=step.task.id)


def _first(values: Mapping[str, Any], fields: tuple[str, ...]) -> str | None:
    return next((str(values[field]) for field in fields if values.get(field)), None)


handlers.on_started.append(open_with_process)
handlers.on_completing.append(check_step)
handlers.on_completed.append(follow_step)
handlers.on_ended.append(end_with_process)
wording.tell("referral.moved", lambda payload, _: gettext("The referral is now: %(state)s.", state=state_name(payload["state"])))
wording.tell("referral.answer_recorded", lambda _, __: gettext("recorded the answer of another department from its paper."))
