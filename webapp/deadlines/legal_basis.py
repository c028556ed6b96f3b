"""Where a time limit comes from, as people cite it."""

from __future__ import annotations

from webapp.rules.citing import LAWS, legal_basis

__all__ = ["LAWS", "legal_basis"]
