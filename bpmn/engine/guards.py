"""What expressions may do, measured before it is kept: no value grows beyond these sizes, no step computes beyond its budget."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bpmn.engine.ports import EngineError

MAX_TEXT = 20_000
MAX_ITEMS = 10_000  # parts of a value, counted again wherever they are shared
MAX_DEPTH = 8
MAX_BITS = 256
MAX_DIGITS = 60
MAX_STRIPPED = 100  # characters to strip: their number multiplies with the text's
MAX_WORK = 200_000  # parts touched by all expressions of one engine step: some 0.1 s
TEXT_PER_PART = 64


class ScriptStopped(EngineError):
    """An expression was stopped: it failed, or its value or its work grew beyond what routing needs."""


class Work:
    """What the expressions of one engine step may still compute; deterministic, so that a step fails everywhere or nowhere."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_WORK) -> None:
        self.left = left

    def spend(self, parts: int) -> None:
        """Raises ScriptStopped."""
        self.left -= parts
        if self.left < 0:
            raise ScriptStopped("the expressions of this step are too much work")

    def measured(self, value: Any) -> Any:
        """``value`` itself, if it is small; looking at it is work. Raises ScriptStopped."""
        left = [MAX_ITEMS, MAX_TEXT]
        try:
            _measure(value, MAX_DEPTH, left)
        finally:
            self.spend(MAX_ITEMS - left[0] + (MAX_TEXT - left[1]) // TEXT_PER_PART)
        return value


def measured(value: Any) -> Any:
    """``value`` itself, if it is small. Raises ScriptStopped."""
    _measure(value, MAX_DEPTH, [MAX_ITEMS, MAX_TEXT])
    return value


def kept(value: Any) -> Any:
    """A value fit to be stored: JSON primitives, lists and dicts. Raises ScriptStopped."""
    measured(value)
    return _plain(value)


def _measure(value: Any, depth: int, left: list[int]) -> None:
    left[0] -= 1
    if isinstance(value, str):
        left[1] -= len(value)
    elif isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ScriptStopped("a number is too large")
    elif isinstance(value, dict | list | tuple | set | frozenset | range):
        if depth == 0 or len(value) > left[0]:
            raise ScriptStopped("a value is too large or nested too deeply")
        parts: Iterable[Any] = (part for pair in value.items() for part in pair) if isinstance(value, dict) else value
        for part in parts:
            _measure(part, depth - 1, left)
    if left[0] < 0 or left[1] < 0:
        raise ScriptStopped("a value is too large")


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | range):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key != "typename" for key in value):
            raise ScriptStopped("keys must be texts, and not `typename`")
        return {_plain_text(key): _plain(part) for key, part in value.items()}
    if isinstance(value, str):
        return _plain_text(value)
    if value is None or isinstance(value, int | float):
        return _plain_number(value)
    raise ScriptStopped(f"a {type(value).__name__} cannot be stored")


def _plain_text(value: str) -> str:
    if "\0" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise ScriptStopped("a text holds what is no character")
    return value


def _plain_number(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise ScriptStopped("a number is not finite")
    if isinstance(value, int) and not -(2**63) <= value < 2**64:  # what the state's JSON can hold
        raise ScriptStopped("a number is too large to be stored")
    return value


def add(work: Work, left: Any, right: Any) -> Any:
    work.measured(left), work.measured(right)
    return work.measured(left + right)  # each side is small, so is what is made before it is measured


def subtract(work: Work, left: Any, right: Any) -> Any:
    return work.measured(work.measured(left) - work.measured(right))


def multiply(work: Work, left: Any, right: Any) -> Any:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str | list | tuple) and isinstance(other, int) and len(one) * max(other, 0) > MAX_ITEMS:
            raise ScriptStopped("a value is too large")
    return work.measured(work.measured(left) * work.measured(right))


