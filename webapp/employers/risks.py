"""Risk classes. Two schemes count upwards and one downwards: only ``rank`` and ``level`` are compared, never a letter.

Source: domain/03, 3.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]

LOW, MIDDLE, HIGH = 1, 2, 3
LEVELS: Mapping[int, Texts] = {
    LOW: {"zh": "低风险", "en": "Low risk"},
    MIDDLE: {"zh": "中风险", "en": "Medium risk"},
    HIGH: {"zh": "高风险", "en": "High risk"},
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """``classes``: from the lowest risk to the highest."""

    name: Texts
    version: str
    classes: Mapping[str, Texts]

    def rank_of(self, risk_class: str) -> int:
        """1 for the lowest risk. Raises ValueError for a class the scheme does not have."""
        return list(self.classes).index(risk_class) + 1


_LETTERS = {"jia": "甲", "yi": "乙", "bing": "丙"}


def _letters(*classes: str) -> dict[str, Texts]:
    return {one: {"zh": f"{_LETTERS[one]}类", "en": f"class {_LETTERS[one]}"} for one in classes}


SCHEMES: Mapping[str, Scheme] = {
    "CATALOG_2021": Scheme(
        {"zh": "建设项目职业病危害风险分类", "en": "Risk catalogue by industry"},
        "国卫办职健发〔2021〕5号",
        {"general": {"zh": "一般", "en": "general"}, "severe": {"zh": "严重", "en": "severe"}},
    ),
    "RISK_GRADE": Scheme(
        {"zh": "职业病危害风险分级", "en": "Hazard risk grade"},
        "用人单位职业病危害风险分级方法",
        {"I": {"zh": "I级", "en": "grade I"}, "II": {"zh": "II级", "en": "grade II"}, "III": {"zh": "III级", "en": "grade III"}},
    ),
    "SELF_OVERALL": Scheme(
        {"zh": "职业病危害综合风险", "en": "Overall risk"}, "用人单位职业病危害综合风险评估方法", _letters("jia", "yi", "bing")
    ),
    "ENFORCE_2020": Scheme(
        {"zh": "分类分级监督执法", "en": "Enforcement class"}, "职业卫生分类分级监督执法工作指南（试行）", _letters("bing", "yi", "jia")
    ),
}


def class_label(scheme: str, risk_class: str) -> dict[str, str]:
    """The class with its scheme: a letter alone means opposite things. Codes that are not known stay as they are."""
    found = SCHEMES.get(scheme)
    known = found.classes.get(risk_class) if found else None
    if found is None or known is None:
        return {"zh": f"{scheme}：{risk_class}", "en": f"{scheme}: {risk_class}"}
    return {"zh": f"{found.name['zh']}：{known['zh']}", "en": f"{found.name['en']}: {known['en']}"}


def level_of(scheme: str, rank: int) -> int:
    """LOW, MIDDLE or HIGH: the ends of every scheme are its lowest and highest, whatever lies between is the middle."""
    if rank >= len(SCHEMES[scheme].classes):
        return HIGH
    return LOW if rank <= 1 else MIDDLE


@dataclass(frozen=True, slots=True)
class Grade:
    """A class of RISK_GRADE. ``is_inferred``: the cell was cut in the text we have, and completed by symmetry."""

    risk_class: str
    is_inferred: bool = False


# (severe, complies) -> grades for at most 9, 10 to 49 and at least 50 exposed workers.
_MATRIX: Mapping[tuple[bool, bool], tuple[Grade, Grade, Grade]] = {
    (False, True): (Grade("I"), Grade("I"), Grade("I")),
    (False, False): (Grade("II"), Grade("II"), Grade("III")),
    (True, True): (Grade("II"), Grade("II"), Grade("III")),
    (True, False): (Grade("III"), Grade("III", True), Grade("III", True)),
}
_SMALL, _MANY = 9, 50


def risk_grade(*, is_severe: bool, complies: bool, exposed_workers: int) -> Grade:
    """The cell of the RISK_GRADE matrix. ``complies``: no exposure is over its limit. Raises ValueError for less than none."""
    if exposed_workers < 0:
        raise ValueError(exposed_workers)
    column = 0 if exposed_workers <= _SMALL else 1 if exposed_workers < _MANY else 2
    return _MATRIX[(is_severe, complies)][column]
