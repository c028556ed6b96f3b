"""Who did something, in the language of the request."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.core.i18n import gettext
from webapp.processes.queries import person_name


def person(user_id: int | None) -> str:
    """The name, or that it was done by command or by somebody whose account is gone."""
    if user_id is None:
        return gettext("by command line")
    return person_name(user_id) or gettext("a former account")


def people(user_ids: Iterable[int]) -> str:
    return gettext(", ").join(person(user_id) for user_id in user_ids)
