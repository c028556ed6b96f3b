"""What the case file refuses."""

from __future__ import annotations

from webapp.core.errors import Forbidden, Invalid


class EmployerNeeded(Invalid):
    """Choose the employer this is about, then send again."""


class NotYourPlace(Forbidden):
    """This employer lies outside the place you are responsible for. Tell the colleague of that place."""
