"""What the rules refuse. Views turn a DomainError into a message and a status."""

from __future__ import annotations

import inspect
from typing import Any

from flask_babel import gettext


class DomainError(Exception):
    """The rules refuse this request."""

    status = 409

    def __init__(self, **params: Any) -> None:
        super().__init__(self.template() % params if params else self.template())
        self.params = params

    @classmethod
    def template(cls) -> str:
        """First paragraph of the docstring, on one line: the message in English and its catalogue key."""
        paragraph = inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0]
        return " ".join(paragraph.split())

    @property
    def message(self) -> str:
        """The message in the language of the request."""
        return str(gettext(self.template(), **self.params)) if self.params else str(gettext(self.template()))


class NotFound(DomainError):
    """There is no such page or record, or it is not yours to see. Check the address or start from your inbox."""

    status = 404


class Forbidden(DomainError):
    """Your role does not allow this. Ask the colleague responsible for it, or your administrator."""

    status = 403


class Invalid(DomainError):
    """Some values cannot be accepted. Correct the marked fields and send again."""

    status = 422

    def __init__(self, errors: dict[str, list[str]] | None = None, **params: Any) -> None:
        super().__init__(**params)
        self.errors = errors or {}
