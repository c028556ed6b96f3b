"""Names of people for pages, many at once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.core.db import db
from webapp.core.i18n import locale_tag


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Display names by id, in the language of the request; one query, none for nobody."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    column = User.name_en if locale_tag() == "en" else User.name_zh
    return dict(db.session.execute(select(User.id, column).where(User.id.in_(wanted))).tuples().all())
