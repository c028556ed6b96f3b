"""The page of a list: what the address says, what is shown, and the addresses that lead on from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from webapp.accounts.models import User
from webapp.core.errors import NotFound
from webapp.inbox import kept, queries
from webapp.inbox.counts import Counts, counts
from webapp.inbox.filters import Filters
from webapp.inbox.kept import Shape
from webapp.inbox.models import SavedFilter
from webapp.inbox.options import Option, options, settled, text_option, towns_by_id
from webapp.inbox.queries import SORTS, Listed, Sort, View
from webapp.inbox.walks import Total
from webapp.processes.people import names_of

CHIPS_FIRST = ("stage", "town", "risk", "due")  # the filters that show at once; the others are folded away


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    view: View
    filters: Filters
    sort: Sort
    after: str | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str], user: User) -> Wanted:
        """Raises NotFound for a view this person does not have, BadFilter."""
        view = args.get("view", "mine")
        if view not in queries.views_of(user):
            raise NotFound
        sort = args.get("sort", SORTS[0])
        return cls(view, Filters.parse(args), sort if sort in SORTS else SORTS[0], args.get("after"))

    @property
    def query(self) -> str:
        """The address of the first page, the same for the same list."""
        sort = {"sort": self.sort} if self.sort != SORTS[0] else {}
        return urlencode({"view": self.view, **self.filters.values, **sort})

    def url(self, path: str = "/", *, without: Sequence[str] = (), **changes: str) -> str:
        said = dict(parse_qsl(self.query)) | changes
        return f"{path}?{urlencode({name: value for name, value in said.items() if name not in without and value})}"

    def url_of(self, saved: SavedFilter) -> str:
        return f"/?{saved.query}"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and where the list is without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class ListPage:
    wanted: Wanted
    listed: Listed
    total: Total
    counts: Counts
    options: Sequence[Option]
    chips: Sequence[Chip]
    shape: Shape
    saved: Sequence[SavedFilter]
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def plain_options(self) -> list[Option]:
        return [one for one in self.options if one.name in CHIPS_FIRST]

    @property
    def more_options(self) -> list[Option]:
        return [one for one in self.options if one.name not in CHIPS_FIRST]

    @property
    def current(self) -> SavedFilter | None:
        """The saved filter that this list is."""
        return next((one for one in self.saved if one.query == self.wanted.query), None)

    @property
    def town_names(self) -> dict[str, str]:
        return towns_by_id(self.options)


def list_page(user: User, wanted: Wanted, *, now: datetime) -> ListPage:
    """Raises Forbidden, BadCursor."""
    offered = options(user, view=wanted.view, filters=wanted.filters)
    wanted = Wanted(wanted.view, settled(wanted.filters, offered), wanted.sort, wanted.after)
    (shape, saved), head = kept.kept_by(user), counts(user, now=now)
    total = _total(user, wanted, head, now=now)
    listed = queries.rows(user, limit=shape.size, after=wanted.after, now=now, **_what(wanted))
    return ListPage(
        wanted, listed, total, head, offered, _chips(wanted, offered), shape, saved, _names(wanted.view, listed, offered),
    )  # fmt: skip


def _what(wanted: Wanted) -> dict[str, Any]:
    return {"view": wanted.view, "filters": wanted.filters, "sort": wanted.sort}


def _total(user: User, wanted: Wanted, head: Counts, *, now: datetime) -> Total:
    if wanted.filters.is_empty:
        return Total(head.views[wanted.view], True)
    return queries.total(user, view=wanted.view, filters=wanted.filters, now=now)


def _chips(wanted: Wanted, offered: Sequence[Option]) -> list[Chip]:
    by_name = {one.name: one for one in [*offered, text_option(wanted.filters)]}
    shown = [by_name[name] for name in wanted.filters.values]
    return [
        Chip(one.label, one.chosen_label, wanted.url(without=(one.name, "grid") if one.name == "town" else (one.name,))) for one in shown
    ]


def _names(view: View, listed: Listed, offered: Sequence[Option]) -> Mapping[int, str]:
    """Holders, whom the filter for holders has named already, mostly."""
    if view not in ("all", "watched"):
        return {}
    known = {int(value): label for one in offered if one.name == "assignee" for value, label in one.choices if value.isdigit()}
    return known | names_of(task.assignee_id for task in listed.tasks if task.assignee_id not in known)
