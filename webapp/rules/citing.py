"""Where a rule comes from, as people cite it."""

from __future__ import annotations

import re

from webapp.core.i18n import gettext, locale_tag, pick
from webapp.rules.models import Dated

# Source: domain/00, 0.1 (law codes), and the laws that domain/08 adds.
LAWS = {
    "ACC": {"zh": "《生产安全事故报告和调查处理条例》", "en": "Regulation on Reporting and Investigating Work-safety Accidents"},
    "AEL": {"zh": "《行政强制法》", "en": "Administrative Enforcement Law"},
    "ALL": {"zh": "《行政诉讼法》", "en": "Administrative Litigation Law"},
    "APL": {"zh": "《行政处罚法》", "en": "Administrative Penalty Law"},
    "ARL": {"zh": "《行政复议法》", "en": "Administrative Reconsideration Law"},
    "CL": {"zh": "《刑法》", "en": "Criminal Law"},
    "CPL": {"zh": "《民事诉讼法》", "en": "Civil Procedure Law"},
    "HOL": {"zh": "《全国年节及纪念日放假办法》", "en": "Measure on Public Holidays"},
    "JI15": {"zh": "法释〔2015〕22号司法解释", "en": "judicial interpretation 2015 No. 22"},
    "JI22": {"zh": "法释〔2022〕19号司法解释", "en": "judicial interpretation 2022 No. 19"},
    "LCL": {"zh": "《劳动合同法》", "en": "Labour Contract Law"},
    "LSI": {"zh": "《劳动保障监察条例》", "en": "Labour Security Inspection Regulation"},
    "ODD": {"zh": "《职业病诊断与鉴定管理办法》", "en": "Measures on Diagnosis and Appraisal of Occupational Diseases"},
    "ODL": {"zh": "《职业病防治法》", "en": "Law on Prevention and Control of Occupational Diseases"},
    "PHE": {"zh": "《突发公共卫生事件应急条例》", "en": "Public Health Emergency Regulation"},
    "PIPL": {"zh": "《个人信息保护法》", "en": "Personal Information Protection Law"},
    "PSO": {"zh": "《公安机关办理刑事案件程序规定》", "en": "Criminal Case Procedure of Public Security Organs"},
    "RAD": {"zh": "《放射性同位素与射线装置安全和防护条例》", "en": "Regulation on Radioisotopes and Ray Devices"},
    "SA": {"zh": "《社会救助暂行办法》", "en": "Social Assistance Interim Measures"},
    "SIL": {"zh": "《社会保险法》", "en": "Social Insurance Law"},
    "SPP01": {
        "zh": "《人民检察院办理行政执法机关移送涉嫌犯罪案件的规定》",
        "en": "Procuratorate Rules on Cases Transferred by Administrative Agencies",
    },
    "TOX": {"zh": "《使用有毒物品作业场所劳动保护条例》", "en": "Regulation on Workplaces with Toxic Substances"},
    "TR": {"zh": "《行政执法机关移送涉嫌犯罪案件的规定》", "en": "Regulation on the Transfer of Suspected Criminal Cases"},
    "TU": {"zh": "《工会法》", "en": "Trade Union Law"},
    "WII": {"zh": "《工伤保险条例》", "en": "Work-related Injury Insurance Regulation"},
    "XF": {"zh": "《信访工作条例》", "en": "Rules on Letters and Visits"},
}
_STANDARD = re.compile(r"S:([^,;]+)")
_CITED = re.compile(r"L:([A-Z]+\d*(?=-)|[A-Z]+)-?(\d[\d,()-]*)")


def legal_basis(rule: Dated) -> str:
    """Law and articles; or that the rule is the office's own, or that its source is not confirmed yet."""
    cited = cited_law(rule.source)
    if cited:
        law, articles = cited
        return gettext("%(law)s, %(articles)s", law=pick(LAWS[law]), articles=listed(articles))
    standard = _STANDARD.match(rule.source)
    if standard:
        return standard[1]
    return gettext("working limit of this office") if rule.verified == "design" else gettext("legal source to be confirmed")


def cited_law(source: str) -> tuple[str, list[str]] | None:
    """``L:APL56,85`` is ("APL", ["56", "85"]), ``L:SPP01-10`` is ("SPP01", ["10"]); None for what names no law we know."""
    found = _CITED.match(source)
    if found is None or found[1] not in LAWS:
        return None
    return found[1], [article for article in found[2].split(",") if article]


def listed(articles: list[str]) -> str:
    """ "article 69(1), article 85" """
    return (", " if locale_tag() == "en" else "、").join(_article(text) for text in articles)


def _article(text: str) -> str:
    number, _, item = text.rstrip(")").partition("(")
    if item:
        return gettext("article %(number)s(%(item)s)", number=number, item=item)
    return gettext("article %(number)s", number=number)
