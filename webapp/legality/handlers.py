"""Before a task is completed its rules are judged; what diagrams ask about penalties is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from webapp.accounts import queries as accounts
from webapp.accounts.powers import use_power
from webapp.core.clock import legal_day
from webapp.core.errors import Invalid
from webapp.events.services import record
from webapp.legality import closing, correction, dates, fines, people, procedure, times  # noqa: F401 - registers the rules
from webapp.legality.facts import Act, Facts, day_of
from webapp.legality.registry import RULES, broken
from webapp.processes import handlers
from webapp.processes.handlers import Completing
from webapp.processes.subjects import Subject, stream_of
from webapp.processes.task_rows import codes_in
from webapp.rules import penalties
from webapp.rules import queries as rules


class AgainstTheRules(Invalid):
    """The law does not allow this step yet. See what is missing, then send again."""


def judge(completing: Completing) -> None:
    """Raises AgainstTheRules with a sentence for each rule that is broken; marks are recorded."""
    ids = codes_in(completing.properties.get("rules"))
    if not ids or completing.instance.case_id is None:
        return
    found = broken(ids, act_of(completing))
    refused = [one.text for one in found if not one.rule.is_mark]
    if refused:
        raise AgainstTheRules({"rules": refused})
    for one in found:
        task = completing.task
        record(stream_of(task), "rule.marked", actor_id=completing.actor.id, at=completing.at, rule=one.rule.id, task_id=task.id)


def keep_power(completing: Completing) -> None:
    """A penalty decision records the power it rests on. Raises TownWithoutPower, AgencyWithoutPower. Source: BR-17, DT9."""
    instance = completing.instance
    if completing.properties.get("decision") != "penalty" or instance.case_id is None or instance.jurisdiction_id is None:
        return
    items = [str(code) for code in completing.values.get("violations", ())]
    if not items:
        return
    use_power(
        jurisdiction_id=instance.jurisdiction_id, town_id=instance.town_id if completing.task.role == "TOWN_ENF" else None, kind="penalise",
        items=items, task_id=completing.task.id, case_id=instance.case_id, on=_decided_on(completing), actor_id=completing.actor.id,
        at=completing.at,
    )  # fmt: skip


def _decided_on(completing: Completing) -> date:
    """The power is that of the day of the decision, on which BR-17 judged it."""
    return day_of(completing.values.get("decided_on")) or legal_day(completing.at)


def act_of(completing: Completing) -> Act:
    instance, task = completing.instance, completing.task
    assert instance.case_id is not None
    return Act(
        Facts(instance.case_id, at=completing.at), task.element, task.process_key, completing.values, completing.actor,
        legal_day(completing.at), instance.town_id, instance.jurisdiction_id, instance.id,
    )  # fmt: skip


def penalty_facts(subject: Subject, params: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    """{"violations", "acted_on"} -> the legal numbers that decision tables compare with. Amounts in yuan."""
    decided_on = legal_day(at)
    acted_on = day_of(params["acted_on"]) or decided_on
    codes = [str(code) for code in params["violations"] or ()]
    ranges = [penalties.penalty_range(code, acted_on=acted_on, decided_on=decided_on) for code in codes]
    line = rules.amount("HEARING_FINE_ORG", on=decided_on, jurisdiction_id=subject.jurisdiction_id)
    summary = rules.amount("SUMMARY_FINE_ORG", on=decided_on, jurisdiction_id=subject.jurisdiction_id)
    return {
        "first_warning": bool(ranges) and all(one.pattern == "W>F" for one in ranges),
        "fine_min": max((one.min or 0 for one in ranges), default=0), "fine_max": max((one.max or 0 for one in ranges), default=0),
        "hearing_line": int(line.value), "summary_line": int(summary.value),
    }  # fmt: skip


def power(subject: Subject, params: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    """{"kind", "violations"} -> {"may": the town holds that power today for all of them}. Source: DT9, BR-17."""
    codes = [str(code) for code in params["violations"] or ("*",)]
    on, town_id = legal_day(at), subject.town_id
    return {"may": town_id is not None and all(accounts.power_of_town(town_id, str(params["kind"]), code, on) for code in codes)}


handlers.names["rules"] = lambda: RULES
handlers.on_completing.append(judge)
handlers.on_completed.append(keep_power)
handlers.operations.update(penalty_facts=penalty_facts, power=power)
