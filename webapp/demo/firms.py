"""Sixty invented employers, the same ones at every loading.

Source: domain/06, 6.1 (names), 6.2 (weights), 6.3 (industries), 6.4 (sizes and exposure; all [D]).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from webapp.demo.districts import DISTRICTS, grids_of
from webapp.employers.models import Employer
from webapp.employers.services import register_employer

SEED = 20210106
PER_DISTRICT = {"TC": 48, "SND": 12}
BRANDS = ("云禾", "澄岚", "朔川", "璟和", "樾安", "沐辰", "砺锋", "恒屿", "启岑", "景澜", "泓栎", "昱祺")


@dataclass(frozen=True, slots=True)
class Trade:
    """``weight``: share of the employers in percent."""

    word: str
    industry: str
    hazards: tuple[str, ...]
    weight: float


TRADES = (
    Trade("铸造", "C3391", ("silica_dust", "heat", "noise"), 14),
    Trade("石材", "C303", ("silica_dust", "noise"), 5),
    Trade("金属结构", "C331", ("welding_fume", "grinding_dust", "noise"), 22),
    Trade("表面处理", "C3360", ("chromium", "nickel", "acid_mist"), 8),
    Trade("汽车零部件", "C367", ("welding_fume", "noise"), 9),
    Trade("电子", "C398", ("n_hexane", "benzene_series"), 10),
    Trade("化工", "C26", ("benzene_series", "acid_mist"), 6),
    Trade("塑业", "C29", ("benzene_series", "noise"), 6),
    Trade("纺织", "C171", ("cotton_dust", "noise"), 7),
    Trade("木业", "C203", ("wood_dust", "noise"), 4),
    Trade("汽修", "O8111", ("benzene_series", "noise"), 9),
)
SIZES = ((0.45, 5, 19), (0.47, 20, 299), (0.065, 300, 999), (0.015, 1000, 2000))


def build_firms(*, at: datetime) -> list[Employer]:
    """Every trade at least once in each district's first firms, so that each story finds its employer."""
    dice = random.Random(SEED)
    firms: list[Employer] = []
    for district in DISTRICTS:
        towns, weights = list(district.towns), [weight for _, _, weight in district.towns.values()]
        for number in range(PER_DISTRICT[district.code]):
            trade = TRADES[number] if number < len(TRADES) else dice.choices(TRADES, [trade.weight for trade in TRADES])[0]
            town = "TC-SX" if district.code == "TC" and number < len(TRADES) else dice.choices(towns, weights)[0]
            firms.append(_firm(len(firms) + 1, district.zh, trade, town, dice=dice, at=at))
    return firms


def _firm(number: int, district: str, trade: Trade, town_code: str, *, dice: random.Random, at: datetime) -> Employer:
    grids = grids_of(town_code)
    _, low, high = dice.choices(SIZES, [share for share, _, _ in SIZES])[0]
    workers = dice.randint(low, high)
    area = district.removesuffix("市").removesuffix("高新区")
    brand = BRANDS[number % len(BRANDS)] if number <= len(BRANDS) else BRANDS[number % len(BRANDS)] + BRANDS[number * 7 % len(BRANDS)][0]
    return register_employer(
        grid=grids[0] if number <= len(TRADES) else dice.choice(grids),
        credit_code=f"DEMO{number:014d}",
        name=f"{area}{brand}{trade.word}有限公司(演示)",
        address=f"{grids[0].town.name_zh}演示路{number}号",
        industry=trade.industry,
        hazards=list(trade.hazards),
        workers=workers,
        exposed_workers=max(1, round(workers * dice.betavariate(4, 6))),
        actor_id=None,
        at=at,
        is_demo=True,
    )
