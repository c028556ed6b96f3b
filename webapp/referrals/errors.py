"""What the rules of referrals refuse."""

from __future__ import annotations

from webapp.core.errors import DomainError


class AlreadyReferred(DomainError):
    """This case already has an open referral of this kind (%(kind)s to %(receiver)s). Wait for its answer or withdraw it first."""


class NoSuchWay(DomainError):
    """A referral that is “%(state)s” cannot become “%(following)s”. Look at its page and do the step that comes next there."""


class ReferralClosed(DomainError):
    """This referral is closed: it takes no more material, messages or answers. Start a new referral if something has to be handed over."""


class PackageSealed(DomainError):
    """The package has been sent. It can be changed again only when the receiver asks for a supplement."""


class PackageIncomplete(DomainError):
    """The package is not complete (%(source)s). Missing: %(missing)s. Add each on the page of the referral, or say why none exists."""


class NotInCase(DomainError):
    """Only documents in force and evidence of this case can go into its package. Choose one from the list."""

    status = 422


class WrongItem(DomainError):
    """This kind of material does not belong into this package. Choose a kind from the list."""

    status = 422


class NoneNotAllowed(DomainError):
    """%(item)s must be in the package; it cannot be left out with a reason."""

    status = 422


class ReasonMissing(DomainError):
    """Say in at least 4 characters why there is none; the receiver reads it."""

    status = 422


class TextMissing(DomainError):
    """Write what the other side should know, between 2 and 2,000 characters."""

    status = 422


class PaperMissing(DomainError):
    """An answer of a body that does not log in needs its paper. Add the scanned letter to the evidence of the case and choose it here."""

    status = 422


class NothingToAnswer(DomainError):
    """Nothing waits for an answer of this body now. Look at the page of the referral to see whose turn it is."""


class RouteRefused(DomainError):
    """This row cannot be added. Choose matter, receiver and a day for which there is no row yet, and name the source."""

    status = 422
