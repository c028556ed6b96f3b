"""What the tests of drafts do again and again."""

from __future__ import annotations

from typing import Any

from tests.webapp.pages import Browser, hidden_values, outside
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.diagrams import checks, services
from webapp.diagrams.models import Draft
from webapp.processes import editions
from webapp.processes.models import ArtifactFile, Edition


def active_content(kind: str, key: str) -> str:
    edition = editions.active_edition()
    digest = next(digest for known, name, digest in edition.manifest if (known, name) == (kind, key))
    return db.session.get_one(ArtifactFile, digest).content.decode()


def replaced(kind: str, key: str, *changes: tuple[str, str]) -> bytes:
    content = active_content(kind, key)
    for old, new in changes:
        assert old in content, old
        content = content.replace(old, new)
    return content.encode()


def drafted(actor: Any, *files: tuple[str, str, bytes], title: str = "改动") -> Draft:
    """A checked draft with these files."""
    with transaction():
        draft = services.open_draft(title, actor=actor, at=clock.now())
        for kind, key, content in files:
            services.put(draft, services.artifact(kind, key, content), actor=actor, at=clock.now())
    checked(draft)
    return draft


def checked(draft: Draft) -> None:
    found = checks.check(draft)
    with transaction():
        services.store_check(draft, found.problems, digest=found.digest)


def submitted(actor: Any, *files: tuple[str, str, bytes], title: str = "改动") -> Draft:
    draft = drafted(actor, *files, title=title)
    with transaction():
        services.submit(draft, actor=actor, at=clock.now())
    return draft


def published(draft: Draft, actor: Any) -> Edition:
    with transaction():
        edition = services.publish(draft, note="", actor=actor, at=clock.now())
        editions.activate(edition, actor_id=actor.id, at=clock.now())
    return edition


class Editor:
    """The script of the diagram editor, as far as the server sees it."""

    def __init__(self, browser: Browser, draft_id: int, key: str) -> None:
        self.browser, self.place = browser, f"/diagrams/drafts/{draft_id}/files/bpmn/{key}"
        page = browser.get(f"/diagrams/drafts/{draft_id}").text
        self.token = hidden_values(page, f"/diagrams/drafts/{draft_id}/discard")["csrf_token"]

    def save(self, content: bytes, *, version: int | str) -> Any:
        headers = {"If-Match": f'"{version}"'} if version != "" else {}
        return self._send(self.browser.client.put, f"{self.place}/content", content, headers)

    def check(self, content: bytes) -> Any:
        return self._send(self.browser.client.post, f"{self.place}/check", content, {})

    def _send(self, method: Any, path: str, content: bytes, headers: dict[str, str]) -> Any:
        sent = {"X-CSRFToken": self.token, "Accept-Language": self.browser.language, "Accept": "application/json", **headers}
        return outside(method, path, data=content, headers=sent, content_type="application/xml")
