"""What an employer has to do by law, and what is missing. Source: ODL 16 to 18, 26, 34, 35; domain/02, 2.6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.core.i18n import gettext
from webapp.employers.facts import EmployerFacts

YEARLY = timedelta(days=366)  # a declaration is renewed every year [D]


@dataclass(frozen=True, slots=True)
class Duty:
    """``tone``: "ok", "warn" (not known) or "bad"; ``tab``: where it is kept on the employer's page."""

    name: str
    tone: str
    text: str
    tab: str


def duties_of(facts: EmployerFacts, *, trained: str | None, trained_on: date | None, on: date) -> Sequence[Duty]:
    """In the language of the request. ``trained``: what the last visit's checklist says: met, failed, not_applicable."""
    return (_declared(facts, on), _tested(facts), _examined(facts, on), _trained(trained, trained_on), _projects(facts))


def _declared(facts: EmployerFacts, on: date) -> Duty:
    name = gettext("Declared")
    if facts.declared_on is None:
        return Duty(name, "bad", gettext("No declaration is known."), "hazards")
    if on - facts.declared_on > YEARLY:
        return Duty(name, "warn", gettext("Last declared on %(day)s: this year's is missing.", day=facts.declared_on), "hazards")
    return Duty(name, "ok", gettext("Declared on %(day)s.", day=facts.declared_on), "hazards")


def _tested(facts: EmployerFacts) -> Duty:
    name = gettext("Tested")
    if facts.over_limit:
        posts = gettext(", ").join(sorted({test.post for test in facts.over_limit})[:3])
        return Duty(name, "bad", gettext("Over the limit at: %(posts)s.", posts=posts), "tests")
    if facts.is_test_overdue:
        text = gettext("The next test was due on %(day)s.", day=facts.test_due_on) if facts.test_due_on else gettext("Never tested.")
        return Duty(name, "bad", text, "tests")
    if facts.last_tested_on is None:
        return Duty(name, "warn", gettext("No test is known."), "tests")
    return Duty(name, "ok", gettext("Tested on %(day)s, nothing over its limit.", day=facts.last_tested_on), "tests")


def _examined(facts: EmployerFacts, on: date) -> Duty:
    name = gettext("Examined")
    if not facts.exams:
        return Duty(name, "warn", gettext("No health examination is known."), "exams")
    newest = [exam for exam in facts.exams if exam.year == facts.exams[0].year]
    due, done = sum(exam.due_workers for exam in newest), sum(exam.examined_workers for exam in newest)
    told = {"year": newest[0].year, "done": done, "due": due}
    if done < due:
        return Duty(name, "bad", gettext("%(year)s: %(done)s of %(due)s workers, %(left)s are missing.", left=due - done, **told), "exams")
    if newest[0].year < on.year - 1:
        return Duty(name, "warn", gettext("Last in %(year)s: nothing newer is known.", year=newest[0].year), "exams")
    return Duty(name, "ok", gettext("%(year)s: all %(due)s workers.", **told), "exams")


def _trained(trained: str | None, trained_on: date | None) -> Duty:
    name = gettext("Trained")
    if trained == "met":
        return Duty(name, "ok", gettext("Certificates were valid at the visit of %(day)s.", day=trained_on), "overview")
    if trained in ("failed", "failed_key"):
        return Duty(name, "bad", gettext("Head, manager or workers were not trained at the visit of %(day)s.", day=trained_on), "overview")
    return Duty(name, "warn", gettext("No visit has looked at the training yet."), "overview")


def _projects(facts: EmployerFacts) -> Duty:
    name = gettext("Projects")
    if not facts.projects:
        return Duty(name, "ok", gettext("No project is known."), "projects")
    open_ones = [project.name for project in facts.projects if project.accepted_on is None]
    if open_ones:
        return Duty(name, "warn", gettext("Not accepted yet: %(names)s.", names=gettext(", ").join(open_ones[:3])), "projects")
    return Duty(name, "ok", gettext("All were accepted."), "projects")
