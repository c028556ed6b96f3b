"""What the case file refuses."""

from __future__ import annotations

from webapp.core.errors import Invalid


class EmployerNeeded(Invalid):
    """Choose the employer this is about, then send again."""
