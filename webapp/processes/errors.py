"""What the process verbs refuse."""

from __future__ import annotations

from webapp.core.errors import DomainError, Invalid, NotFound


class AlreadyClaimed(DomainError):
    """%(by)s claimed this task at %(at)s. Choose another one, or ask them to release it."""


class AlreadyEnded(DomainError):
    """%(by)s already completed this task at %(at)s. What you typed is still here, but it was not sent."""


class Withdrawn(DomainError):
    """This task was withdrawn at %(at)s because the case moved on. What you typed is still here, but it was not sent."""


class Returned(DomainError):
    """%(by)s returned the case to an earlier step at %(at)s. What you typed is still here, but it was not sent."""


class NotClaimed(DomainError):
    """Nobody holds this task, so there is nothing to release."""


class Delegated(DomainError):
    """%(by)s delegated this task to you. Hand it back with a remark: they submit it. What you typed is kept as a draft and goes along."""


class AlreadyDelegated(DomainError):
    """This task is delegated already. Wait until it is handed back, or take it back yourself."""


class NotDelegated(DomainError):
    """This task is not delegated to you, so there is nothing to hand back."""


class NotHeld(DomainError):
    """Only the person who holds this task can delegate it. Claim it first."""


class NotACandidate(Invalid):
    """%(name)s may not work on this task: the role or the place does not fit. Choose somebody of the group."""


class ReasonMissing(Invalid):
    """Say in a few words why (at most 200 characters). Your colleague reads it on the page of the task."""


class CannotReturn(DomainError):
    """This step cannot be returned to the one you chose. Choose one of the steps that the page offers."""


class TaskChanged(DomainError):
    """This task changed since you opened the page (%(what)s). Check the new state and send again; what you typed is still here."""


class ProcessMoved(DomainError):
    """The case moved on at the same moment. Please send again; what you typed is still here."""


class DiagramFault(DomainError):
    """The diagram cannot go on from here: %(reason)s. Nothing was changed. Please tell your administrator."""


class UnknownProcess(NotFound):
    """There is no process "%(key)s" in the active edition."""


class NoEdition(DomainError):
    """No diagrams are installed yet. Ask your administrator to run "zhijian init"."""

    status = 503


class EditionRefused(Invalid):
    """These diagrams cannot be published. Correct the listed problems and try again."""


class ValuesTooLarge(Invalid):
    """These values are too many or too long. Shorten them and send again."""
