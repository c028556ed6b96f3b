"""A year of a district: what was found, filed and closed, and what is under way today. The same at every loading.

Source: domain/06, 6.6 (proportions of a year) for what is over; what is under way comes on top, so that every stage has its cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import orjson

from webapp.demo.outlook import OVER, UNDER_WAY, Lot
from webapp.demo.picking import Firm
from webapp.demo.stories import Story
from webapp.demo.ways import VERIFIED, Answers, Step

SEED = 20210109
DATA = Path(__file__).parent / "data"
# percent of the clues, domain/06, 6.6; those that come from outside skip the town
SOURCES = (("patrol", 70), ("complaint", 12), ("test_report", 8), ("transferred", 6), ("disease_report", 4))
SAID_BY_SOURCE = {
    "complaint": "群众电话反映：{fault}要求为其保密。",
    "test_report": "检测机构报送的报告提示异常，现场情况：{fault}",
    "transferred": "其他部门移送的材料反映：{fault}",
    "disease_report": "收到疑似职业病报告后查看现场：{fault}",
}
SAID_ON_PATROL = (
    "{fault}已拍照{photos}张。",
    "{fault}陪同人员：{companion}。",
    "日常巡查发现，{fault}已当场告知负责人。",
    "{fault}询问在场工人2名，均称情况属实，拍照{photos}张。",
)
COMPANIONS = ("车间主任某某", "安全员某某", "人事主管某某", "值班班长某某")
FINES = (50000, 50000, 55000, 60000, 60000, 65000, 70000, 80000)
PHOTOGRAPHED = 0.14
CLAIMED = 0.45


def stories_of_the_year(firms: Sequence[Firm]) -> list[Story]:
    """Each about another employer, as long as there are enough."""
    dice = Random(SEED)
    deck = list(firms)
    dice.shuffle(deck)
    lots = [(lot, number) for lot in (*OVER, *UNDER_WAY) for number in range(lot.count)]
    return [_story(lot, _drawn(lot, deck), turn=turn, number=number, dice=dice) for turn, (lot, number) in enumerate(lots, start=1)]


def _drawn(lot: Lot, deck: list[Firm]) -> Firm:
    here = (firm for firm in deck if lot.district in {"", firm.district} and lot.town in {"", firm.town})
    fitting = next((firm for firm in here if firm.industry in lot.trades), None)
    if fitting is None:
        raise LookupError(f"no employer is left for {lot.title}")
    deck.remove(fitting)
    return fitting


def _story(lot: Lot, firm: Firm, *, turn: int, number: int, dice: Random) -> Story:
    source = lot.source or dice.choices([name for name, _ in SOURCES], [share for _, share in SOURCES])[0]
    steps = list(lot.steps)
    if source == "transferred":
        if steps[: len(VERIFIED)] == VERIFIED:
            steps = steps[len(VERIFIED) :]
        else:
            source = "patrol"
    words = _words(lot, firm, dice)
    story = Story(
        f"{lot.title} {number}", 0, [_later(step, dice) for step in steps], finding=_finding(lot, source, dice), words=words,
        employer_id=firm.id, turn=turn, photos=dice.randint(1, 2) if dice.random() < PHOTOGRAPHED else 0,
    )  # fmt: skip
    return _timed(story, lot, number, dice)


def _timed(story: Story, lot: Lot, number: int, dice: Random) -> Story:
    """What is over lies anywhere in its months; what is under way has waited some days."""
    if lot.began is not None:
        return replace(story, days_ago=dice.uniform(*lot.began))
    waits = lot.waits or WAITS
    least, most = waits[number % len(waits)]
    claimed_after = dice.uniform(1, 20) if dice.random() < CLAIMED else None
    return replace(story, waited=dice.uniform(least, most), claimed_after=claimed_after)


WAITS = ((0.1, 1.5), (0.5, 2.5), (0.2, 2), (1, 3), (3, 5), (0.3, 1.5), (8, 14))


def _later(step: Step, dice: Random) -> Step:
    """People do not work by the hour; what waits for a date waits for it."""
    return step if step.after_hours > 100 else replace(step, after_hours=step.after_hours + dice.uniform(-1, 5))


def _finding(lot: Lot, source: str, dice: Random) -> Answers:
    said = SAID_BY_SOURCE.get(source) or dice.choice(SAID_ON_PATROL)
    urgency = dice.choices("ABC", (6, 74, 20))[0]
    return {"source": source, "urgency": urgency, "description": said, **lot.finding}


def _words(lot: Lot, firm: Firm, dice: Random) -> Mapping[str, Any]:
    """One of the situations of the trade; a fine of another amount each time."""
    own = dice.choice([{}, *_variants().get(firm.industry, [])])
    words: dict[str, Any] = {"photos": dice.randint(2, 9), "companion": dice.choice(COMPANIONS), **own, **lot.words}
    if lot.is_fined:
        fine = dice.choice(FINES)
        warned = "warning" in words.get("kinds", _trades()[firm.industry]["kinds"])
        words |= {"fine": fine, "penalty": f"警告、罚款{fine}元" if warned else f"罚款{fine}元"}
    return words


@cache
def _variants() -> dict[str, list[dict[str, Any]]]:
    return dict(orjson.loads((DATA / "variants.json").read_bytes()))


@cache
def _trades() -> dict[str, dict[str, Any]]:
    return dict(orjson.loads((DATA / "trades.json").read_bytes()))
