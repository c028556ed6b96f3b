"""Sixty invented employers, the same ones at every loading.

Source: domain/06, 6.1 (names), 6.2 (weights), 6.3 (industries), 6.4 (sizes and exposure; all [D]).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import exp, floor, log

from webapp.demo.districts import DISTRICTS, Area, District, grids_of
from webapp.demo.files import keep_file
from webapp.employers.models import Employer
from webapp.employers.services import register_employer

SEED = 20210106
BRANDS = ("云禾", "澄岚", "朔川", "璟和", "樾安", "沐辰", "砺锋", "恒屿", "启岑", "景澜", "泓栎", "昱祺")


@dataclass(frozen=True, slots=True)
class Trade:
    """``shares``: percent of the employers in the port zone, in the high-tech zone, elsewhere."""

    words: tuple[str, ...]
    industry: str
    hazards: tuple[str, ...]
    shares: tuple[float, float, float]


# The groups of domain/06, 6.3 that hold two of our industries are split between them; "other" is left out.
TRADES = (
    Trade(("铸造",), "C3391", ("silica_dust", "heat", "noise"), (8, 2, 4)),
    Trade(("金属结构", "机械", "五金制品"), "C331", ("welding_fume", "grinding_dust", "noise"), (15, 32, 30)),
    Trade(("汽修",), "O8111", ("benzene_series", "noise"), (4, 10, 8)),
    Trade(("表面处理",), "C3360", ("chromium", "nickel", "acid_mist"), (5, 4, 4)),
    Trade(("木业",), "C203", ("wood_dust", "noise"), (1, 2, 6)),
    Trade(("纺织",), "C171", ("cotton_dust", "noise"), (2, 3, 14)),
    Trade(("电子",), "C398", ("n_hexane", "benzene_series"), (5, 20, 8)),
    Trade(("石材",), "C303", ("silica_dust", "noise"), (4, 1, 2)),
    Trade(("塑业",), "C29", ("benzene_series", "noise"), (20, 4, 7)),
    Trade(("汽车零部件",), "C367", ("welding_fume", "noise"), (5, 12, 6)),
    Trade(("化工",), "C26", ("benzene_series", "acid_mist"), (25, 4, 7)),
    Trade(("口腔门诊",), "Q84", ("x_ray",), (1, 2, 2)),
)
SHARE_OF_AREA = {"TC-GQ": 0, "TC-GX": 1}
# town -> trades of its first employers, so that every story finds its employer where the people of the README work
FIXED = {"TC-SX": TRADES[:9], "TC-LH": TRADES[9:11]}
# share, smallest and largest head count; car repair is smaller than the rest
SIZES = ((0.45, 5, 19), (0.47, 20, 299), (0.065, 300, 999), (0.015, 1000, 2000))
SIZES_CAR_REPAIR = ((0.701, 5, 19), (0.254, 20, 299), (0.045, 300, 999))


def build_firms(*, at: datetime) -> list[Employer]:
    """Employers of both districts in the weights of their towns."""
    dice = random.Random(SEED)
    firms: list[Employer] = []
    for district in DISTRICTS:
        names = _names(district, dice)
        for area, trade in _area_and_trade(district, dice):
            number = len(firms) + 1
            firms.append(_firm(number, area, trade, next(names[trade.words]), dice=dice, at=at))
            keep_file(firms[-1], number=number, at=at)
    return firms


def _area_and_trade(district: District, dice: random.Random) -> Iterator[tuple[Area, Trade]]:
    for area, number in zip(district.areas, _shared(district.employers, [area.weight for area in district.areas]), strict=True):
        fixed = FIXED.get(area.code, ())
        column = SHARE_OF_AREA.get(area.code, 2)
        drawn = dice.choices(TRADES, [trade.shares[column] for trade in TRADES], k=number - len(fixed))
        yield from ((area, trade) for trade in (*fixed, *drawn))


def _shared(total: int, weights: list[float]) -> list[int]:
    """``total`` in whole numbers by ``weights``: the largest remainders are rounded up."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: exact[place] - shares[place], reverse=True)
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def _names(district: District, dice: random.Random) -> dict[tuple[str, ...], Iterator[str]]:
    """For each trade its names in this district, each once."""
    return {trade.words: iter(_names_of(district, trade, dice)) for trade in TRADES}


def _names_of(district: District, trade: Trade, dice: random.Random) -> list[str]:
    return [f"{district.prefix}{brand}{word}有限公司(演示)" for word in trade.words for brand in dice.sample(BRANDS, len(BRANDS))]


def _firm(number: int, area: Area, trade: Trade, name: str, *, dice: random.Random, at: datetime) -> Employer:
    grids = grids_of(area.code)
    workers = _head_count(trade, dice)
    return register_employer(
        grid=grids[0] if number <= len(FIXED["TC-SX"]) else dice.choice(grids),
        credit_code=f"DEMO{number:014d}",
        name=name,
        address=f"{area.zh}演示路{number}号",
        industry=trade.industry,
        hazards=list(trade.hazards),
        workers=workers,
        exposed_workers=max(1, round(workers * dice.betavariate(4, 6))),
        actor_id=None,
        at=at,
        is_demo=True,
    )


def _head_count(trade: Trade, dice: random.Random) -> int:
    """Log-normal inside the size band: two standard deviations reach its ends."""
    bands = SIZES_CAR_REPAIR if trade.industry == "O8111" else SIZES
    _, least, most = dice.choices(bands, [share for share, _, _ in bands])[0]
    middle, spread = (log(least) + log(most)) / 2, (log(most) - log(least)) / 4
    return min(most, max(least, round(exp(dice.gauss(middle, spread)))))
