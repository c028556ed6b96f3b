"""What decision tables suggested in an instance, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from webapp.core.db import db
from webapp.core.i18n import gettext
from webapp.processes.models import DecisionRecord

# Outputs of bpmn/decisions by value, or by name and value where the value alone says too little. A table that an administrator adds
# shows its own words.
_WORDS = {
    "refer": lazy_gettext("The answers point to a suspected crime: a transfer to the police should be decided."),
    "review": lazy_gettext("Some answers are open or point to a crime: look into them before deciding."),
    "none": lazy_gettext("The answers do not point to a crime."),
    "supervision": lazy_gettext("An official may be at fault: give the clue to the supervision commission or the procuratorate."),
    "penalty_path:warning": lazy_gettext("The law warns first: a warning and an order to correct."),
    "penalty_path:fine": lazy_gettext("A fine may be imposed."),
    "penalty_path:none": lazy_gettext("No penalty is proposed."),
    "hearing_offered:yes": lazy_gettext("The right to a hearing must be told."),
    "hearing_offered:no": lazy_gettext("No right to a hearing has to be told."),
    "review_needed:yes": lazy_gettext("A legal review must pass before the decision."),
    "review_needed:no": lazy_gettext("No legal review is required."),
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


def suggestions(instance_id: int, decisions: Sequence[str]) -> str | None:
    """One line about the latest results of these tables in the instance; a person decides. None if none was evaluated."""
    query = select(DecisionRecord).where(DecisionRecord.instance_id == instance_id, DecisionRecord.decision.in_(decisions))
    latest = {record.decision: record for record in db.session.scalars(query.order_by(DecisionRecord.id))}
    words = " ".join(text for name in decisions if name in latest and (text := words_of(latest[name].outputs)))
    return gettext("The system suggests, you decide: %(suggestion)s", suggestion=words) if words else None


def words_of(outputs: Mapping[str, Any]) -> str:
    """Outputs of a table in the language of the request, what it suggests first; empty if it gave nothing."""
    given = sorted((key for key, value in outputs.items() if value not in (None, "", [])), key=lambda key: not key.endswith("suggestion"))
    return " ".join(str(_WORDS.get(f"{key}:{outputs[key]}") or _WORDS.get(str(outputs[key]), outputs[key])) for key in given)
