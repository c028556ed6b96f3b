"""Legal numbers as papers write them, from the dated rules: never from code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from webapp.rules.models import Violation
from webapp.rules.queries import UnknownViolation, amount, time_limit, violation

_DIGITS, _PLACES = "零一二三四五六七八九", ("", "十", "百", "千")
_LARGEST = 9999
_UNITS = {"CD": "日", "WD": "个工作日", "MON": "个月", "H": "小时"}
_ARTICLE = re.compile(r"(\d+)(?:-(\d+))?(?:\((\d+)\))?")
_LAWS = {"ODL": "《中华人民共和国职业病防治法》", "TOX": "《使用有毒物品作业场所劳动保护条例》"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules in force on a day in a jurisdiction. Methods raise UnknownTimeLimit, UnknownAmount for a code that is not in force."""

    on: date
    jurisdiction_id: int

    def period(self, code: str) -> str:
        """十五日, 七个工作日, 六个月."""
        limit = time_limit(code, on=self.on, jurisdiction_id=self.jurisdiction_id)
        return in_chinese(limit.value) + _UNITS[limit.unit]

    def percent(self, code: str) -> str:
        return f"百分之{in_chinese(amount(code, on=self.on, jurisdiction_id=self.jurisdiction_id).value)}"

    def clause(self, code: str) -> str:
        """《中华人民共和国职业病防治法》第七十二条第一项, with what it is about; the code itself where the catalogue does not have it."""
        try:
            return clause_of(violation(code, on=self.on))
        except UnknownViolation:
            return code


def clause_of(row: Violation) -> str:
    return f"{_LAWS.get(row.law, row.law)}{article(row.article)}（{row.zh}）"


def article(text: str) -> str:
    """72(1) is 第七十二条第一项, 134-1 第一百三十四条之一; another form stays as it is."""
    found = _ARTICLE.fullmatch(text)
    if found is None:
        return text
    number, after, item = found.groups()
    said = f"第{in_chinese(int(number))}条" + (f"之{in_chinese(int(after))}" if after else "")
    return said + (f"第{in_chinese(int(item))}项" if item else "")


def in_chinese(number: int) -> str:
    """15 is 十五, 60 六十, 105 一百零五; beyond 9999 digits."""
    if not 0 < number <= _LARGEST:
        return str(number)
    digits, said, skipped = str(number), "", False
    for position, digit in enumerate(map(int, digits)):
        place = _PLACES[len(digits) - 1 - position]
        skipped = skipped or not digit
        if digit:
            said += ("零" if skipped and said else "") + _DIGITS[digit] + place
            skipped = False
    return said.removeprefix("一") if 10 <= number < 20 else said


def day_in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
