"""The files of the invented employers: declarations, posts, tests, examinations, contracts, insurance, risk classes.

Source: domain/06, 6.4 and 6.5 (shares and probabilities by size; all [D]); default classes domain/03, 3.5.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from webapp.core import clock
from webapp.employers.limits import FROM_REPORT, Limit, limit_of
from webapp.employers.models import (
    ContractFact,
    Declaration,
    Employer,
    EmployerRecord,
    HazardPost,
    HealthExam,
    InsuranceFact,
    Project,
    Risk,
    WorkplaceTest,
)
from webapp.employers.risks import SCHEMES, risk_grade
from webapp.employers.services import keep_records

SEED = 20210107
MEASURED = Path(__file__).parent / "data" / "measured.json"  # posts, and limits as the reports of the demo give them
INSTITUTION = "苏州演示职业卫生技术服务有限公司"
MANY_EXPOSED, SOME_EXPOSED = 50, 16
SEVERE = frozenset({"C3391", "C303", "C331", "C3360", "C26"})
# Source: domain/06, 6.5: micro, small, medium, large.
SIZES = (20, 300, 1000)
DECLARED, TESTED, EXAMINED = (0.84, 0.94, 0.99, 1.0), (0.74, 0.90, 0.97, 0.99), (0.78, 0.91, 0.97, 0.99)


def keep_file(employer: Employer, *, number: int, at: datetime) -> None:
    """What is known of the ``number``-th employer, the same at every loading."""
    dice = random.Random(f"{SEED}-{number}")
    size = sum(employer.workers >= least for least in SIZES)
    today = clock.legal_day(at)
    employer.phone = f"000-0000-{number:04d}"
    employer.legal_rep, employer.health_manager = f"{dice.choice('赵钱孙李周吴郑王')}某某", f"{dice.choice('冯陈褚卫蒋沈韩杨')}某某"
    records = list(_records(employer, size, dice, today))
    why = _why_key(employer, records)
    if why:
        employer.is_key, employer.key_since, employer.key_criteria = True, date(today.year, 1, 1), f"{why}（演示）"
    keep_records(employer, records, actor_id=None, at=at)


def _why_key(employer: Employer, records: Iterable[EmployerRecord]) -> str:
    """Empty if it is no key employer. Source: domain/06, 6.5, last paragraph; the severe ones only from a size that makes up a quarter."""
    if employer.exposed_workers >= MANY_EXPOSED:
        return "接触危害人数50人以上"
    if employer.industry in SEVERE and employer.exposed_workers >= SOME_EXPOSED:
        return "职业病危害严重"
    return "上年度检测超标" if any(isinstance(row, WorkplaceTest) and row.exceeds for row in records) else ""


def _records(employer: Employer, size: int, dice: random.Random, today: date) -> Iterator[EmployerRecord]:
    if dice.random() < DECLARED[size]:
        receipt = f"DEMO-{today.year}-{employer.id:05d}"
        yield Declaration(kind="yearly", declared_on=_before(today, dice, 300), receipt_no=receipt, factors=list(employer.hazards))
    yield from _posts(employer, dice, today)
    tests = list(_tests(employer, size, dice, today))
    yield from tests
    due = employer.exposed_workers
    examined = sum(dice.random() < EXAMINED[size] for _ in range(due))
    yield HealthExam(year=today.year - 1, kind="in_service", due_workers=due, examined_workers=examined)
    yield from _labour(employer, size, dice, today)
    if size >= 1:
        yield _project(size, dice, today)
    yield from _risks(employer, tests, dice, today)


def _posts(employer: Employer, dice: random.Random, today: date) -> Iterator[EmployerRecord]:
    for hazard in employer.hazards:
        workers = max(1, employer.exposed_workers // len(employer.hazards))
        ppe = "all" if dice.random() < 0.814 else "some"
        exhaust = dice.random() < 0.6
        seen_on = _before(today, dice, 200)
        yield HazardPost(
            seen_on=seen_on, post=_measured()[hazard]["post"], factor=hazard, workers=workers, has_local_exhaust=exhaust, ppe=ppe
        )


def _tests(employer: Employer, size: int, dice: random.Random, today: date) -> Iterator[WorkplaceTest]:
    """Log-normal shares of the limit, so that about one value in sixteen is over it; late ones are two to four years old."""
    in_time = dice.random() < TESTED[size]
    tested_on = _before(today, dice, 330) if in_time else today - timedelta(days=dice.randrange(760, 1500))
    for hazard in employer.hazards:
        post, factor, kind, unit, said = (_measured()[hazard][name] for name in ("post", "factor", "kind", "unit", "limit"))
        limit = limit_of(factor, kind, on=tested_on) or Limit(float(said), FROM_REPORT)
        share = dice.lognormvariate(-1.386, 0.9)
        value = round(limit.value * share, 3) if unit == "mg/m3" else round(limit.value * (0.9 + share / 8), 1)
        yield WorkplaceTest(
            tested_on=tested_on, institution=INSTITUTION, report_no=f"演检{tested_on.year}-{employer.id:04d}", post=post,
            factor=factor, kind=kind, value=value, unit=unit, limit_value=limit.value,
            limit_source=limit.source, limit_verified=limit.verified, exceeds=value > limit.value,
        )  # fmt: skip


def _labour(employer: Employer, size: int, dice: random.Random, today: date) -> Iterator[EmployerRecord]:
    checked_on = _before(today, dice, 250)
    without = 0 if dice.random() < 0.8 else dice.randint(1, max(1, employer.workers // 10))
    yield ContractFact(checked_on=checked_on, workers_without_contract=without, hazards_told=dice.random() < DECLARED[size])
    insured = 0 if size == 0 and dice.random() < 0.1 else employer.workers - without
    yield InsuranceFact(checked_on=checked_on, insured_workers=insured)


def _project(size: int, dice: random.Random, today: date) -> Project:
    began_on = today - timedelta(days=dice.randrange(300, 900))
    stages = [began_on + timedelta(days=60 * stage) for stage in range(4)] if dice.random() < 0.9 else [began_on, None, None, None]
    first, second, third, fourth = stages
    return Project(
        name="生产线技术改造项目（演示）", kind="renovation" if size > 1 else "extension", began_on=began_on, pre_evaluated_on=first,
        designed_on=second, effect_evaluated_on=third, accepted_on=fourth,
    )  # fmt: skip


def _risks(employer: Employer, tests: list[WorkplaceTest], dice: random.Random, today: date) -> Iterator[EmployerRecord]:
    is_severe = employer.industry in SEVERE
    assessed_on = _before(today, dice, 350)
    yield _risk("CATALOG_2021", "severe" if is_severe else "general", assessed_on, "按行业分类（演示）")
    grade = risk_grade(is_severe=is_severe, complies=not any(test.exceeds for test in tests), exposed_workers=employer.exposed_workers)
    mark = "，矩阵中该格为推定" if grade.is_inferred else ""
    yield _risk("RISK_GRADE", grade.risk_class, assessed_on, f"按危害性质、检测结果和接触人数（演示{mark}）")


def _risk(scheme: str, risk_class: str, assessed_on: date, source: str) -> Risk:
    found = SCHEMES[scheme]
    return Risk(
        scheme=scheme, risk_class=risk_class, version=found.version, rank=found.rank_of(risk_class), assessed_on=assessed_on, source=source
    )


def _before(today: date, dice: random.Random, days: int) -> date:
    return today - timedelta(days=dice.randrange(5, days))


@cache
def _measured() -> dict[str, dict[str, Any]]:
    return dict(orjson.loads(MEASURED.read_bytes()))
