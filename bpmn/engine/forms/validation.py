"""The marshmallow schema of a form: raw values in, JSON primitives out, sentences for what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields
from marshmallow.experimental.context import Context

from bpmn.engine.forms.model import EMPTY, Field, Lookups, Option, day_of
from bpmn.engine.forms.sentences import sentence
from bpmn.engine.language import language

LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
MAX_WHOLE = 2**53 - 1  # what JSON and JavaScript carry exactly
MAX_NUMBER = 10**15
MAX_DIGITS = 15  # what a float carries exactly
MAX_SAID_UNKNOWN = 20
MAX_LENGTH = 5000
MAX_REFERENCES = 50
MAX_REFERENCE = 60
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
_DAY = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?")
# Control characters, surrogates, non-characters, and marks that reverse the reading order: they break PDF, XML or the reader.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check must know besides the value."""

    today: date
    lookups: Lookups


class Checker:
    """The fields of one form in one language, ready to check many submissions."""

    def __init__(self, answerable: Sequence[Field], locale: str) -> None:
        self._fields = {line.key: line for line in answerable}
        self._locale = locale
        declared: dict[str, Any] = {line.key: _ANSWERS[line.type](line, locale) for line in answerable}
        self.schema = Schema.from_dict(declared, name="form")()

    def load(self, values: Mapping[str, Any], *, today: date, lookups: Lookups) -> dict[str, Any]:
        """See ``Form.validate``."""
        if not isinstance(values, Mapping):
            raise ValidationError({"_schema": [sentence("not-values", self._locale)]})
        unknown, visible = self._unknown(values), self._visible(values)
        given = {key: values[key] for key in visible if not _is_blank(values.get(key))}
        try:
            with Context(Asked(today, lookups)):
                loaded = self.schema.load(given, partial=tuple(self._fields.keys() - visible))
        except ValidationError as error:
            raise ValidationError({**_by_field(error), **unknown}, valid_data=error.valid_data) from error
        if unknown:
            raise ValidationError(unknown)
        contradictions = self._contradictions(loaded)
        if contradictions:
            raise ValidationError(contradictions, valid_data=loaded)
        unticked = {key: False for key in visible if self._fields[key].type == "boolean"}
        found = unticked | loaded
        return {key: found[key] for key in self._fields if key in found}

    def look(self, values: Mapping[str, Any], *, today: date, lookups: Lookups) -> tuple[dict[str, Any], dict[str, Any]]:
        """See ``Form.look``."""
        try:
            return self.load(values, today=today, lookups=lookups), {}
        except ValidationError as error:
            accepted = error.valid_data if isinstance(error.valid_data, dict) else {}
            return dict(accepted), _by_field(error)

    def _unknown(self, values: Mapping[str, Any]) -> dict[str, list[str]]:
        strange = [key for key in values if key not in self._fields]
        shown = [clean_text(str(key)[:40]) for key in strange[:MAX_SAID_UNKNOWN]]
        return {key: [sentence("unknown-field", self._locale, key=key)] for key in shown}

    def _visible(self, values: Mapping[str, Any]) -> set[str]:
        """Keys of the fields that show; conditions name earlier fields only, so one pass is enough."""
        visible: set[str] = set()
        for key, line in self._fields.items():
            asked = line.visible_if
            if asked is None or (asked.field in visible and _words(self._fields[asked.field], values) & set(asked.values)):
                visible.add(key)
        return visible

    def _contradictions(self, loaded: Mapping[str, Any]) -> dict[str, list[str]]:
        """Each answer that another one rules out; the first reason is enough."""
        found: dict[str, list[str]] = {}
        for key, line in self._fields.items():
            chosen = (option for option in line.options if option.not_with and option.value in _words(line, loaded))
            for option in chosen:
                against = next((other for other in self._fields.values() if other is not line and self._has(other, option, loaded)), None)
                if against is not None:
                    found[key] = [self._contradiction(line, option, against, loaded)]
        return found

    def _has(self, other: Field, option: Option, loaded: Mapping[str, Any]) -> bool:
        return bool(other.options) and bool(_words(other, loaded) & set(option.not_with))

    def _contradiction(self, line: Field, option: Option, against: Field, loaded: Mapping[str, Any]) -> str:
        tag = language(self._locale)
        answer = against.text_of(loaded[against.key], self._locale)
        said = {"label": line.label[tag], "option": option.label[tag], "other": against.label[tag], "answer": answer}
        return sentence("contradicts", self._locale, **said)


