"""Pages of the organisation: who reads, who changes, what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.webapp.pages import Browser, hidden_values, text_of
from webapp.accounts import qualifications
from webapp.accounts.models import Certificate, Power, Town
from webapp.core import clock
from webapp.core.db import db, transaction

CARD = {
    "number": "苏A0001",
    "kind": "enforcement",
    "issued_on": "2026-01-01",
    "valid_to": "2030-12-31",
    "issuer": "发证机关",
    "source": "证件原件",
}
POWER = {
    "kind": "penalise", "reach": "some", "items": "V-70-04", "basis": "L:APL24", "document_no": "苏〔2026〕1号", "valid_from": "2026-01-01",
    "valid_to": "2026-12-31", "verified": "design",
}  # fmt: skip


def town_id() -> int:
    return db.session.scalars(select(Town.id).where(Town.code == "SX")).one()


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("name", ["ping", "tao", "hui", "fan", "admin"])
def test_officers_read_the_organisation(app: Any, name: str) -> None:
    page = Browser(app, name).get("/organisation")
    assert page.status_code == 200
    assert "2 places are not staffed" in text_of(page.text)
    assert ("Name the office" in page.text) == (name == "admin")


@pytest.mark.parametrize("path", ["/organisation/areas/TC/powers", "/organisation/towns/1/office", "/organisation/people/1/certificates"])
def test_only_administrators_change_it(app: Any, path: str) -> None:
    assert Browser(app, "hui").get(path).status_code == 403
    assert Browser(app, "jing").get("/organisation").status_code == 403


def test_what_does_not_exist_is_not_found(app: Any) -> None:
    admin = Browser(app, "admin")
    for path in (
        "towns/999/office",
        "people/999/certificates",
        "areas/XX/powers",
        "powers/999/end",
        "certificates/999/revoke",
        "towns/999/powers",
    ):
        assert admin.get(f"/organisation/{path}").status_code == 404, path


def test_each_part_says_what_it_is_in_both_languages(app: Any) -> None:
    english, chinese = Browser(app, "hui"), Browser(app, "hui", language="zh-CN")
    assert "Taicang Health Commission" in english.get("/organisation?tab=bodies").text
    assert "苏太卫" in chinese.get("/organisation?tab=bodies").text
    people = text_of(chinese.get("/organisation?tab=people").text)
    assert "2026-01-31 已过期" in people
    assert "有效期至 2029-12-31" in people
    powers = text_of(chinese.get("/organisation?tab=powers").text)
    assert "《职业病防治法》" in powers
    assert "全部事项" in powers
    assert english.get("/organisation?tab=nonsense&area=nowhere").status_code == 200


def test_a_certificate_is_named_before_it_expires(app: Any, cast: Any) -> None:
    today = clock.today()
    with transaction():
        for number, days in (("苏B0080", 80), ("苏B0081", 81)):
            qualifications.add_certificate(
                cast.ping, number=number, kind="enforcement", issued_on=date(2024, 1, 1), valid_to=today + timedelta(days=days),
                issuer="发证机关", source="test", actor_id=None, at=clock.now(),
            )  # fmt: skip
    page = text_of(Browser(app, "hui").get("/organisation?tab=people").text)
    assert "80 days left" in page
    assert "81 days left" not in page


def test_the_responsible_office_is_named(app: Any) -> None:
    path = f"/organisation/towns/{town_id()}/office"
    admin = Browser(app, "admin")
    assert admin.send(path, path, responsible_office="").status_code == 422
    assert admin.send(path, path, responsible_office="综合执法局").status_code == 303
    assert "综合执法局" in admin.get("/organisation").text


def test_a_certificate_is_entered_once_and_revoked(app: Any, cast: Any) -> None:
    path, admin = f"/organisation/people/{cast.tao.id}/certificates", Browser(app, "admin")
    before = count(Certificate)
    hidden = hidden_values(admin.get(path).text, path)
    assert [admin.post(path, **hidden, **CARD).status_code for _ in range(2)] == [303, 303]
    assert count(Certificate) == before + 1
    again = admin.send(path, path, **CARD)
    assert again.status_code == 422
    assert "Read the number again" in text_of(again.text)
    card = db.session.scalars(select(Certificate).where(Certificate.user_id == cast.tao.id)).one()
    revoke = f"/organisation/certificates/{card.id}/revoke"
    assert admin.send(revoke, revoke, revoked_on="2025-12-31").status_code == 422
    assert admin.send(revoke, revoke, revoked_on="2026-02-01").status_code == 303
    assert "revoked on 2026-02-01" in text_of(admin.get("/organisation?tab=people").text)


def test_a_power_is_shown_before_it_is_kept_and_can_be_ended(app: Any) -> None:
    path, admin = f"/organisation/towns/{town_id()}/powers", Browser(app, "admin")
    before = count(Power)
    preview = admin.send(path, path, **POWER)
    assert preview.status_code == 200
    assert "It covers 1 matter" in text_of(preview.text)
    assert count(Power) == before
    assert admin.post(path, **hidden_values(preview.text, path)).status_code == 303
    assert count(Power) == before + 1
    power = db.session.scalars(select(Power).where(Power.holder_kind == "town")).one()
    assert (power.items, power.added_by_id is not None) == (["V-70-04"], True)
    end = f"/organisation/powers/{power.id}/end"
    assert admin.send(end, end, valid_to="2025-12-31").status_code == 422
    assert admin.send(end, end, valid_to="2026-03-31").status_code == 303
    assert "2026-03-31" in admin.get("/organisation?tab=powers").text


def test_a_power_of_a_town_without_a_document_is_refused(app: Any) -> None:
    path = f"/organisation/towns/{town_id()}/powers"
    answer = Browser(app, "admin").send(path, path, **{**POWER, "document_no": ""})
    assert answer.status_code == 422
    assert "only by a published document" in text_of(answer.text)


def test_a_power_of_the_district_may_cover_every_matter(app: Any) -> None:
    path, admin = "/organisation/areas/TC/powers", Browser(app, "admin")
    answer = admin.send(path, path, **{**POWER, "reach": "all"})
    assert answer.status_code == 422
    assert "End the earlier row first" in text_of(answer.text)
    preview = admin.send(path, path, **{**POWER, "reach": "all", "valid_from": "2000-01-01", "valid_to": "2000-12-31"})
    assert "It covers every matter" in text_of(preview.text)
