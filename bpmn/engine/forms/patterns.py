"""Regular expressions of forms: only those that cannot keep a worker busy."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterable
from typing import Any

# The standard library's own parser of regular expressions: a private name, the same in 3.11 to 3.13.
_parser: Any = importlib.import_module("re._parser")

MAX_PATTERN = 200
MAX_TEXT = 200  # longest text a pattern is tried on
MAX_WAYS = 100_000  # ways to match a text; what a backtracking matcher may have to try
_SIMPLE = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "RANGE", "CATEGORY", "NEGATE"}


class PatternRefused(ValueError):
    """``args``: the reason in Chinese and in English."""


def check_pattern(pattern: str) -> None:
    """Raises PatternRefused."""
    if len(pattern) > MAX_PATTERN:
        raise PatternRefused("太长", "too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
            parsed = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, MemoryError, Warning) as error:
        raise PatternRefused("写法有误", "it is not valid") from error
    if _ways(parsed) > MAX_WAYS:
        raise PatternRefused("重复太多，匹配会很慢", "so many repetitions are slow")


def _ways(parts: Iterable[Any]) -> int:
    """An upper bound of the ways in which a sequence can match, capped."""
    product = 1
    for operator, argument in parts:
        product = min(product * _ways_of(str(operator), argument), MAX_WAYS + 1)
    return product


def _ways_of(operator: str, argument: Any) -> int:
    if operator in _SIMPLE:
        return 1
    if operator == "SUBPATTERN":
        return _ways(argument[-1])
    if operator == "BRANCH":
        return sum(_ways(branch) for branch in argument[1])
    if operator in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, inner = argument
        most = min(int(most), MAX_TEXT)
        once = _ways(inner)
        return min((most - min(int(least), most) + 1) * (once**most if once > 1 else 1), MAX_WAYS + 1)
    raise PatternRefused("只能用字符、字符组、分组、选择和重复", "only characters, sets, groups, alternatives and repetition are allowed")
