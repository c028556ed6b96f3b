"""What must hold after every accepted step, judged without the predicates: own arithmetic on the shipped tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import webapp
from webapp.core.clock import legal_day
from webapp.legality.facts import Act, Facts

DATA = Path(webapp.__file__).parent / "rules" / "data"
LAW = {row["code"]: row for row in json.loads((DATA / "violations.json").read_text(encoding="utf-8"))}
SPECIAL = {row["day"]: row["is_working"] for row in json.loads((DATA / "calendar.json").read_text(encoding="utf-8"))["days"]}
EXPIRED = date(2026, 1, 31)  # last day of the certificate of ``walk.expired``
GOES_ON = {"waived", "stated", "accepted"}


class Walked(Protocol):
    """``expired``: the officer whose certificate ran out on ``EXPIRED``; ``legs``: process instances."""

    expired: str

    @property
    def now(self) -> datetime: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def legs(self) -> Any: ...


def check(walk: Walked, act: Act) -> None:
    """Raises AssertionError with what the law forbids."""
    said = act.values or {}
    _people(walk, act, said)
    judge = {"decide": _decision, "summary_decision": _on_the_spot, "propose_filing": _filing, "call_hearing": _hearing}
    judge |= {"approve_closing": _closing, "conclude": _report}
    if act.process == "case_lifecycle" and act.element in judge:
        judge[act.element](walk, said)
    fined = [one for one in walk.facts.documents if one.kind in {"D20", "D21"} and one.values.get("fine")]
    assert len(fined) <= 1, "one case, two fines"


def _people(walk: Walked, act: Act, said: Mapping[str, Any]) -> None:
    if "officers" in said:
        assert len(set(said["officers"])) >= 2, "one officer"
        assert walk.expired not in said["officers"] or min(_days(said), default=EXPIRED) <= EXPIRED, "an expired certificate"
    if act.element == "deliberate":
        assert len(set(said["members"])) >= 3, "a panel of two"
    if act.process == "police_referral" and act.element == "approve":
        assert act.actor is not None and act.actor.role_codes == {"HD_PRIN"}, "not the principal head"
    if said.get("presider"):
        investigators = {officer for one in walk.facts.told for officer in one.values.get("officers", ())}
        assert str(said["presider"]) not in investigators, "the presider investigated"


def _days(said: Mapping[str, Any]) -> list[date]:
    return [date.fromisoformat(str(day)[:10]) for key, day in said.items() if key.endswith("_on")]


def _decision(walk: Walked, said: Mapping[str, Any]) -> None:
    if said["decision"] != "penalise":
        return
    notice = next(one for one in reversed(walk.facts.documents) if one.kind == "D16")
    took_effect = min(one.effective_on for one in walk.facts.receipts if one.document_id == notice.id)
    answers = [one for one in walk.facts.told if one.element in {"hear_party", "hold_hearing"} and one.at >= notice.made_at]
    heard = any(one.element == "hold_hearing" or one.values["result"] in GOES_ON for one in answers)
    assert heard or (not answers and legal_day(walk.now) > working_day(took_effect, 5)), "decided before the party was heard"
    assert set(said["violations"]) <= set(notice.values["violations"]), "punished for what was not told"
    assert said.get("fine", 0) <= notice.values.get("proposed_fine", 0), "heavier after the defence"
    _fine(walk, said, said.get("fine"))


def _report(walk: Walked, said: Mapping[str, Any]) -> None:
    _fine(walk, said, said.get("proposed_fine"))
    assert not any(leg.process_key == "evidence_registration" and leg.is_running for leg in walk.legs), "evidence left over"


def _fine(walk: Walked, said: Mapping[str, Any], fine: float | None) -> None:
    if not fine:
        return
    earlier = walk.facts.earlier
    lost = set(earlier.told[-1].values["open_items"]) if earlier else set()
    rows = [LAW[code] for code in said["violations"] if LAW[code]["pattern"] != "W>F" or code in lost]
    assert rows, "fined where the law warns first"
    highest = max(rows, key=lambda row: (row["fine_max"], row["fine_min"]))
    assert fine <= highest["fine_max"], "above the range"
    assert fine >= highest["fine_min"] or said.get("ground", "none") != "none", "below the range without a ground"


def _on_the_spot(walk: Walked, said: Mapping[str, Any]) -> None:
    assert said.get("fine", 0) <= 3_000, "too much on the spot"


def _filing(walk: Walked, said: Mapping[str, Any]) -> None:
    acted, discovered = date.fromisoformat(said["acted_on"]), date.fromisoformat(said["discovered_on"])
    years = 5 if said["has_harm"] == "yes" else 2
    assert acted <= discovered <= acted.replace(year=acted.year + years), "out of limitation"
    assert acted >= date(2018, 12, 29), "before the law"


def _hearing(walk: Walked, said: Mapping[str, Any]) -> None:
    told, held = date.fromisoformat(said["notified_on"]), date.fromisoformat(said["hearing_on"])
    assert held >= working_day(told, 7), "the hearing is too early"


def _closing(walk: Walked, said: Mapping[str, Any]) -> None:
    running = {leg.process_key for leg in walk.legs if leg.is_running}
    assert not running & {"police_referral", "correction", "interim_control", "evidence_registration"}, "closed with a leg"
    served = {one.document_id for one in walk.facts.receipts}
    decisions = [one for one in walk.facts.documents if one.kind in {"D20", "D22"}]
    assert not decisions or decisions[-1].id in served, "closed before the decision was served"


def working_day(start: date, count: int) -> date:
    """The day on which that many working days after ``start`` are full."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= SPECIAL.get(day.isoformat(), day.weekday() < 5)
    return day


def alive(walk: Any) -> None:
    """Every running instance waits for a person, a clock, or a child that runs."""
    for leg in walk.legs:
        children = {child.process_key for child in walk.legs if child.parent is leg and child.is_running}
        awaited = {name.removesuffix(".ended") for name in leg.awaits}
        assert leg.end or leg.open or leg.timers or awaited & children, f"{leg.process_key} waits for nothing"
