"""Pages of drafts: files in and out, the check, the second person."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.accounts.web import writes_late
from webapp.core import clock
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission, policy
from webapp.diagrams import checks, differences, queries, services
from webapp.diagrams.downloads import attachment
from webapp.diagrams.draft_page import draft_page
from webapp.diagrams.editor_views import check_and_store
from webapp.diagrams.errors import NoFileChosen
from webapp.diagrams.models import Draft
from webapp.diagrams.schemas import BlankSchema, TitleSchema, accepted
from webapp.processes import editions

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")
MAX_UPLOADS = 20


@blueprint.post("")
@policy(Permission.ADMINISTER)
@writes_late
def create() -> Answer:
    """An empty draft; with ``kind`` and ``key``, one that begins with a copy of that file."""
    title = accepted(TitleSchema(), request.form)["title"]
    return post_once("draft", lambda: _create(title))


@blueprint.get("/<int:draft_id>")
@policy(Permission.ADMINISTER)
def show(draft_id: int) -> Answer:
    return _page(queries.find_draft(draft_id))


@blueprint.post("/<int:draft_id>/copies")
@policy(Permission.ADMINISTER)
@writes_late
def add_copy(draft_id: int) -> Answer:
    kind, _, key = request.form.get("file", "").partition(":")
    return _change(draft_id, lambda draft: _added(draft, services.add_copy(draft, kind, key, actor=current_user, at=clock.now()).kind, key))


@blueprint.post("/<int:draft_id>/blanks")
@policy(Permission.ADMINISTER)
@writes_late
def add_blank(draft_id: int) -> Answer:
    def add(draft: Draft) -> Done:
        said = accepted(BlankSchema(), request.form)
        services.add_blank(draft, **said, actor=current_user, at=clock.now())
        return _added(draft, said["kind"], said["key"])

    return _change(draft_id, add)


@blueprint.post("/<int:draft_id>/uploads")
@policy(Permission.ADMINISTER)
@writes_late
def upload(draft_id: int) -> Answer:
    return _change(draft_id, _upload)


@blueprint.post("/<int:draft_id>/files/<kind>/<key>/keep")
@policy(Permission.ADMINISTER)
@writes_late
def keep(draft_id: int, kind: str, key: str) -> Answer:
    def work(draft: Draft) -> Done:
        services.keep(draft, kind, key, actor=current_user, at=clock.now())
        return Done(_url(draft), gettext("Your version of %(file)s will replace the active one.", file=queries.file_name(kind, key)))

    return _change(draft_id, work)


@blueprint.post("/<int:draft_id>/files/<kind>/<key>/remove")
@policy(Permission.ADMINISTER)
@writes_late
def remove(draft_id: int, kind: str, key: str) -> Answer:
    def work(draft: Draft) -> Done:
        services.remove(draft, kind, key, actor=current_user, at=clock.now())
        return Done(_url(draft), gettext("%(file)s is no longer part of this draft.", file=queries.file_name(kind, key)))

    return _change(draft_id, work)


@blueprint.get("/<int:draft_id>/files/<kind>/<key>/download")
@policy(Permission.ADMINISTER)
def download(draft_id: int, kind: str, key: str) -> Response:
    file = queries.find_draft_file(queries.find_draft(draft_id), kind, key)
    return attachment(file.content, queries.file_name(kind, key))


@blueprint.get("/<int:draft_id>/files/<kind>/<key>/difference")
@policy(Permission.ADMINISTER)
def difference(draft_id: int, kind: str, key: str) -> str:
    draft = queries.find_draft(draft_id)
    edition = editions.active_edition() if draft.is_alive else draft.base
    file, before = queries.find_draft_file(draft, kind, key), queries.content_before(edition, kind, key)
    found = differences.difference(kind, key, before, file.content)
    back = {"back": _url(draft), "back_title": draft.title}
    return render_template("diagrams/difference.html", key=key, found=found, is_new=before is None, compared=edition, **back)


@blueprint.post("/<int:draft_id>/check")
@policy(Permission.ADMINISTER)
@writes_late
def check(draft_id: int) -> Answer:
    draft = queries.find_draft(draft_id)
    problems = check_and_store(draft)
    if not problems:
        flash(gettext("The check found no problems."), "success")
    return redirect(_url(draft, "problems" if problems else None), 303)


@blueprint.post("/<int:draft_id>/submit")
@policy(Permission.ADMINISTER)
@writes_late
def submit(draft_id: int) -> Answer:
    def work(draft: Draft) -> Done:
        services.submit(draft, actor=current_user, at=clock.now())
        return Done(_url(draft), gettext("The draft now waits for another administrator, who looks at the difference and publishes it."))

    check_and_store(queries.find_draft(draft_id))
    return _act(draft_id, work)


@blueprint.post("/<int:draft_id>/return")
@policy(Permission.ADMINISTER)
def send_back(draft_id: int) -> Answer:
    def work(draft: Draft) -> Done:
        services.send_back(draft, remark=request.form.get("remark", "").strip()[:400], actor=current_user, at=clock.now())
        return Done(_url(draft), gettext("The draft is open again and can be changed."))

    return _act(draft_id, work)


@blueprint.post("/<int:draft_id>/discard")
@policy(Permission.ADMINISTER)
def discard(draft_id: int) -> Answer:
    def work(draft: Draft) -> Done:
        services.discard(draft, actor=current_user, at=clock.now())
        return Done(
            url_for("diagrams.list_page"), gettext("The draft “%(title)s” was discarded. Nothing of it takes effect.", title=draft.title)
        )

    return _act(draft_id, work)


@blueprint.post("/<int:draft_id>/publish")
@policy(Permission.ADMINISTER)
def publish(draft_id: int) -> Answer:
    def work(draft: Draft) -> Done:
        note, at = request.form.get("note", "").strip()[:400], clock.now()
        edition = services.publish(draft, note=note, actor=current_user, at=at)
        if request.form.get("activate") == "now":
            editions.activate(edition, actor_id=current_user.id, at=at)
            return Done(url_for("diagrams.show_edition", edition_id=edition.id), _is_active(edition.id))
        sentence = gettext("Published as edition %(number)s. It takes effect when somebody activates it.", number=edition.id)
        return Done(url_for("diagrams.show_edition", edition_id=edition.id), sentence)

    return _act(draft_id, work)


def _is_active(number: int) -> str:
    return gettext("Published and active as edition %(number)s: new cases follow it, running ones keep theirs.", number=number)


def _create(title: str) -> Done:
    at = clock.now()
    draft = services.open_draft(title, actor=current_user, at=at)
    kind, key = request.form.get("kind", ""), request.form.get("key", "")
    if kind and key:
        services.add_copy(draft, kind, key, actor=current_user, at=at)
    return Done(_url(draft), gettext("The draft is open. Nothing in it takes effect before a second person publishes it."))


def _upload(draft: Draft) -> Done:
    chosen = [one for one in request.files.getlist("files") if one.filename][:MAX_UPLOADS]
    if not chosen:
        raise NoFileChosen
    read = [checks.read_upload(str(one.filename)[-120:], one.stream.read()) for one in chosen]
    for artifact in read:
        services.put(draft, artifact, actor=current_user, at=clock.now())
    names = ", ".join(queries.file_name(artifact.kind, artifact.key) for artifact in read)
    return Done(_url(draft, "problems"), gettext("Taken into the draft and checked: %(files)s.", files=names))


def _added(draft: Draft, kind: str, key: str) -> Done:
    editor = url_for("diagrams.editor.edit", draft_id=draft.id, key=key) if kind == "bpmn" else _url(draft)
    return Done(editor, gettext("%(file)s is in the draft now.", file=queries.file_name(kind, key)))


def _change(draft_id: int, work: Callable[[Draft], Done]) -> Answer:
    """Do ``work``, then check the draft as it is now."""
    answer = _act(draft_id, work)
    if answer.status_code == 303:
        check_and_store(queries.find_draft(draft_id))
    return answer


def _act(draft_id: int, work: Callable[[Draft], Done]) -> Answer:
    """A refusal comes back as the page of the draft with the sentence on it."""
    draft = queries.find_draft(draft_id)
    try:
        return post_once(f"draft:{draft_id}", lambda: work(draft))
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return _page(queries.find_draft(draft_id), refusal=error)


def _url(draft: Draft, anchor: str | None = None) -> str:
    return url_for("diagrams.drafts.show", draft_id=draft.id, _anchor=anchor)


def _page(draft: Draft, *, refusal: DomainError | None = None) -> Answer:
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    html = render_template(
        "diagrams/draft.html", draft=draft, page=draft_page(draft, current_user), refusal=refusal, errors=errors, typed=request.form
    )
    return make_response(html, refusal.status if refusal else 200)
