"""What the pages that hand a task over say, in the language of the request."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.core.i18n import gettext
from webapp.core.web import moment
from webapp.processes.handlers import DELEGATE, REASSIGN, RESOLVE, TAKE_OVER
from webapp.processes.models import Handover, UserTask
from webapp.processes.people import names_of


@dataclass(frozen=True, slots=True)
class PageWords:
    """``action``: the last part of the address; ``reason``: label of the text field; ``draft``: what becomes of what was typed."""

    title: str
    action: str
    explanation: str
    draft: str
    reason: str
    is_required: bool
    button: str


@dataclass(frozen=True, slots=True)
class Told:
    """``text``: how the task came to whom it is with; ``owner``: who delegated it, empty if nobody did."""

    text: str
    remark: str
    owner: str


def take_over_words(task: UserTask, *, holder: str, has_draft: bool) -> PageWords:
    draft = gettext("%(name)s has typed something already. That draft stays theirs and is not shown to you.", name=holder)
    since = moment(task.assigned_at) if task.assigned_at else ""
    held = gettext("%(name)s has had this task since %(at)s. If you take it over, they are told at once and read your reason.",
                   name=holder, at=since)  # fmt: skip
    return PageWords(
        gettext("Take over from %(name)s", name=holder) if holder else gettext("Take over"), "take-over",
        held if holder else gettext("Nobody holds this task any more: it is simply yours if you go on."), draft if has_draft else "",
        gettext("Why do you take it over?"), True, gettext("Take it over"),
    )  # fmt: skip


def reassign_words(task: UserTask, *, holder: str) -> PageWords:
    told = gettext("%(name)s holds this task. Both are told.", name=holder) if holder else gettext("Nobody holds this task yet.")
    return PageWords(
        gettext("Assign to somebody"), "reassign", told, "", gettext("Reason for assigning"), bool(holder), gettext("Assign"),
    )  # fmt: skip


def delegate_words() -> PageWords:
    explanation = gettext("A colleague prepares the task and hands it back with a remark. It stays your responsibility: you submit it.")
    return PageWords(
        gettext("Delegate"), "delegate", explanation, gettext("Your draft goes along."), gettext("What is to be done?"), False,
        gettext("Delegate"),
    )  # fmt: skip


def resolve_words(owner: str) -> PageWords:
    explanation = gettext("The task goes back to %(name)s, who submits it.", name=owner)
    return PageWords(
        gettext("Hand back"), "resolve", explanation, gettext("Your draft goes along and replaces theirs."), gettext("Your remark"), True,
        gettext("Hand back"),
    )  # fmt: skip


def told_of(handover: Handover, task: UserTask) -> Told:
    people = names_of([handover.actor_id, handover.from_id, handover.to_id, task.owner_id])
    actor, giver, receiver = (people.get(one or 0, "") for one in (handover.actor_id, handover.from_id, handover.to_id))
    values = {"actor": actor, "giver": giver, "receiver": receiver, "at": moment(handover.at)}
    return Told(_sentence(handover, values), handover.remark, people.get(task.owner_id or 0, ""))


def _sentence(handover: Handover, values: dict[str, str]) -> str:
    if handover.verb == TAKE_OVER:
        return gettext("%(actor)s took this task over from %(giver)s at %(at)s.", **values)
    if handover.verb == REASSIGN and handover.from_id:
        return gettext("%(actor)s moved this task from %(giver)s to %(receiver)s at %(at)s.", **values)
    if handover.verb == REASSIGN:
        return gettext("%(actor)s assigned this task to %(receiver)s at %(at)s.", **values)
    if handover.verb == DELEGATE:
        return gettext("%(actor)s delegated this task to %(receiver)s at %(at)s.", **values)
    assert handover.verb == RESOLVE, handover.verb
    return gettext("%(actor)s handed this task back at %(at)s.", **values)
