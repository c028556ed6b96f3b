"""Where a time limit comes from, as people cite it."""

from __future__ import annotations

import re

from webapp.core.i18n import gettext, pick
from webapp.rules.models import TimeLimit

# Source: domain/00, 0.1 (law codes).
LAWS = {
    "AEL": {"zh": "《行政强制法》", "en": "Administrative Enforcement Law"},
    "APL": {"zh": "《行政处罚法》", "en": "Administrative Penalty Law"},
    "ODL": {"zh": "《职业病防治法》", "en": "Law on Prevention and Control of Occupational Diseases"},
    "PSO": {"zh": "《公安机关办理刑事案件程序规定》", "en": "Criminal Case Procedure of Public Security Organs"},
    "SA": {"zh": "《社会救助暂行办法》", "en": "Social Assistance Interim Measures"},
    "SIL": {"zh": "《社会保险法》", "en": "Social Insurance Law"},
    "TR": {"zh": "《行政执法机关移送涉嫌犯罪案件的规定》", "en": "Regulation on the Transfer of Suspected Criminal Cases"},
    "WII": {"zh": "《工伤保险条例》", "en": "Work-related Injury Insurance Regulation"},
}
_ARTICLE = re.compile(r"L:([A-Z]+)(\d+)")


def legal_basis(limit: TimeLimit) -> str:
    """Law and article; or that the limit is the office's own, or that its source is not confirmed yet."""
    cited = _ARTICLE.match(limit.source)
    if cited and cited[1] in LAWS:
        return gettext("%(law)s, article %(article)s", law=pick(LAWS[cited[1]]), article=cited[2])
    if limit.verified == "design":
        return gettext("working limit of this office")
    return gettext("legal source to be confirmed")
