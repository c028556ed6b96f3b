"""Pages of editions and what is in them."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from webapp.core import clock
from webapp.core.form_posts import Done, post_once
from webapp.core.i18n import gettext
from webapp.core.permissions import Permission, policy
from webapp.diagrams import contents, differences, draft_views, editor_views, queries, wording
from webapp.diagrams.downloads import attachment
from webapp.processes import editions
from webapp.processes.models import Edition

blueprint = Blueprint("diagrams", __name__, url_prefix="/diagrams")
blueprint.register_blueprint(draft_views.blueprint)
blueprint.register_blueprint(editor_views.blueprint)
blueprint.add_app_template_filter(wording.person, "person")
blueprint.add_app_template_filter(wording.people, "people")
blueprint.add_app_template_filter(queries.file_name_of, "file_name")


@blueprint.get("")
@policy(Permission.ADMINISTER)
def list_page() -> str:
    active = editions.active_edition()
    return render_template(
        "diagrams/list.html", active=active, editions=queries.list_editions(), running=queries.running_per_edition(),
        names=contents.names_by_kind(editions.artifacts_of(active)), drafts=queries.list_drafts(),
    )  # fmt: skip


@blueprint.get("/editions/<int:edition_id>")
@policy(Permission.ADMINISTER)
def show_edition(edition_id: int) -> str:
    edition, active = queries.find_edition(edition_id), editions.active_edition()
    return render_template(
        "diagrams/edition.html", edition=edition, active=active, names=contents.names_by_kind(editions.artifacts_of(edition)),
        changes=queries.changes_between(active, edition), running=queries.running_per_edition(), draft=queries.draft_of_edition(edition),
    )  # fmt: skip


@blueprint.get("/editions/<int:edition_id>/<kind>/<key>")
@policy(Permission.ADMINISTER)
def show_artifact(edition_id: int, kind: str, key: str) -> str:
    edition = queries.find_edition(edition_id)
    artifact = queries.find_artifact(edition, kind, key)
    return render_template(
        f"diagrams/{kind}.html", edition=edition, artifact=artifact, names=contents.names_of(artifact), contents=contents
    )


@blueprint.get("/editions/<int:edition_id>/<kind>/<key>/download")
@policy(Permission.ADMINISTER)
def download_artifact(edition_id: int, kind: str, key: str) -> Response:
    artifact = queries.find_artifact(queries.find_edition(edition_id), kind, key)
    return attachment(artifact.content, queries.file_name(kind, key))


@blueprint.get("/editions/<int:edition_id>/<kind>/<key>/difference")
@policy(Permission.ADMINISTER)
def difference(edition_id: int, kind: str, key: str) -> str:
    """What this edition would change in the active one."""
    edition, active = queries.find_edition(edition_id), editions.active_edition()
    before = queries.content_before(active, kind, key)
    found = differences.difference(kind, key, before, queries.find_artifact(edition, kind, key).content)
    back = url_for("diagrams.show_edition", edition_id=edition.id)
    title = gettext("Edition %(number)s", number=edition.id)
    is_new = before is None
    return render_template("diagrams/difference.html", key=key, found=found, is_new=is_new, compared=active, back=back, back_title=title)


@blueprint.post("/editions/<int:edition_id>/activate")
@policy(Permission.ADMINISTER)
def activate(edition_id: int) -> Answer:
    edition = queries.find_edition(edition_id)
    return post_once(f"edition:{edition_id}", lambda: _activate(edition))


def _activate(edition: Edition) -> Done:
    editions.activate(edition, actor_id=current_user.id, at=clock.now())
    sentence = gettext("Edition %(number)s is active: new cases follow it, running ones keep theirs.", number=edition.id)
    return Done(url_for("diagrams.list_page"), sentence)
