"""The diagram editor: its page, and what its script loads, saves and checks."""

from __future__ import annotations

import re

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask_login import current_user

from bpmn.engine.lint.child import prepare as prepare_check
from bpmn.engine.ports import Artifact
from webapp.accounts.web import writes_late
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import DomainError, NotFound
from webapp.core.permissions import Permission, policy
from webapp.core.static_files import dist
from webapp.diagrams import catalogue as catalogues
from webapp.diagrams import checks, queries, services
from webapp.diagrams.errors import VersionNeeded
from webapp.diagrams.models import Draft
from webapp.processes import editions

blueprint = Blueprint("editor", __name__)
FILE = "/drafts/<int:draft_id>/files/bpmn/<key>"
VERSION = re.compile(r'"?(\d{1,9})"?')


@blueprint.get(f"{FILE}/edit")
@policy(Permission.ADMINISTER)
def edit(draft_id: int, key: str) -> str:
    draft = queries.find_draft(draft_id)
    file = queries.find_draft_file(draft, "bpmn", key)
    prepare_check()
    own = [one for one in checks.shown(draft.problems) if one["file"] == queries.file_name("bpmn", key)]
    return render_template("diagrams/edit.html", draft=draft, file=file, problems=own, script=dist("editor.js"), style=dist("editor.css"))


@blueprint.get(f"{FILE}/content")
@policy(Permission.ADMINISTER)
def content(draft_id: int, key: str) -> Response:
    file = queries.find_draft_file(queries.find_draft(draft_id), "bpmn", key)
    response = Response(file.content, mimetype="application/xml")
    response.headers["ETag"] = f'"{file.version}"'
    return response


@blueprint.put(f"{FILE}/content")
@policy(Permission.ADMINISTER)
@writes_late
def save(draft_id: int, key: str) -> Response:
    """The diagram as XML, with ``If-Match`` the version it was opened as -> ``{"version", "problems"}``."""
    draft, typed = queries.find_draft(draft_id), request.get_data()
    try:
        checks.refuse_unreadable("bpmn", typed, name=queries.file_name("bpmn", key))
        version = _opened_version()
        with transaction():
            file = services.save(draft, "bpmn", key, content=typed, version=version, actor=current_user, at=clock.now())
    except DomainError as error:
        return _refused(error, draft, key)
    return jsonify({"version": file.version, "problems": check_and_store(draft)})


@blueprint.post(f"{FILE}/check")
@policy(Permission.ADMINISTER)
@writes_late
def check(draft_id: int, key: str) -> Response:
    """The diagram as XML, not saved -> ``{"problems"}``."""
    draft, typed = queries.find_draft(draft_id), request.get_data()
    queries.find_draft_file(draft, "bpmn", key)
    found = checks.check(draft, services.artifact("bpmn", key, typed))
    prepare_check()
    return jsonify({"problems": checks.shown(services.found_in(found.problems))})


@blueprint.get("/catalogue.json")
@policy(Permission.ADMINISTER)
def catalogue() -> Response:
    """What the diagram may name, in the edition that the draft would make; without ``draft``, in the active one."""
    wanted = request.args.get("draft", type=int)
    files: list[Artifact] = queries.artifacts_of_draft(queries.find_draft(wanted)) if wanted is not None else []
    return jsonify(catalogues.catalogue(editions.laid_over(files)))


def check_and_store(draft: Draft) -> list[dict[str, str | None]]:
    """Check the draft as it is stored, keep what was found, and return it in the language of the request."""
    found = checks.check(draft)
    prepare_check()
    with transaction():
        services.store_check(draft, found.problems, digest=found.digest)
    return checks.shown(services.found_in(found.problems))


def _opened_version() -> int:
    """Raises VersionNeeded."""
    found = VERSION.fullmatch(request.headers.get("If-Match", ""))
    if found is None:
        raise VersionNeeded
    return int(found[1])


def _refused(error: DomainError, draft: Draft, key: str) -> Response:
    """What the editor shows beside the diagram, which stays as typed."""
    if isinstance(error, NotFound):
        raise error
    file = draft.file("bpmn", key)
    return make_response(jsonify({"message": error.message, "version": file.version if file else None}), error.status)
