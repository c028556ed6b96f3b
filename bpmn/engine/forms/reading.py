"""Form JSON becomes a Form, or every reason why not."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from bpmn.engine.forms.form import Form
from bpmn.engine.forms.model import REFERENCES, Condition, Field, Option, Texts
from bpmn.engine.forms.patterns import MAX_TEXT, PatternRefused, check_pattern
from bpmn.engine.forms.rules import RULES
from bpmn.engine.forms.validation import MAX_LENGTH, MAX_NUMBER
from bpmn.engine.ports import EngineError, Problem

MAX_BYTES = 256 * 1024
MAX_FIELDS = 200
MAX_OPTIONS = 500
MAX_ROUTED_TEXT = 200
LABEL, HELP = 200, 2000
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
FUNCTIONS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "float",
        "int",
        "len",
        "list",
        "max",
        "min",
        "range",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "true",
        "false",
    ]
)
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,59}")
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")
_EVERYWHERE = {"key", "type", "label", "help", "visible_if"}
_ANSWER = _EVERYWHERE | {"required", "routes", "maps_to"}
_PROPERTIES: dict[str, set[str]] = {
    "text": _ANSWER | {"min_length", "max_length", "pattern", "unit"},
    "textarea": _ANSWER | {"min_length", "max_length", "rows"},
    "integer": _ANSWER | {"min", "max", "unit"},
    "number": _ANSWER | {"min", "max", "unit"},
    "date": _ANSWER | {"min", "max", "default"},
    "datetime": _ANSWER | {"min", "max"},
    "choice": _ANSWER | {"options"},
    "choices": _ANSWER | {"options"},
    "select": _ANSWER | {"options"},
    "boolean": _ANSWER,
    "employer": _ANSWER,
    "reference": _ANSWER | {"of", "many"},
    "section": _EVERYWHERE,
    "note": _EVERYWHERE,
}
_ALL_PROPERTIES = frozenset().union(*_PROPERTIES.values())


class FormRefused(EngineError):
    """This form definition cannot be used; ``problems`` says why, in both languages."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.en for problem in problems))
        self.problems = problems


def compile_form(content: bytes) -> Form:
    """Raises FormRefused."""
    reader = _Reader()
    form = reader.read(content)
    if reader.problems or form is None:
        raise FormRefused(reader.problems)
    return form


