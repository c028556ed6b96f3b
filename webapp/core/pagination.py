"""Keyset pages: an opaque cursor instead of an offset."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from webapp.core.errors import DomainError

Item = TypeVar("Item")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadCursor(DomainError):
    """This page address is damaged. Go back to the first page of the list."""

    status = 400


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row seen: its place in the order and its id."""

    at: datetime
    id: int

    def encode(self) -> str:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(f"{micros}.{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None) -> Cursor | None:
        """Raises BadCursor for anything ``encode`` did not make."""
        if not text:
            return None
        try:
            micros, row_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(".")
            cursor = cls(_EPOCH + timedelta(microseconds=int(micros)), int(row_id))
        except (ValueError, OverflowError, binascii.Error, UnicodeError) as error:
            raise BadCursor from error
        if not 0 <= cursor.id < 2**63:
            raise BadCursor
        return cursor


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """``total`` counts at most TOTAL_CAP + 1 rows."""

    items: list[Item]
    next: str | None
    total: int | None = None

    @property
    def total_text(self) -> str:
        if self.total is None:
            return ""
        return f"{TOTAL_CAP}+" if self.total > TOTAL_CAP else str(self.total)


TOTAL_CAP = 999
