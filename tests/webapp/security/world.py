"""One of everything that lies in Shaxi, and people from elsewhere who should not know of it."""

from __future__ import annotations

import io
import uuid
import zipfile
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from tests import factories
from tests.webapp.campaigns.campaigning import members, running
from tests.webapp.cases.test_people import WORKER
from tests.webapp.deadlines.clocks import open_clock
from tests.webapp.documents import stories as papers
from tests.webapp.pages import Browser, open_case, open_task, outside, token_on
from tests.webapp.referrals import stories as referrals
from webapp.accounts import services as accounts
from webapp.accounts.models import Jurisdiction, User
from webapp.cases.notes import add_note
from webapp.cases.people import add_person
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.deadlines.models import Deadline, Escalation
from webapp.deadlines.sweeps import watch_deadlines
from webapp.employers.models import Employer
from webapp.employers.services import add_record
from webapp.inbox.kept import save_filter
from webapp.inbox.models import SavedFilter
from webapp.notifications.models import Notice
from webapp.notifications.services import notify
from webapp.referrals.queries import items_of

SECRETS = ("SHAXI-PHOTO", "SHAXI-NOTE", "太仓云禾铸造", "张*")
FAR_ROLES = ("HD_INTAKE", "HD_OFF", "HD_LEAD", "HD_CHIEF", "HD_PRIN")
# Bodies that the schemas of the interface accept, by the last word of the address: what is refused is refused for the object.
BODIES: dict[str, dict[str, Any]] = {
    "stop": {"reason": "试一试行不行"},
    "draft": {"values": {}},
    "take-over": {"holder_id": 1, "reason": "试一试行不行"},
    "return": {"element": "Task_verify", "reason": "试一试行不行", "version": 1},
}
INSURANCE = {"checked_on": "2026-02-02", "insured_workers": "3"}


def far_official() -> User:
    """Everything that health officials may do, in another district."""
    with transaction():
        district = Jurisdiction(code="KS", name_zh="昆山市", name_en="Kunshan")
        db.session.add(district)
        db.session.flush()
        far = accounts.create_user(
            username="far", name_zh="远某某", name_en="Far", password=factories.PASSWORD, actor_id=None, at=factories.BORN,
            jurisdiction_id=district.id,
        )  # fmt: skip
        for role in FAR_ROLES:
            accounts.grant_role(far, role, actor_id=None, at=factories.BORN, jurisdiction_id=district.id)
    return far


def objects(cast: Any, employer: Employer) -> dict[str, str]:
    """Values for the parameters of addresses: each is something in Shaxi."""
    case = open_case(employer, cast.ping)
    photo = papers.added(case, cast.hui, name="SHAXI-PHOTO.jpg")
    referral = referrals.refer(case)
    referrals.send(referral, evidence_at_hand="yes", evidence_evidence=[str(photo.id)], evidence_none=None)
    document = papers.final(case, actor_id=cast.an.id)
    with transaction():
        person = add_person(case, values=WORKER, actor=cast.hui, at=clock.now(), locale="en")
        note = add_note(case, text="SHAXI-NOTE", actor=cast.hui, at=clock.now())
        record = add_record(employer, "insurance_fact", values=INSURANCE, actor_id=cast.hui.id, at=clock.now(), locale="zh")
    campaign = running(cast.hui, criteria={"town_ids": [employer.town_id], "min_workers": 0})
    escalation, deadline = _missed(case)
    return {
        "case_no": case.case_no, "task_id": str(open_task(case).id), "document_id": str(document.id), "evidence_id": str(photo.id),
        "person_id": str(person.id), "note_id": str(note.id), "referral_id": str(referral.id), "item_id": str(items_of(referral)[0].id),
        "deadline_id": str(deadline.id), "escalation_id": str(escalation.id), "employer_id": str(employer.id), "record_id": str(record.id),
        "campaign_id": str(campaign.id), "member_id": str(members(campaign)[0].id), "part": "identity",
        "notice_id": str(_notice(case, cast.tao).id), "filter_id": str(_filter(cast.tao).id),
    }  # fmt: skip


def _filter(person: User) -> SavedFilter:
    with transaction():
        return save_filter(person, name="SHAXI-NOTE", query="view=group")


def _notice(case: Any, person: User) -> Notice:
    with transaction():
        notify([person.id], "deadline.breached", at=clock.now(), case_no=case.case_no, url=f"/cases/{case.case_no}", code="DECIDE")
    return db.session.scalars(select(Notice).where(Notice.user_id == person.id).order_by(Notice.id.desc())).first()  # type: ignore[return-value]


def _missed(case: Any) -> tuple[Escalation, Deadline]:
    clock_of_case = open_clock(case, "DECIDE", at=clock.now())
    with transaction():
        db.session.execute(update(Deadline).where(Deadline.case_id == case.id).values(due_at=clock.now() - timedelta(days=1)))
    watch_deadlines()
    db.session.expire_all()
    return db.session.scalars(select(Escalation).where(Escalation.case_id == case.id)).first(), clock_of_case  # type: ignore[return-value]


class Stranger:
    """Somebody signed in who sends every kind of request with valid tokens."""

    def __init__(self, app: Any, username: str) -> None:
        self._browser = Browser(app, username)
        self._token = token_on(self._browser.get("/account").text)

    def send(self, method: str, path: str, *, token: bool = True) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4()), "Accept-Language": "zh-CN"} | ({"X-CSRFToken": self._token} if token else {})
        told: dict[str, Any] = {"data": {"reason": "试一试行不行", "text": "试一试行不行", "kind": "D26"}}
        if path.startswith("/api/") or method == "PUT":
            told = {"json": BODIES.get(path.rsplit("/", 1)[1], {"values": {}, "version": 1})}
        if method == "GET":
            told = {}
        with outside(self._browser.client.open, path, method=method, headers=headers, **told) as answer:
            answer.get_data()
            return answer


def readable(answer: Any) -> str:
    """What the answer says; the parts of a workbook unpacked, other binary as it is."""
    data = answer.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            data = b"\n".join(parts.read(name) for name in parts.namelist())
    return str(data.decode("utf-8", "replace"))
