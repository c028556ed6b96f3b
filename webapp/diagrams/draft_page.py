"""Everything the page of a draft shows."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.accounts.models import User
from webapp.diagrams import checks, queries, services
from webapp.diagrams.contents import Names, names_by_kind, names_of
from webapp.diagrams.models import Draft
from webapp.processes import editions
from webapp.processes.models import Edition


@dataclass(frozen=True, slots=True)
class DraftPage:
    """``names``: by id of the draft's files; ``available``: active files that are not in the draft, by kind."""

    active: Edition
    problems: list[dict[str, str | None]]
    is_checked: bool  # as it stands now
    in_conflict: list[str]  # names of files that the active edition changed too
    names: dict[int, Names]
    available: dict[str, list[Names]]
    may_publish: bool
    running: int


def draft_page(draft: Draft, user: User) -> DraftPage:
    """Raises NoEdition."""
    active = editions.active_edition()
    return DraftPage(
        active=active,
        problems=checks.shown(draft.problems),
        is_checked=draft.checked_digest == services.digest_of(draft),
        in_conflict=queries.changed_in_both(draft, active),
        names={file.id: names_of(queries.as_artifact(file)) for file in draft.files},
        available=names_by_kind(queries.not_in_draft(draft, editions.artifacts_of(active))),
        may_publish=draft.may_be_published_by(user.id),
        running=sum(queries.running_per_edition().values()),
    )
