"""Invented employers, the same ones at every loading of one size.

Source: domain/06, 6.1 (names), 6.2 (weights), 6.3 (industries), 6.4 (sizes and exposure; all [D]).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import exp, floor, log

from webapp.demo.districts import DISTRICTS, Area, District, grids_of
from webapp.employers.models import Employer
from webapp.employers.services import register_employer

SEED = 20210106
BRANDS = ("云禾", "澄岚", "朔川", "璟和", "樾安", "沐辰", "砺锋", "恒屿", "启岑", "景澜", "泓栎", "昱祺")
# Places and firms that exist.
KNOWN_BRANDS = {"云和", "云安", "云锋", "云川", "恒安", "恒锋", "恒川", "启辰", "沐川", "景安", "泓安", "恒和"}
PAIRS = tuple(pair for first in BRANDS for last in BRANDS if (pair := first[0] + last[1]) not in KNOWN_BRANDS)


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
Bands = tuple[tuple[float, int, int], ...]
SIZES: Bands = ((0.45, 5, 19), (0.47, 20, 299), (0.065, 300, 999), (0.015, 1000, 2000))
SIZES_CAR_REPAIR: Bands = ((0.701, 5, 19), (0.254, 20, 299), (0.045, 300, 999))
# For 18,000 workers at 600 employers: with the shares above for medium and large ones there would be at least 26,600.
FEWER_LARGE: Bands = ((0.47, 5, 19), (0.491, 20, 55), (0.034, 55, 299), (0.004, 300, 650), (0.001, 1000, 1100))


@dataclass(frozen=True, slots=True)
class Population:
    """``times``: how often the number of employers that a district has at least; ``bands`` and ``brands``: sizes and names."""

    times: int
    bands: Bands
    brands: tuple[str, ...]


SIXTY, SIX_HUNDRED = Population(1, SIZES, BRANDS), Population(10, FEWER_LARGE, PAIRS)


def build_firms(population: Population, *, at: datetime) -> list[Employer]:
    """Employers of both districts in the weights of their towns."""
    dice = random.Random(SEED)
    firms: list[Employer] = []
    for district in DISTRICTS:
        names = _names(district, population, dice)
        for area, trade in _area_and_trade(district, population, dice):
            number = len(firms) + 1
            firms.append(_firm(number, area, trade, next(names[trade.words]), population=population, dice=dice, at=at))
    return firms


def _area_and_trade(district: District, population: Population, dice: random.Random) -> Iterator[tuple[Area, Trade]]:
    shares = _shared(district.employers * population.times, [area.weight for area in district.areas])
    for area, number in zip(district.areas, shares, strict=True):
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


def _names(district: District, population: Population, dice: random.Random) -> dict[tuple[str, ...], Iterator[str]]:
    """For each trade its names in this district, each once."""
    return {trade.words: iter(_names_of(district, trade, population, dice)) for trade in TRADES}


def _names_of(district: District, trade: Trade, population: Population, dice: random.Random) -> list[str]:
    drawn = [(word, brand) for word in trade.words for brand in dice.sample(population.brands, len(population.brands))]
    if population.times > 1:
        dice.shuffle(drawn)
    return [f"{district.prefix}{brand}{word}有限公司(演示)" for word, brand in drawn]


def _firm(
    number: int, area: Area, trade: Trade, name: str, *, population: Population, dice: random.Random, at: datetime
) -> Employer:  # fmt: skip
    grids = grids_of(area.code)
    workers = _head_count(trade, population, dice)
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


def _head_count(trade: Trade, population: Population, dice: random.Random) -> int:
    """Log-normal inside the size band: two standard deviations reach its ends."""
    bands = SIZES_CAR_REPAIR if trade.industry == "O8111" and population is SIXTY else population.bands
    _, least, most = dice.choices(bands, [share for share, _, _ in bands])[0]
    middle, spread = (log(least) + log(most)) / 2, (log(most) - log(least)) / 4
    return min(most, max(least, round(exp(dice.gauss(middle, spread)))))
