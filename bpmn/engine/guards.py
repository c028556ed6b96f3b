"""What expressions may do, measured before it is made: no value grows beyond these sizes, no structure nests deeper."""

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


class ScriptStopped(EngineError):
    """An expression was stopped: its value grew beyond what routing needs."""


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
    if isinstance(value, float) and not math.isfinite(value):
        raise ScriptStopped("a number is not finite")
    if isinstance(value, list | tuple | range):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key != "typename" for key in value):
            raise ScriptStopped("keys must be texts, and not `typename`")
        return {key: _plain(part) for key, part in value.items()}
    if value is None or isinstance(value, str | int | float):
        return value
    raise ScriptStopped(f"a {type(value).__name__} cannot be stored")


def add(left: Any, right: Any) -> Any:
    measured(left), measured(right)
    return measured(left + right)  # each side is small, so is what is made before it is measured


def multiply(left: Any, right: Any) -> Any:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str | list | tuple) and isinstance(other, int) and len(one) * max(other, 0) > MAX_ITEMS:
            raise ScriptStopped("a value is too large")
    return measured(measured(left) * measured(right))


def modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise ScriptStopped("% on a text is not allowed")
    return left % right


def text(*parts: Any) -> str:
    made = [_text_of(part) for part in parts]
    if sum(map(len, made)) > MAX_TEXT:
        raise ScriptStopped("a text is too long")
    return "".join(made)


def items(value: Any) -> Any:
    if not isinstance(value, list | tuple | set | dict | str | range) and type(value).__name__ not in _VIEWS:
        raise ScriptStopped(f"cannot go through a {type(value).__name__}")
    if len(value) > MAX_ITEMS:
        raise ScriptStopped("too many items")
    return value


def method(receiver: Any, name: str, *arguments: Any) -> Any:
    """Call a listed method of a text, list or dict."""
    if not isinstance(receiver, str | list | dict):
        raise ScriptStopped(f"a {type(receiver).__name__} has no .{name}()")
    for value in (receiver, *arguments):
        measured(value)
    if name == "join" and isinstance(receiver, str):
        return _joined(receiver, *arguments)
    return measured(_as_list(getattr(receiver, name)(*arguments)))


def _joined(separator: str, parts: Any) -> str:
    made = list(items(parts))
    if len(separator) * len(made) + sum(len(part) for part in made) > MAX_TEXT:
        raise ScriptStopped("a text is too long")
    return separator.join(made)


def _as_list(value: Any) -> Any:
    return [*value] if type(value).__name__ in _VIEWS else value


def _text_of(value: Any) -> str:
    measured(value)
    return str(value)


def _int_of(value: Any = 0) -> int:
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        raise ScriptStopped("a number is too long")
    return int(value)


def _range_of(*bounds: int) -> range:
    made = range(*bounds)
    if any(abs(bound) > 2**53 for bound in bounds) or len(made) > MAX_ITEMS:
        raise ScriptStopped("a range is too long")
    return made


def _sum_of(values: Any, start: float = 0) -> Any:
    if isinstance(start, bool) or not isinstance(start, int | float) or not all(isinstance(value, int | float) for value in items(values)):
        raise ScriptStopped("only numbers can be summed")
    return measured(sum(values, start))


def _over_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """A built-in over measured arguments, with a measured result."""

    def call(*arguments: Any) -> Any:
        for argument in arguments:
            measured(_as_list(argument))
        return measured(function(*arguments))

    return call


_VIEWS = frozenset({"dict_keys", "dict_values", "dict_items"})
_SPECIAL: Mapping[str, Callable[..., Any]] = {"int": _int_of, "range": _range_of, "str": text, "sum": _sum_of}
_ORDINARY = (abs, all, any, bool, dict, float, len, list, max, min, round, set, sorted)
GUARDS: dict[str, Any] = {
    "_add": add, "_sub": operator.sub, "_mul": multiply, "_div": operator.truediv, "_floordiv": operator.floordiv, "_mod": modulo,
    "_text": text, "_items": items, "_measured": measured, "_kept": kept, "_method": method,
    **{f"_call_{name}": function for name, function in _SPECIAL.items()},
    **{f"_call_{function.__name__}": _over_values(function) for function in _ORDINARY},
}  # fmt: skip
