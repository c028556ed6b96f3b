"""Two thousand random walks of lawful and unlawful steps: nothing unlawful is ever accepted, and no case gets stuck.

Rules shown here in combination: BR-01..BR-09, BR-12, BR-13, BR-15, BR-16, BR-19, BR-30, DATE-LAW.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.webapp.legality.acting import Record, ids
from tests.webapp.scenarios import oracle
from tests.webapp.scenarios.wandering import Refused, Wandering
from webapp.accounts import queries as accounts
from webapp.legality.facts import Act
from webapp.processes import editions

CHUNKS, WALKS, STEPS = 8, 250, 60
ROUNDS = (["V-71-01"], ["V-72-01"], ["V-75-06"], ["V-71-01", "V-72-01"], ["V-72-01", "V-72-04"])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_walk_breaks_the_law_or_gets_stuck(law: Any, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(accounts, "certificate_problem", cache(accounts.certificate_problem))  # nobody's certificate changes
    content = editions.content_of(1)
    officers = ids("hui", "qin", "lu", "lu2")
    seen = sum((walked(content, officers, Random(chunk * WALKS + number)) for number in range(WALKS)), Counter[str]())
    assert seen["ended"] > WALKS // 10
    assert seen["accepted"] > WALKS * 5 and seen["refused"] > WALKS * 2


def walked(content: Any, officers: list[str], rng: Random) -> Counter[str]:
    """One walk; what happened in it."""
    codes = list(rng.choice(ROUNDS))
    earlier = lost_round(codes, rng) if rng.random() < 0.4 else None
    walk = Wandering(content, rng, codes, officers=officers, earlier=earlier)
    seen: Counter[str] = Counter()
    for _ in range(STEPS):
        if rng.random() < 0.2 or not walk.open_tasks():
            walk.wait()
        else:
            step(walk, seen)
        oracle.alive(walk)
        if not any(leg.is_running for leg in walk.legs):
            seen["ended"] += 1
            break
    return seen


def step(walk: Wandering, seen: Counter[str]) -> None:
    outcome = walk.attempt(*walk.rng.choice(walk.open_tasks()))
    if isinstance(outcome, Act):
        seen["accepted"] += 1
        oracle.check(walk, outcome)
        return
    seen["refused"] += 1
    assert isinstance(outcome, Refused)
    for language in ("zh", "en"):
        assert outcome.sentences[language] and all(len(sentence) > 5 for sentence in outcome.sentences[language])


def lost_round(codes: list[str], rng: Random) -> Record:
    """The first round of a case that goes on in a second: ordered, served, its day passed, re-inspected."""
    earlier = Record(case_id=3).make("D11", made="2026-01-05", served="2026-01-05", items=codes, correct_by="2026-02-04")
    left = codes if rng.random() < 0.7 else codes[:1]
    return earlier.say("reinspect", process="correction", result="not", open_items=left)
