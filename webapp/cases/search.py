"""Find cases by employer or number. A name may be given in part; numbers are given whole."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.cases.queries import visible_cases
from webapp.core.db import db
from webapp.employers.models import Employer

MAX_TEXT = 80
MAX_CASES = 200
_CASE_NO = re.compile(r"[A-Za-z]{1,8}-\d{4}-\d{1,8}")
_CREDIT_CODE = re.compile(r"[0-9A-Za-z]{18}")


def search_cases(user: User, *, text: str, limit: int = 50) -> list[Case]:
    """Cases the user may see that match, the newest first."""
    query = visible_cases(user).where(Case.id.in_(matching(text))).options(joinedload(Case.employer))
    return list(db.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)))


def matching(text: str) -> Select[tuple[int]]:
    """Ids of the newest MAX_CASES cases that match, whoever may see them."""
    text = text.strip()[:MAX_TEXT]
    if _CASE_NO.fullmatch(text):
        return select(Case.id).where(Case.case_no == text.upper())
    query = select(Case.id).join(Employer, Employer.id == Case.employer_id).where(_employer(text))
    return query.order_by(Case.opened_at.desc()).limit(MAX_CASES)


def _employer(text: str) -> ColumnElement[bool]:
    if _CREDIT_CODE.fullmatch(text):
        return Employer.credit_code == text.upper()
    return Employer.name.contains(text, autoescape=True)