class _Reader:
    """Reads one definition and notes everything that is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, content: bytes) -> Form | None:
        definition = self._parse(content)
        if definition is None:
            return None
        self._refuse_unknown(definition, "表单 form", {"key", "title", "intro", "fields"})
        key = self._key(definition.get("key"), None)
        title = self._texts(definition, "title", "表单 form", limit=LABEL, required=True)
        intro = self._texts(definition, "intro", "表单 form", limit=HELP)
        return Form(key, title or {}, intro, self._fields(definition), definition)

    def note(self, code: str, element: str | None = None, **params: object) -> None:
        self.problems.append(RULES[code].at(element, file=None, **params))

    def _parse(self, content: bytes) -> dict[str, Any] | None:
        if len(content) > MAX_BYTES:
            self.note("form-too-large", limit=MAX_BYTES // 1024)
            return None
        try:
            definition = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            self.note("form-not-json", line=error.lineno)
            return None
        if not isinstance(definition, dict):
            self.note("form-not-object", place="表单 form")
            return None
        return definition

    def _fields(self, definition: Mapping[str, Any]) -> tuple[Field, ...]:
        listed = definition.get("fields")
        if not isinstance(listed, list) or len(listed) > MAX_FIELDS:
            self.note("form-fields", limit=MAX_FIELDS)
            return ()
        read: dict[str, Field] = {}
        for number, given in enumerate(listed, start=1):
            line = self._field(given, number, read)
            if line is not None and line.key in read:
                self.note("form-key-twice", line.key, key=line.key)
            elif line is not None:
                read[line.key] = line
        return tuple(read.values())

    def _field(self, given: Any, number: int, earlier: Mapping[str, Field]) -> Field | None:
        place = f"第 {number} 项 field {number}"
        if not isinstance(given, dict):
            self.note("form-not-object", place=place)
            return None
        kind = given.get("type")
        if not isinstance(kind, str) or kind not in _PROPERTIES:
            self.note("form-type", place=place, type=kind, types=" ".join(_PROPERTIES))
            return None
        given = {"key": f"{kind}_{number}", **given} if kind in {"section", "note"} else given
        key = self._key(given.get("key"), place)
        self._refuse_unknown(given, f"“{key}”", _PROPERTIES[kind], kind)
        return _FieldReader(self, given, key=key, kind=kind).read(earlier)

    def _refuse_unknown(self, given: Mapping[str, Any], place: str, allowed: set[str], kind: str = "") -> None:
        for name in given.keys() - allowed:
            code = "form-misplaced-property" if kind and name in _ALL_PROPERTIES else "form-unknown-property"
            self.note(code, given.get("key") if kind else None, place=place, name=name, type=kind)

    def _key(self, key: Any, place: str | None) -> str:
        if not isinstance(key, str) or not KEY.fullmatch(key) or key == "typename":
            self.note("form-key", place, key=key)
        return str(key)

    def _texts(self, given: Mapping[str, Any], part: str, place: str, *, limit: int, required: bool = False) -> Texts | None:
        texts = given.get(part)
        if texts is None and not required:
            return None
        if not isinstance(texts, dict) or set(texts) != {"zh", "en"} or not all(_is_text(text, limit) for text in texts.values()):
            self.note("form-text", place=place, part=part, limit=limit)
            return {"zh": "", "en": ""}
        return texts


class _FieldReader:
    """Reads one field; problems go to the reader of the form."""

    def __init__(self, reader: _Reader, given: Mapping[str, Any], *, key: str, kind: str) -> None:
        self.reader, self.given, self.key, self.kind, self.place = reader, given, key, kind, f"“{key}”"

    def read(self, earlier: Mapping[str, Field]) -> Field:
        low, high = self._limits()
        shortest, longest = self._lengths()
        return Field(
            key=self.key, type=self.kind, label=self._texts("label", LABEL, required=True) or {}, help=self._texts("help", HELP),
            required=self._flag("required"), options=self._options(), routes=self._routes(longest), maps_to=self._maps_to(),
            visible_if=self._condition(earlier), min=low, max=high, min_length=shortest, max_length=longest,
            pattern=self._pattern(), rows=self._whole("rows", 1, 30), unit=self._texts("unit", 20), of=self._of(),
            many=self._flag("many"), default=self._default(),
        )  # fmt: skip

    def note(self, code: str, **params: object) -> None:
        self.reader.note(code, self.key, place=self.place, **params)

    def _texts(self, part: str, limit: int, *, required: bool = False) -> Texts | None:
        return self.reader._texts(self.given, part, self.place, limit=limit, required=required)

    def _flag(self, name: str) -> bool:
        flag = self.given.get(name, False)
        if not isinstance(flag, bool):
            self.note("form-flag", name=name)
        return flag is True

    def _of(self) -> str | None:
        if self.kind != "reference":
            return None
        source = self.given.get("of")
        if source not in REFERENCES:
            self.note("form-reference", sources=", ".join(REFERENCES))
        return str(source)

    def _options(self) -> tuple[Option, ...]:
        if "options" not in _PROPERTIES[self.kind]:
            return ()
        listed = self.given.get("options")
        if not isinstance(listed, list) or not 0 < len(listed) <= MAX_OPTIONS or not all(_is_option(one) for one in listed):
            self.note("form-options", limit=MAX_OPTIONS)
            return ()
        seen: set[str] = set()
        for value in (one["value"] for one in listed):
            if not isinstance(value, str) or not _VALUE.fullmatch(value) or value in seen:
                self.note("form-option-value", value=value)
            seen.add(str(value))
        return tuple(Option(str(one["value"]), one["label"], tuple(one.get("not_with", ()))) for one in listed)

    def _routes(self, longest: int | None) -> str | None:
        name = self.given.get("routes")
        if name is None:
            return None
        if not isinstance(name, str) or not is_variable(name):
            self.note("form-routes", name=name)
        elif self.kind == "textarea" or (self.kind == "text" and (longest or MAX_LENGTH) > MAX_ROUTED_TEXT):
            self.note("form-routes-text")
        return str(name)

    def _maps_to(self) -> str | None:
        name = self.given.get("maps_to")
        if name is not None and not (isinstance(name, str) and _COLUMN.fullmatch(name)):
            self.note("form-maps-to", name=name)
        return None if name is None else str(name)

    def _condition(self, earlier: Mapping[str, Field]) -> Condition | None:
        condition = self.given.get("visible_if")
        if condition is None:
            return None
        source = condition.get("field") if isinstance(condition, dict) and set(condition) == {"field", "in"} else None
        asked = earlier.get(source) if isinstance(source, str) else None
        wanted = _wanted(condition.get("in")) if isinstance(condition, dict) else ()
        possible = _possible(asked) if asked else set()
        if asked is None or not wanted or not set(wanted) <= possible:
            self.note("form-condition")
            return None
        return Condition(asked.key, wanted)

    def _default(self) -> str | None:
        default = self.given.get("default")
        if default not in (None, "today"):
            self.note("form-default")
        return default if self.kind == "date" and default == "today" else None

    def _limits(self) -> tuple[Any, Any]:
        if "min" not in _PROPERTIES[self.kind]:
            return None, None
        low, high = self._limit("min"), self._limit("max")
        if low is not None and high is not None and "today" not in (low, high) and low > high:
            self._note_limit("min")
        return low, high

    def _limit(self, name: str) -> Any:
        value = self.given.get(name)
        if value is None:
            return None
        found = _day(value) if self.kind in {"date", "datetime"} else _number(value, whole=self.kind == "integer")
        if found is None:
            self._note_limit(name)
        return found

    def _lengths(self) -> tuple[int | None, int | None]:
        if self.kind not in {"text", "textarea"}:
            return None, None
        cap = MAX_TEXT if "pattern" in self.given else MAX_LENGTH
        shortest, longest = self._whole("min_length", 1, cap), self._whole("max_length", 1, cap) or cap
        if shortest is not None and shortest > longest:
            self._note_limit("min_length")
        return shortest, longest

    def _whole(self, name: str, least: int, most: int) -> int | None:
        value = self.given.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
            return value
        self._note_limit(name)
        return None

    def _note_limit(self, name: str) -> None:
        is_day = self.kind in {"date", "datetime"}
        self.note("form-limit", name=name, kind="日期" if is_day else "数值", kind_en="day" if is_day else "number")

    def _pattern(self) -> str | None:
        pattern = self.given.get("pattern")
        if pattern is None:
            return None
        try:
            check_pattern(pattern if isinstance(pattern, str) else "(")
        except PatternRefused as refused:
            self.note("form-pattern", reason=refused.args[0], reason_en=refused.args[1])
        return str(pattern)


def is_variable(name: str) -> bool:
    """Whether an engine variable may have this name."""
    return bool(KEY.fullmatch(name)) and name != "typename" and name not in FUNCTIONS and not keyword.iskeyword(name)


def _is_text(text: Any, limit: int) -> bool:
    return isinstance(text, str) and text.strip() != "" and len(text) <= limit


def _is_option(option: Any) -> bool:
    if not isinstance(option, dict) or set(option) - {"not_with"} != {"value", "label"} or not isinstance(option["label"], dict):
        return False
    against = option.get("not_with", [])
    if not isinstance(against, list) or not all(isinstance(value, str) for value in against):
        return False
    return set(option["label"]) == {"zh", "en"} and all(_is_text(text, LABEL) for text in option["label"].values())


def _wanted(listed: Any) -> tuple[str, ...]:
    if not isinstance(listed, list):
        return ()
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in listed)


def _possible(asked: Field) -> set[str]:
    return {"true", "false"} if asked.type == "boolean" else {option.value for option in asked.options}


def _day(value: Any) -> date | str | None:
    if value == "today":
        return "today"
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _number(value: Any, *, whole: bool) -> int | Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_NUMBER:
        return None
    if whole or isinstance(value, int):
        return int(value) if value == int(value) else None
    return Decimal(repr(value))
