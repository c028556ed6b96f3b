"""What decision tables suggested in an instance, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from webapp.core.db import db
from webapp.core.i18n import gettext
from webapp.processes.models import DecisionRecord

# Outputs of bpmn/decisions/crime_screen.dmn; a table that an administrator adds shows its own words.
_WORDS = {
    "refer": lazy_gettext("The answers point to a suspected crime: a transfer to the police should be decided."),
    "review": lazy_gettext("Some answers are open or point to a crime: look into them before deciding."),
    "none": lazy_gettext("The answers do not point to a crime."),
    "CL-134-1": lazy_gettext("Major liability accident (Criminal Law 134, paragraph 1)"),
    "CL-134-2": lazy_gettext("Forcing risky work (Criminal Law 134, paragraph 2)"),
    "CL-134-A": lazy_gettext("Dangerous operation (Criminal Law 134-1)"),
    "CL-135": lazy_gettext("Major labour-safety accident (Criminal Law 135)"),
    "CL-136": lazy_gettext("Dangerous-goods accident (Criminal Law 136)"),
    "CL-139-1": lazy_gettext("Failure to report an accident (Criminal Law 139-1)"),
    "CL-229": lazy_gettext("False certificates (Criminal Law 229)"),
    "CL-244-1": lazy_gettext("Child labour in dangerous work (Criminal Law 244-1)"),
    "CL-277": lazy_gettext("Obstructing officers (Criminal Law 277)"),
}


def last_suggestion(instance_id: int) -> str | None:
    """One line about the latest table evaluated in the instance; a person decides. None if there was none."""
    query = select(DecisionRecord).where(DecisionRecord.instance_id == instance_id).order_by(DecisionRecord.id.desc()).limit(1)
    record = db.session.scalars(query).one_or_none()
    if record is None:
        return None
    words = words_of(record.outputs)
    return gettext("The system suggests, you decide: %(suggestion)s", suggestion=words) if words else None


def words_of(outputs: Mapping[str, Any]) -> str:
    """Outputs of a table in the language of the request, what it suggests first; empty if it gave nothing."""
    given = sorted((key for key, value in outputs.items() if value not in (None, "")), key=lambda key: not key.endswith("suggestion"))
    return " ".join(str(_WORDS.get(str(outputs[key]), outputs[key])) for key in given)
