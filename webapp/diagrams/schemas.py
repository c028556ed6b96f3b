"""What the forms of drafts post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from webapp.core.errors import Invalid
from webapp.diagrams.checks import KEY

_TITLE = lazy_gettext("Say in 2 to 120 letters what this draft is about.")
_KEY = lazy_gettext("Begin the key with a small letter; use only small letters, digits and underscores, 40 at most.")
_NAME = lazy_gettext("Give the Chinese name, 80 letters at most.")
_KIND = lazy_gettext("Choose what the new file is: a process, a decision or a form.")


class _Trimmed(Schema):
    class Meta:
        unknown = EXCLUDE

    @pre_load
    def trim(self, data: Mapping[str, Any], **_: object) -> dict[str, Any]:
        return {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}


class TitleSchema(_Trimmed):
    title = fields.String(required=True, validate=validate.Length(2, 120, error=_TITLE), error_messages={"required": _TITLE})


class BlankSchema(_Trimmed):
    """``name_en`` may be empty: then the Chinese name stands for both."""

    kind = fields.String(required=True, validate=validate.OneOf(("bpmn", "dmn", "form"), error=_KIND), error_messages={"required": _KIND})
    key = fields.String(required=True, validate=validate.Regexp(rf"{KEY.pattern}\Z", error=_KEY), error_messages={"required": _KEY})
    name_zh = fields.String(required=True, validate=validate.Length(1, 80, error=_NAME), error_messages={"required": _NAME})
    name_en = fields.String(load_default="", validate=validate.Length(max=120))


def accepted(schema: Schema, posted: Mapping[str, Any]) -> dict[str, Any]:
    """The values. Raises Invalid with the sentences of each field."""
    try:
        return dict(schema.load(dict(posted)))
    except ValidationError as error:
        raise Invalid({name: [str(one) for one in sentences] for name, sentences in _messages(error).items()}) from error


def _messages(error: ValidationError) -> dict[str, list[str]]:
    return error.messages if isinstance(error.messages, dict) else {"_schema": list(error.messages)}
