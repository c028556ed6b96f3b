"""What the law says at one step: the rules that hold for it, and the violations that the case is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext

from webapp.core.i18n import gettext, locale_tag, pick
from webapp.legality.registry import RULES
from webapp.processes.editions import content_of
from webapp.processes.models import UserTask
from webapp.processes.said import Said
from webapp.processes.task_rows import codes_in
from webapp.rules.citing import LAWS, listed
from webapp.rules.models import Violation
from webapp.rules.queries import in_force

_CITED = re.compile(r"([A-Z][A-Z0-9]*) (\d[\d, ()]*)")
SENTENCES = {
    "BR-01": lazy_gettext("No penalty is decided before the prior notice was served and the party was heard or its time is over."),
    "BR-02": lazy_gettext("Where a legal review is required, nothing is decided before it; after a hearing it is always required."),
    "BR-03": lazy_gettext("At least two officers act, each with a law-enforcement certificate that is valid on the day."),
    "BR-03C": lazy_gettext("A collegial panel has three members or more."),
    "BR-04": lazy_gettext("The hearing is presided over by somebody who did not investigate the case."),
    "BR-05": lazy_gettext("The party is told of time and place seven working days before the hearing."),
    "BR-06": lazy_gettext("The penalty is not heavier than the latest notice said: for more, new facts need a new notice."),
    "BR-07": lazy_gettext("Where the law warns first, a fine needs a served order and a re-inspection that found it not corrected."),
    "BR-08": lazy_gettext("The fine lies in the range of the rule with the higher fine; below it only on a ground of mitigation."),
    "BR-09": lazy_gettext("The decision comes within the time limit counted from the filing; a late one is marked in the record."),
    "BR-12": lazy_gettext("On the spot only fines up to the limit of the summary procedure."),
    "BR-13": lazy_gettext("Only the principal head decides on a transfer to the police."),
    "BR-14": lazy_gettext("The package of a suspected crime is complete before it is sent."),
    "BR-15": lazy_gettext("A case that points to a crime stays open while the transfer is undecided or unanswered."),
    "BR-16": lazy_gettext("One act of the employer is never fined twice."),
    "BR-17": lazy_gettext("A town punishes only what a power in force on that day covers."),
    "BR-18": lazy_gettext("A measure is lengthened once, while it still runs."),
    "BR-19": lazy_gettext("Registered evidence is decided upon before the investigation is concluded."),
    "BR-20": lazy_gettext("The times to apply run from the day of the diagnosis or appraisal, which does not lie ahead."),
    "BR-30": lazy_gettext("No penalty for an act that was not discovered within two years of its end, five with harm to life or health."),
    "BR-CLOSE": lazy_gettext("Before closing: the decision is served, the correction verified, the fine dealt with, measures lifted."),
    "BR-DATES": lazy_gettext("No day lies before what it rests on: a decision not before its notice was served."),
    "BR-HEARING": lazy_gettext("Where a hearing must be offered, the notice says so."),
    "BR-HEARING-REQ": lazy_gettext("A hearing is asked for within five working days after the notice was served."),
    "BR-INJ-LATE": lazy_gettext("A claim comes within the time of who applies, or says why it may come later."),
    "BR-ITEMS": lazy_gettext("What is corrected and what is not are together exactly what the order names."),
    "BR-MERGE": lazy_gettext("A clue is merged only into another open case about the same employer."),
    "BR-ORDER": lazy_gettext("The order says what is to be corrected and by when; the day lies ahead and within the allowed time."),
    "BR-SERVE": lazy_gettext("An announcement counts as service only after its time."),
    "DATE-LAW": lazy_gettext("Each violation was one under a rule in force on the day of the act."),
}  # fmt: skip
PATTERNS = {
    "W>F": lazy_gettext("warning and order first; if not corrected, a fine of %(fine)s"),
    "W+F": lazy_gettext("warning, and a fine of %(fine)s may come with it"),
    "F": lazy_gettext("fine of %(fine)s"),
    "S": lazy_gettext("order to stop or close, and a fine of %(fine)s"),
    "X": lazy_gettext("order to stop, confiscation, and a fine of %(fine)s"),
}


@dataclass(frozen=True, slots=True)
class RuleHere:
    """``basis``: law and articles, in the language of the request."""

    id: str
    sentence: str
    basis: str


@dataclass(frozen=True, slots=True)
class ViolationHere:
    code: str
    name: str
    basis: str
    penalty: str


def rules_of(task: UserTask) -> list[RuleHere]:
    """The rules that are judged when this task is completed, in the order of the diagram."""
    definition = content_of(task.instance.edition_id).process(task.instance.process_key)
    ids = codes_in(definition.element(task.process_key, task.element).properties.get("rules"))
    return [RuleHere(id, str(SENTENCES.get(id, id)), basis_of(RULES[id].source)) for id in ids if id in RULES]


def violations_said(said: Iterable[Said], *, on: date) -> list[ViolationHere]:
    """Those that were named last in the case. ``said``: newest first."""
    named: list[Any] = next((one.values["violations"] for one in said if one.values.get("violations")), [])
    return violations_of(named, on=on)


def violations_of(codes: Any, *, on: date) -> list[ViolationHere]:
    """Lines of the catalogue in force on that day; unknown codes are left out."""
    wanted = codes if isinstance(codes, list) else [codes]
    rows = (in_force(Violation, str(code), on=on) for code in wanted)
    return [_violation(row) for row in rows if row is not None]


def basis_of(source: str) -> str:
    """ "APL 44, 45; domain/08" in words: the laws with their articles; what is no law is the office's own."""
    cited = [_cited(found[1], found[2]) for part in source.split(";") if (found := _CITED.match(part.strip())) and found[1] in LAWS]
    return gettext("; ").join(cited) or gettext("rule of this office")


def _cited(law: str, articles: str) -> str:
    numbers = [text.strip() for text in articles.split(",") if text.strip()]
    return gettext("%(law)s, %(articles)s", law=pick(LAWS[law]), articles=listed(numbers))


def _violation(row: Violation) -> ViolationHere:
    name = row.en if locale_tag() == "en" else row.zh
    law: Mapping[str, str] | None = LAWS.get(row.law)
    basis = gettext("%(law)s, %(articles)s", law=pick(law), articles=listed([row.article])) if law else f"{row.law} {row.article}"
    return ViolationHere(row.code, name, basis, _penalty(row))


def _penalty(row: Violation) -> str:
    fine = gettext("%(low)s to %(high)s yuan", low=f"{row.fine_min:,}", high=f"{row.fine_max:,}")
    if row.is_by_income:
        more = gettext(
            "from %(income)s yuan of unlawful income %(low)s to %(high)s times the income",
            income=f"{row.income_from:,}", low=row.income_times_min, high=row.income_times_max,
        )  # fmt: skip
        fine = gettext("%(fine)s (%(more)s)", fine=fine, more=more)
    pattern = PATTERNS.get(row.pattern)
    return str(pattern) % {"fine": fine} if pattern else fine
