"""Forms of documents: what is typed into a draft, and what its answers name. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from bpmn.engine.forms import Form
from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.core import clock
from webapp.core.errors import Invalid
from webapp.core.role_names import role_name
from webapp.documents import services
from webapp.documents.errors import CaseClosed, FormMissing, NotMaker
from webapp.documents.kinds import Kind
from webapp.documents.models import Document
from webapp.documents.queries import form_of, making_role
from webapp.processes import editions
from webapp.processes.editions import Content
from webapp.processes.lookups import Lookups
from webapp.processes.models import ProcessInstance
from webapp.processes.subjects import Subject
from webapp.processes.submissions import limited_draft, sentences_by_field


@dataclass(frozen=True, slots=True)
class Named:
    """Whom and what the answers of a form name."""

    officer_ids: list[int]
    evidence_ids: list[int]


def begin(case: Case, kind: Kind, *, actor: User, at: datetime, replaces: Document | None = None) -> Document:
    """An empty draft made by hand, or one with the answers of the void one it replaces. Raises NotMaker, CaseClosed, FormMissing."""
    role = role_to_make(case, kind, actor)
    content = editions.content_of(editions.active_edition().id)
    if not content.has_form(kind.form_key):
        raise FormMissing(form=kind.form_key)
    return services.make(
        kind.code, case_id=case.id, form_key=kind.form_key, form_hash=content.form_hash(kind.form_key), actor_id=actor.id, at=at, role=role,
        values=replaces.values if replaces else {}, replaces_id=replaces.id if replaces else None, instance_id=case.root_instance_id,
    )  # fmt: skip


def keep_typed(document: Document, typed: Mapping[str, Any], *, actor: User, at: datetime) -> None:
    """Keep what was typed so far, whatever it is worth. Raises NotMaker, NotADraft, ValuesTooLarge."""
    role_to_make(document.case, services.kind_of(document.kind), actor)
    form = form_of(document)
    services.change(document, _own_references(form, limited_draft(form, typed), document.case, at=at), at=at)


def finish(document: Document, typed: Mapping[str, Any], *, actor: User, at: datetime, locale: str) -> None:
    """Check the answers and make the document final. Raises NotMaker, Invalid, NotADraft, TooFewOfficers, FormMissing."""
    role = role_to_make(document.case, services.kind_of(document.kind), actor)
    form = form_of(document)
    if form is None:
        raise FormMissing(form=document.form_key)
    values = checked(form, typed, document.case, at=at, locale=locale)
    named = named_in(form, values)
    services.change(document, values, at=at, officer_ids=named.officer_ids, evidence_ids=named.evidence_ids)
    services.finalise_by_hand(document, actor_id=actor.id, at=at, role=role)


def checked(form: Form, typed: Mapping[str, Any], case: Case, *, at: datetime, locale: str) -> dict[str, Any]:
    """The answers as they are stored. Raises Invalid with the form's sentences by field."""
    try:
        return form.validate(typed, locale=locale, today=clock.legal_day(at), lookups=Lookups(subject_of(case), at))
    except ValidationError as error:
        raise Invalid(sentences_by_field(error)) from error


def named_in(form: Form | None, values: Mapping[str, Any]) -> Named:
    """Officers and evidence that the answers of the form refer to."""
    return Named(_numbers(form, values, "officers"), _numbers(form, values, "evidence"))


def form_of_step(instance: ProcessInstance, form_key: str | None) -> Form | None:
    content: Content = editions.content_of(instance.edition_id)
    return content.form(form_key) if form_key else None


def role_to_make(case: Case, kind: Kind, actor: User) -> str:
    """Raises NotMaker, CaseClosed."""
    if not case.is_open:
        raise CaseClosed
    role = making_role(actor, case, kind)
    if role is None:
        raise NotMaker(roles=", ".join(role_name(code) for code in sorted(kind.makers)))
    return role


def subject_of(case: Case) -> Subject:
    return Subject(
        jurisdiction_id=case.jurisdiction_id, town_id=case.town_id, grid_id=case.grid_id, employer_id=case.employer_id,
        employer_name=case.employer.name, case_id=case.id, case_no=case.case_no,
    )  # fmt: skip


def _own_references(form: Form | None, typed: Mapping[str, Any], case: Case, *, at: datetime) -> dict[str, Any]:
    """Without references to what the case does not have: a draft is shown, and labels would tell of other cases."""
    lookups = Lookups(subject_of(case), at)
    sources = {field.key: field.of for field in form.fields if field.of} if form else {}
    return {key: _offered(lookups, sources[key], value) if key in sources else value for key, value in typed.items()}


def _offered(lookups: Lookups, of: str, value: Any) -> Any:
    known = {choice.value for choice in lookups.choices(of)}
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str) and one in known]
    return value if isinstance(value, str) and value in known else None


def _numbers(form: Form | None, values: Mapping[str, Any], of: str) -> list[int]:
    fields = [field for field in form.fields if field.of == of] if form else []
    given = [values.get(field.key) for field in fields]
    flat = [one for value in given for one in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(int(one) for one in flat if one is not None and str(one).isdecimal()))