def modulo(work: Work, left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise ScriptStopped("% on a text is not allowed")
    return work.measured(left) % right


def text(work: Work, *parts: Any) -> str:
    made = [str(work.measured(part)) for part in parts]
    if sum(map(len, made)) > MAX_TEXT:
        raise ScriptStopped("a text is too long")
    return str(work.measured("".join(made)))


def turns(work: Work, value: Any, parts: int) -> Any:
    """What a comprehension goes through; ``parts``: size of its body, paid for every turn in advance."""
    items(value)
    work.spend(len(value) * parts)
    return value


def items(value: Any) -> Any:
    if not isinstance(value, list | tuple | set | dict | str | range) and type(value).__name__ not in _VIEWS:
        raise ScriptStopped(f"cannot go through a {type(value).__name__}")
    if len(value) > MAX_ITEMS:
        raise ScriptStopped("too many items")
    return value


def method(work: Work, receiver: Any, name: str, *arguments: Any) -> Any:
    """Call a listed method of a text, list or dict."""
    if not isinstance(receiver, str | list | dict):
        raise ScriptStopped(f"a {type(receiver).__name__} has no .{name}()")
    for value in (receiver, *arguments):
        work.measured(value)
    if name == "join" and isinstance(receiver, str):
        return work.measured(_joined(receiver, *arguments))
    if name == "strip" and any(len(characters) > MAX_STRIPPED for characters in arguments):
        raise ScriptStopped("too many characters to strip")
    return work.measured(_as_list(getattr(receiver, name)(*arguments)))


def _joined(separator: str, parts: Any) -> str:
    made = list(items(parts))
    if len(separator) * len(made) + sum(len(part) for part in made) > MAX_TEXT:
        raise ScriptStopped("a text is too long")
    return separator.join(made)


def _as_list(value: Any) -> Any:
    return [*value] if type(value).__name__ in _VIEWS else value


def _int_of(work: Work, value: Any = 0) -> int:
    return int(work.measured(_short(value)))


def _float_of(work: Work, value: Any = 0) -> float:
    return float(work.measured(_short(value)))


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        raise ScriptStopped("a number is too long")
    return value


def _round_of(work: Work, value: Any, digits: int | None = None) -> Any:
    if digits is not None and abs(digits) > MAX_DIGITS:  # round(5, -10**9) computes 10**10**9
        raise ScriptStopped("too many digits to round to")
    return work.measured(round(work.measured(value), digits))


def _range_of(_work: Work, *bounds: int) -> range:
    made = range(*bounds)
    if any(abs(bound) > 2**53 for bound in bounds) or len(made) > MAX_ITEMS:
        raise ScriptStopped("a range is too long")
    return made


def _sum_of(work: Work, values: Any, start: float = 0) -> Any:
    work.measured(_as_list(values))
    if isinstance(start, bool) or not isinstance(start, int | float) or not all(isinstance(value, int | float) for value in items(values)):
        raise ScriptStopped("only numbers can be summed")
    return work.measured(sum(values, start))


def _over_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """A built-in over measured arguments, with a measured result."""

    def call(work: Work, *arguments: Any) -> Any:
        for argument in arguments:
            work.measured(_as_list(argument))
        return work.measured(function(*arguments))

    return call


_VIEWS = frozenset({"dict_keys", "dict_values", "dict_items"})
_SPECIAL: Mapping[str, Callable[..., Any]] = {
    "float": _float_of, "int": _int_of, "range": _range_of, "round": _round_of, "str": text, "sum": _sum_of,
}  # fmt: skip
_ORDINARY = (abs, all, any, bool, dict, len, list, max, min, set, sorted)
# Every guard takes the step's Work first.
GUARDS: dict[str, Any] = {
    "_add": add, "_sub": subtract, "_mul": multiply, "_div": _over_values(operator.truediv), "_floordiv": _over_values(operator.floordiv),
    "_mod": modulo, "_text": text, "_turns": turns, "_measured": Work.measured, "_kept": lambda work, value: kept(work.measured(value)),
    "_method": method,
    **{f"_call_{name}": function for name, function in _SPECIAL.items()},
    **{f"_call_{function.__name__}": _over_values(function) for function in _ORDINARY},
}  # fmt: skip
