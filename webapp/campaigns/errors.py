"""What the rules of campaigns refuse."""

from __future__ import annotations

from webapp.core.errors import DomainError, Invalid


class BadPlan(Invalid):
    """The plan cannot be kept like this. Correct the marked fields and send again."""


class AlreadyLaunched(DomainError):
    """This campaign was launched already, by %(by)s on %(at)s. Its visits are being opened; nothing was opened twice."""


class NobodyInScope(DomainError):
    """No employer meets the scope of this campaign. Widen the towns or lower the number of workers, then launch again."""

    status = 422


class WrongState(DomainError):
    """This is not possible now: the campaign is %(state)s. Reload the page to see where it stands."""


class VisitsStillOpen(DomainError):
    """%(count)s visits are still under way. Finish them, or stop the campaign instead."""


class ReasonNeeded(DomainError):
    """Say why the campaign stops: the towns will read it."""

    status = 422


class CaseNotOpened(DomainError):
    """The hand-over cannot open a case: the form that registers a finding does not take what the visit found (%(fields)s).
    Tell your administrator."""