def clean_text(text: str) -> str:
    """Line ends as ``\\n``, without characters nobody can read. Nothing else is changed."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class _Answer(fields.Field[Any]):
    """One answer; ``check`` returns the stored value."""

    missing = "required"

    def __init__(self, line: Field, locale: str) -> None:
        self.line, self.locale = line, locale
        empty = sentence(self.missing, locale, label=line.label[locale])
        super().__init__(required=line.required, error_messages={"required": empty, "null": empty})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.check(value)

    def check(self, value: Any) -> Any:
        raise NotImplementedError

    def refuse(self, code: str, **params: object) -> ValidationError:
        return ValidationError(sentence(code, self.locale, label=self.line.label[self.locale], **params))


class _Text(_Answer):
    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.refuse("not-text")
        text = clean_text(value).strip()
        if self.line.type == "text":
            text = " ".join(text.splitlines())
        if not text and self.line.required:
            raise self.refuse(self.missing)
        self._check_length(len(text))
        self._check_pattern(text)
        return text

    def _check_length(self, length: int) -> None:
        limit = self.line.max_length or MAX_LENGTH
        if length > limit:
            raise self.refuse("too-long", limit=limit, excess=length - limit)
        if self.line.min_length and length < self.line.min_length:
            raise self.refuse("too-short", limit=self.line.min_length, length=length)

    def _check_pattern(self, text: str) -> None:
        if self.line.pattern and not re.fullmatch(self.line.pattern, text):
            hint = self.line.help
            raise self.refuse("pattern-help", help=hint[self.locale]) if hint else self.refuse("pattern")


class _Whole(_Answer):
    def check(self, value: Any) -> int:
        whole = self._read(value)
        _check_range(self, whole, least=-MAX_WHOLE, most=MAX_WHOLE)
        return whole

    def _read(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        text = _plain(value)
        if not _WHOLE.fullmatch(text):
            raise self.refuse("not-whole")
        return int(text)


class _Number(_Answer):
    def check(self, value: Any) -> int | float:
        number = self._read(value)
        _check_range(self, number, least=-MAX_NUMBER, most=MAX_NUMBER)
        if len(number.normalize().as_tuple().digits) > MAX_DIGITS:
            raise self.refuse("too-precise")
        return int(number) if number == number.to_integral_value() else float(number)

    def _read(self, value: Any) -> Decimal:
        if isinstance(value, int) and not isinstance(value, bool):  # clamped: turning a giant into text may fail
            return Decimal(max(-MAX_NUMBER - 1, min(MAX_NUMBER + 1, value)))
        if isinstance(value, float) and isfinite(value):
            return Decimal(repr(value))
        text = _plain(value)
        if not _NUMBER.fullmatch(text):
            raise self.refuse("not-number")
        return Decimal(text)


class _Day(_Answer):
    def check(self, value: Any) -> str:
        text = _plain(value)
        try:
            found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None:
            raise self.refuse("not-date")
        _check_days(self, found)
        return found.isoformat()


class _Moment(_Answer):
    def check(self, value: Any) -> str:
        text = _plain(value)
        try:
            found = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None:
            raise self.refuse("not-moment")
        # A browser sends the time on the clock of the office, without an offset.
        found = found.replace(tzinfo=LEGAL_ZONE) if found.tzinfo is None else found.astimezone(LEGAL_ZONE)
        _check_days(self, found.date())
        return found.isoformat(timespec="seconds")


class _Choice(_Answer):
    missing = "choose"

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in _values(self.line):
            raise self.refuse("not-an-option")
        return value


class _Choices(_Answer):
    missing = "choose-some"

    def check(self, value: Any) -> list[str]:
        given = value if isinstance(value, list | tuple) else [value]
        wanted = _values(self.line)
        if len(given) > len(wanted) or not all(isinstance(one, str) and one in wanted for one in given) or len(set(given)) < len(given):
            raise self.refuse("not-options")
        return [one for one in wanted if one in given]


class _YesNo(_Answer):
    missing = "tick"

    def check(self, value: Any) -> bool:
        answer = _yes_no(value)
        if answer is None:
            raise self.refuse("not-yes-no")
        if self.line.required and not answer:
            raise self.refuse(self.missing)
        return answer


class _Employer(_Whole):
    missing = "choose"

    def check(self, value: Any) -> int:
        employer_id = self._read(value)
        if not 0 < employer_id < 2**31 or not Context[Asked].get().lookups.employer_exists(employer_id):
            raise self.refuse("no-employer")
        return employer_id


class _Reference(_Answer):
    missing = "choose"

    def check(self, value: Any) -> str | list[str]:
        given = value if isinstance(value, list | tuple) else [value]
        if len(given) > MAX_REFERENCES or not all(isinstance(one, str) and len(one) <= MAX_REFERENCE for one in given):
            raise self.refuse("not-options")
        if len(set(given)) < len(given):
            raise self.refuse("chosen-twice")
        if not self.line.many and len(given) != 1:
            raise self.refuse("not-an-option")
        for one in given:
            self._check_source(one)
        return list(given) if self.line.many else str(given[0])

    def _check_source(self, value: str) -> None:
        refusal = Context[Asked].get().lookups.refusal(str(self.line.of), value)
        if refusal is not None:
            raise self.refuse("refused", reason=refusal[self.locale])


_ANSWERS: dict[str, type[_Answer]] = {
    "text": _Text, "textarea": _Text, "integer": _Whole, "number": _Number, "date": _Day, "datetime": _Moment, "choice": _Choice,
    "select": _Choice, "choices": _Choices, "boolean": _YesNo, "employer": _Employer, "reference": _Reference,
}  # fmt: skip


def _words(line: Field, values: Mapping[str, Any]) -> set[str]:
    value = values.get(line.key)
    if line.type == "boolean":
        return {str(bool(_yes_no(value))).lower()}
    return {one for one in (value if isinstance(value, list | tuple) else [value]) if isinstance(one, str)}


def _is_blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | tuple) and not any(one not in EMPTY for one in value))


def _yes_no(value: Any) -> bool | None:
    if isinstance(value, bool) or value is None:
        return value
    return {"true": True, "on": True, "1": True, "yes": True, "false": False, "off": False, "0": False, "no": False}.get(
        value.strip().lower() if isinstance(value, str) else ""
    )


def _plain(value: Any) -> str:
    """Typed text with full-width digits and signs made ordinary; "" for what is no text or far too long."""
    return unicodedata.normalize("NFKC", value.strip()) if isinstance(value, str) and len(value) < 100 else ""


def _values(line: Field) -> list[str]:
    return [option.value for option in line.options]


def _check_range(answer: _Answer, number: int | Decimal, *, least: int, most: int) -> None:
    low = least if answer.line.min is None else answer.line.min
    high = most if answer.line.max is None else answer.line.max
    if number < low:
        raise answer.refuse("at-least", limit=low)
    if number > high:
        raise answer.refuse("at-most", limit=high)


def _check_days(answer: _Answer, found: date) -> None:
    today = Context[Asked].get().today
    low, high = answer.line.min, answer.line.max
    if low is not None and found < day_of(low, today):
        raise answer.refuse("not-before", limit=day_of(low, today).isoformat())
    if high is not None and found > day_of(high, today):
        raise answer.refuse("not-after", limit=day_of(high, today).isoformat())


def _by_field(error: ValidationError) -> dict[str, Any]:
    return error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
