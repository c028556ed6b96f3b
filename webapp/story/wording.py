"""The story of an employer in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext

from webapp.campaigns.queries import state_of
from webapp.campaigns.wording import visit_state_mark, visit_state_name
from webapp.core.i18n import gettext, locale_tag, ngettext, pick
from webapp.documents.wording import kind_name
from webapp.employers.record_forms import form_of
from webapp.employers.risks import class_label
from webapp.story.happening import Happening

KINDS = {
    "case": lazy_gettext("Cases"),
    "correction": lazy_gettext("Corrections"),
    "penalty": lazy_gettext("Penalties"),
    "visit": lazy_gettext("Campaign visits"),
    "declaration": lazy_gettext("Declarations"),
    "test": lazy_gettext("Workplace tests"),
    "exam": lazy_gettext("Health examinations"),
    "project": lazy_gettext("Projects"),
    "labour": lazy_gettext("Contracts and insurance"),
    "risk": lazy_gettext("Risk class"),
    "registry": lazy_gettext("Registry"),
}
_EXAMS = {"pre": lazy_gettext("before work"), "in_service": lazy_gettext("during work"), "leaving": lazy_gettext("when leaving")}
_DECLARATIONS = {"first": lazy_gettext("first"), "change": lazy_gettext("after a change"), "yearly": lazy_gettext("yearly")}
SHOWN_POSTS = 3


def sentence(one: Happening) -> str:
    return _TEXTS[one.what](one.told, one.ref)


def tone(one: Happening) -> str:
    """The mark beside it: "", "ok" or "bad"."""
    told = one.told
    if one.kind == "penalty":
        return "bad"
    if one.what == "visit_ended":
        return visit_state_mark(state_of(told["code"]))
    is_well = _is_well(one.what, told)
    if is_well is None:
        return {"case_opened": "bad", "case_closed": "ok"}.get(one.what, "")
    return "ok" if is_well else "bad"


def _is_well(what: str, told: Mapping[str, Any]) -> bool | None:
    """None where there is nothing to judge."""
    if what == "tested":
        return not told["over"]
    if what == "examined":
        return bool(told["examined"] >= told["due"])
    return told["without"] == 0 and bool(told["hazards_told"]) if what == "contracts" else None


def kind(code: str) -> str:
    return str(KINDS.get(code, code))


def _paper(told: Mapping[str, Any], _: str | None) -> str:
    name = kind_name(told["code"])
    return gettext("“%(name)s” %(number)s was made.", name=name, number=told["name"] or "")


def _tested(told: Mapping[str, Any], _: str | None) -> str:
    over = told["over"]
    first = gettext("%(institution)s tested the workplace: %(values)s values", institution=told["institution"], values=told["values"])
    if not over:
        return gettext("%(first)s, none over its limit.", first=first)
    factor = form_of("workplace_test").field("factor")
    posts = gettext(", ").join(f"{test.post} {factor.text_of(test.factor, locale_tag())}" for test in over[:SHOWN_POSTS])
    return gettext("%(first)s, %(over)s over their limit: %(posts)s.", first=first, over=len(over), posts=posts)


def _examined(told: Mapping[str, Any], _: str | None) -> str:
    return gettext(
        "Health examinations %(year)s, %(kind)s: %(examined)s of %(due)s workers examined.",
        year=told["year"], kind=str(_EXAMS.get(told["kind"], told["kind"])), examined=told["examined"], due=told["due"],
    )  # fmt: skip


def _contracts(told: Mapping[str, Any], _: str | None) -> str:
    if told["without"]:
        return ngettext("%(num)s worker had no labour contract.", "%(num)s workers had no labour contract.", told["without"])
    if not told["hazards_told"]:
        return gettext("All workers had a labour contract, but it did not tell the hazards.")
    return gettext("All workers had a labour contract that tells the hazards.")


def _risk(told: Mapping[str, Any], _: str | None) -> str:
    now, before = told["risk"], told["before"]
    label = pick(class_label(now.scheme, now.risk_class))
    if before is None or before.risk_class == now.risk_class:
        return gettext("Classed as “%(now)s”.", now=label)
    return gettext("Classed as “%(now)s”, before “%(before)s”.", now=label, before=pick(class_label(before.scheme, before.risk_class)))


_TEXTS: dict[str, Callable[[Mapping[str, Any], str | None], str]] = {
    "registered": lambda _, __: gettext("Entered in the registry."),
    "key": lambda told, _: gettext("Became a key employer. %(criteria)s", criteria=told["criteria"] or "").strip(),
    "case_opened": lambda _, ref: gettext("A finding was registered as case %(number)s.", number=ref),
    "case_closed": lambda _, ref: gettext("Case %(number)s was closed.", number=ref),
    "paper": _paper,
    "visit_begun": lambda told, _: gettext("A visit of the campaign “%(name)s” began.", name=told["name"]),
    "visit_ended": lambda told, _: gettext(
        "The visit of the campaign “%(name)s” ended: %(state)s.", name=told["name"], state=visit_state_name(state_of(told["code"]))
    ),
    "declared": lambda told, _: gettext(
        "Declared its hazards (%(kind)s), receipt %(receipt)s.",
        kind=str(_DECLARATIONS.get(told["kind"], told["kind"])),
        receipt=told["receipt"],
    ),
    "tested": _tested,
    "examined": _examined,
    "project_begun": lambda told, _: gettext("The project “%(name)s” began.", name=told["name"]),
    "project_accepted": lambda told, _: gettext("The protection of the project “%(name)s” was accepted.", name=told["name"]),
    "contracts": _contracts,
    "insurance": lambda told, _: ngettext(
        "%(num)s worker had work-injury insurance.", "%(num)s workers had work-injury insurance.", told["insured"]
    ),
    "risk": _risk,
}
