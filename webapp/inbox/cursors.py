"""Where a page of the list ends."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from webapp.core.pagination import BadCursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row looked at: its sort, in the sort by risk its level, its instant in the order and its id."""

    sort: str
    level: int
    at: datetime
    id: int

    def encode(self) -> str:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(f"{self.sort}.{self.level}.{micros}.{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None, *, sort: str) -> Cursor | None:
        """Raises BadCursor for anything ``encode`` did not make, and for a page of another order."""
        if not text:
            return None
        try:
            said, level, micros, row_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(".")
            cursor = cls(said, int(level), _EPOCH + timedelta(microseconds=int(micros)), int(row_id))
        except (ValueError, OverflowError, binascii.Error, UnicodeError) as error:
            raise BadCursor from error
        if said != sort or not 0 <= cursor.id < 2**63 or cursor.level not in range(4):
            raise BadCursor
        return cursor
