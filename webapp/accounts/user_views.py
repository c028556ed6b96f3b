"""Pages on which administrators look after accounts: who there is, roles, passwords, sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from bpmn.engine.forms import Form
from webapp.accounts import account_wording, queries, services, user_forms, user_queries
from webapp.accounts.models import Jurisdiction, Organisation, User
from webapp.accounts.user_queries import UserFilter
from webapp.accounts.web import writes_late
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.core.form_posts import Done, post_once
from webapp.core.form_values import checked
from webapp.core.i18n import gettext, locale_tag, pick
from webapp.core.permissions import ROLES, Permission, policy
from webapp.core.role_names import role_name

blueprint = Blueprint("users", __name__)
STATES = ("active", "closed")
Work = Callable[[Mapping[str, Any]], Done]


@blueprint.get("/users")
@policy(Permission.ADMINISTER)
def list_page() -> str:
    chosen = _chosen()
    page = user_queries.list_users(chosen, after=request.args.get("after", "")[:64])
    areas, towns = user_queries.areas_and_towns()
    return render_template(
        "accounts/users.html", page=page, chosen=chosen, reach=queries.reaches(page.items), areas=areas, towns=towns, roles=ROLES,
        on=clock.today(),
    )  # fmt: skip


@blueprint.route("/users/new", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def new() -> Response:
    form = user_forms.new_user_form()

    def work(values: Mapping[str, Any]) -> Done:
        user = _create(values)
        text = gettext("The account is there. Give it a role, then hand over a one-time password.")
        return Done(url_for(".show", user_id=user.id), text)

    return _answer(form, None, title=pick(form.title), work=work)


@blueprint.get("/users/<int:user_id>")
@policy(Permission.ADMINISTER)
def show(user_id: int) -> str:
    return _user_page(user_queries.user_by_id(user_id))


@blueprint.route("/users/<int:user_id>/names", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def names(user_id: int) -> Response:
    user, form = user_queries.user_by_id(user_id), user_forms.names_form()

    def work(values: Mapping[str, Any]) -> Done:
        services.rename(user, **values, actor_id=current_user.id, at=clock.now())
        return _done(user, gettext("The names are kept."))

    return _answer(form, user, title=pick(form.title), work=work, typed={"name_zh": user.name_zh, "name_en": user.name_en})


@blueprint.route("/users/<int:user_id>/roles/<role>", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def grant(user_id: int, role: str) -> Response:
    user = user_queries.user_by_id(user_id)
    if role not in ROLES:
        raise NotFound

    def work(values: Mapping[str, Any]) -> Done:
        place = queries.place_for(role, str(values["place"])) if values.get("place") else {}
        first, last = (date.fromisoformat(str(values[name])) if values.get(name) else None for name in ("valid_from", "valid_to"))
        terms = services.Terms(first, last, str(values["reason"]))
        services.grant(user, role, places=place, terms=terms, actor_id=current_user.id, at=clock.now())
        return _done(user, gettext("The role is given."))

    return _answer(user_forms.role_form(role, user), user, title=gettext("Give the role “%(role)s”", role=role_name(role)), work=work)


@blueprint.get("/users/<int:user_id>/roles")
@policy(Permission.ADMINISTER)
def choose_role(user_id: int) -> Response:
    """Where the form that names the role leads: each role asks for its own places."""
    role = request.args.get("role", "")
    target = url_for(".grant", user_id=user_id, role=role) if role in ROLES else url_for(".show", user_id=user_id)
    return redirect(target)


@blueprint.route("/users/<int:user_id>/memberships/<int:membership_id>/revoke", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def revoke(user_id: int, membership_id: int) -> Response:
    user = user_queries.user_by_id(user_id)
    held = user_queries.membership_of(user, membership_id)
    title = gettext("Take the role “%(role)s” away", role=role_name(held.role))

    def work(reason: str) -> str:
        services.revoke_role(user, held.role, scope=held.scope, actor_id=current_user.id, at=clock.now(), reason=reason)
        return gettext("The role is taken away. Open tasks held under it go back to their groups.")

    return _ask(user, title, gettext("It ends at once. Open tasks held under it go back to their groups."), work)


@blueprint.route("/users/<int:user_id>/deactivate", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def deactivate(user_id: int) -> Response:
    user = user_queries.user_by_id(user_id)

    def work(reason: str) -> str:
        services.deactivate(user, actor_id=current_user.id, at=clock.now(), reason=reason)
        return gettext("The account is closed. Its open tasks go back to their groups.")

    note = gettext("Nobody can sign in with it any more, and whoever uses it is out at once. Its open tasks go back to their groups.")
    return _ask(user, gettext("Close the account"), note, work)


@blueprint.route("/users/<int:user_id>/reactivate", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def reactivate(user_id: int) -> Response:
    user = user_queries.user_by_id(user_id)

    def work(reason: str) -> str:
        services.reactivate(user, actor_id=current_user.id, at=clock.now(), reason=reason)
        return gettext("The account is open again.")

    note = gettext("It comes back with its roles. Check them first, and hand over a one-time password.")
    return _ask(user, gettext("Open the account again"), note, work)


@blueprint.route("/users/<int:user_id>/second-factor", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def second_factor(user_id: int) -> Response:
    user = user_queries.user_by_id(user_id)

    def work(reason: str) -> str:
        services.disable_two_factor(user, actor_id=current_user.id, at=clock.now(), reason=reason)
        return gettext("The second factor is removed. The person can set up a new one.")

    note = gettext("For somebody who lost the telephone. Make sure who is asking: until a new one is set up the password alone is enough.")
    return _ask(user, gettext("Remove the second factor"), note, work)


@blueprint.route("/users/<int:user_id>/password", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
@writes_late
def password(user_id: int) -> Response:
    """The new password is on the answer and nowhere else: sent again, the form makes another one."""
    user, form = user_queries.user_by_id(user_id), user_forms.reason_form()
    title = gettext("Hand over a one-time password")
    note = gettext("The present password and all sessions end. The person must choose a new password at the first sign-in.")
    if request.method == "GET":
        return _page(form, user, title=title, note=note, typed={})
    typed, secret = form.from_post(request.form), services.one_time_password()
    try:
        reason, password_hash = _checked(form, typed)["reason"], services.new_hash(user, secret)
        with transaction():
            services.hand_over(user, password_hash, actor_id=current_user.id, at=clock.now(), reason=reason)
    except DomainError as refusal:
        return _page(form, user, title=title, note=note, typed=typed, refusal=refusal)
    return make_response(_user_page(user, secret=secret))


@blueprint.route("/users/<int:user_id>/sessions/<int:session_id>/end", methods=["GET", "POST"])
@policy(Permission.ADMINISTER)
def end_session(user_id: int, session_id: int) -> Response:
    user = user_queries.user_by_id(user_id)
    row = user_queries.session_of(user, session_id)

    def work(reason: str) -> str:
        services.end_session(row, actor_id=current_user.id, at=clock.now(), reason=reason)
        return gettext("The device is signed out.")

    note = gettext("What was typed there and not sent is kept as a draft where the page saves drafts.")
    return _ask(user, gettext("Sign one device out"), note, work)


def _chosen() -> UserFilter:
    """What the address says; what does not exist (any more) is as if it were not there."""
    args = request.args
    role, place, state = args.get("role", ""), args.get("place", ""), args.get("state", "")
    return UserFilter(
        text=args.get("q", "").strip()[: user_queries.MAX_SEARCH_TEXT],
        role=role if role in ROLES else "",
        place=place if user_queries.is_place(place) else "",
        state=state if state in STATES else "",
    )


def _create(values: Mapping[str, Any]) -> User:
    area = _by_code(Jurisdiction, values["area"]) if values["area"] != user_forms.EVERYWHERE else None
    body = _by_code(Organisation, values["body"]) if values.get("body") else None
    if body is not None and (area is None or body.jurisdiction_id != area.id):
        raise Invalid({"body": [gettext("This department belongs to another area. Choose one of the area above.")]})
    return services.create_user(
        username=values["username"], name_zh=values["name_zh"], name_en=values["name_en"], password=services.one_time_password(),
        jurisdiction_id=area.id if area else None, organisation_id=body.id if body else None, reason=values["reason"],
        actor_id=current_user.id, at=clock.now(),
    )  # fmt: skip


def _by_code(model: type[Any], code: str) -> Any:
    found = db.session.query(model).filter_by(code=code).one_or_none()
    if found is None:
        raise NotFound
    return found


def _ask(user: User, title: str, note: str, work: Callable[[str], str]) -> Response:
    """A page that asks for the reason and then does it."""
    return _answer(
        user_forms.reason_form(), user, title=title, note=note, work=lambda values: _done(user, work(str(values["reason"])))
    )  # fmt: skip


def _done(user: User, text: str) -> Done:
    return Done(url_for(".show", user_id=user.id), text)


def _answer(
    form: Form, user: User | None, *, title: str, work: Work, note: str = "", typed: Mapping[str, Any] | None = None
) -> Response:  # fmt: skip
    if request.method != "POST":
        return _page(form, user, title=title, note=note, typed=typed or {})
    sent = form.from_post(request.form)
    try:
        return post_once(request.path, lambda: work(_checked(form, sent)))
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(form, user, title=title, note=note, typed=sent, refusal=refusal)


def _checked(form: Form, typed: Mapping[str, Any]) -> dict[str, Any]:
    return checked(form, typed, locale=locale_tag(), today=clock.today())


def _page(
    form: Form, user: User | None, *, title: str, note: str, typed: Mapping[str, Any], refusal: DomainError | None = None
) -> Response:  # fmt: skip
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    back = url_for(".show", user_id=user.id) if user else url_for(".list_page")
    html = render_template(
        "accounts/user_form.html", form=form, user=user, title=title, note=note, values=typed, errors=errors, refusal=refusal, back=back,
    )  # fmt: skip
    return make_response(html, refusal.status if refusal else 200)


def _user_page(user: User, *, secret: str = "") -> str:
    events = user_queries.account_events(user.id)
    actors = {event.actor_id for event in events} - {None, user.id}
    people = {one.id: one for one in db.session.query(User).filter(User.id.in_(actors))} if actors else {}
    return render_template(
        "accounts/user.html", user=user, reach=queries.reach_of(user), sessions=user_queries.live_sessions(user.id, clock.now()),
        events=events, people=people, wording=account_wording, secret=secret, roles=ROLES, on=clock.today(),
        home=db.session.get(Jurisdiction, user.jurisdiction_id) if user.jurisdiction_id else None,
        body=db.session.get(Organisation, user.organisation_id) if user.organisation_id else None,
    )  # fmt: skip
