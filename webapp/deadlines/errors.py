"""What clocks refuse."""

from __future__ import annotations

from webapp.core.errors import DomainError, Invalid


class StartsLater(DomainError):
    """The time limit %(code)s cannot start on %(on)s, which is still to come. Enter the day on which it really began."""

    status = 422


class ClockEnded(DomainError):
    """This time limit has ended: it can no longer be suspended, resumed or extended."""


class ClockRanOut(DomainError):
    """This time limit ran out on %(on)s: what is over cannot be suspended or extended. Record why it was missed instead."""


class AlreadySuspended(DomainError):
    """This time limit is suspended already, since %(on)s. Resume it first."""


class NotSuspended(DomainError):
    """This time limit is running: there is nothing to resume."""


class ReasonMissing(Invalid):
    """Choose why the time is not counted."""


class ReasonRefused(Invalid):
    """Only testing, inspection or appraisal notified to the party in writing stops this time limit. Choose that reason if it applies."""


class NoteMissing(Invalid):
    """Say in a sentence why, and name the paper it rests on."""


class NotExtendable(DomainError):
    """The law does not allow to extend this time limit (%(basis)s)."""


class ExtensionUsedUp(DomainError):
    """This time limit has been extended as often as the law allows: %(count)s × %(length)s (%(basis)s)."""


class ClockNotRunning(DomainError):
    """The time limit %(code)s does not run in this case, so it has no due date."""
