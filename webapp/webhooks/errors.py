"""What the rules of webhooks refuse."""

from __future__ import annotations

from webapp.core.errors import DomainError


class DeliveryGone(DomainError):
    """This message has been delivered, or its receiver is switched off. There is nothing to send again."""


class NoEarlierSecret(DomainError):
    """There is no earlier secret any more. Reload the page to see what is in use."""
