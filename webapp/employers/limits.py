"""Is a measured value over its limit? The dated row of ``rules`` counts; only where there is none, what the report says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from webapp.employers.catalogue import HAZARDS
from webapp.rules.models import ExposureLimit
from webapp.rules.queries import UnknownExposureLimit, exposure_limit, kept_rows

FROM_REPORT = "report"  # ``source`` of a limit that the rules do not have
COLUMNS = {"TWA": "twa", "TWA_R": "twa_respirable", "STEL": "stel", "MAC": "mac", "LEVEL": "twa"}
UNIT_CODES = {"mg/m3": "mg/m3", "dB(A)": "dBA", "m/s2": "m_s2"}  # units of the rules as the forms name them
UNJUDGED = ("heat", "x_ray", "acid_mist", "wood_dust")  # measured, but the rules have no row for them


@dataclass(frozen=True, slots=True)
class Limit:
    """``source``: the standard; ``verified``: the mark of the row (``rules.models.VERIFIED``), None for one that a report gives."""

    value: float
    source: str
    unit: str | None = None
    verified: str | None = None


def limit_of(factor: str, kind: str, *, on: date) -> Limit | None:
    """The limit in force on the day of the test; None if the rules have none. ``factor``: a code of ``measurable``."""
    try:
        row = exposure_limit(factor, on=on)
    except UnknownExposureLimit:
        return None
    value = getattr(row, COLUMNS[kind])
    source = row.source.removeprefix("S:")
    return None if value is None else Limit(value, source, UNIT_CODES.get(row.unit, row.unit), row.verified)


def measurable() -> Mapping[str, Mapping[str, str]]:
    """What a workplace test may have measured, with its names: the factors that have limits, then those without."""
    rows = {code: {"zh": found[0].zh, "en": found[0].en} for code, found in kept_rows(ExposureLimit).items()}
    others = UNJUDGED if rows else tuple(HAZARDS)
    return {**rows, **{code: HAZARDS[code] for code in others if code not in rows}}
