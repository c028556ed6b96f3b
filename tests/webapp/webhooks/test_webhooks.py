"""Other systems are told, signed, once; a receiver that is away is told later; nobody is sent where he must not go."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import orjson
import pytest
import time_machine
from sqlalchemy import select

from tests.webapp.pages import TEXT, Browser, hidden_values, open_case
from webapp.accounts.models import Jurisdiction
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Invalid
from webapp.webhooks import addresses, interest, services, sweeps
from webapp.webhooks.addresses import NotAllowed
from webapp.webhooks.models import DELIVERED, PARKED, WAITING, Delivery, Receiver
from webapp.webhooks.public import EVENTS


@dataclass
class Other:
    """Another system on this machine. ``status``: what it answers; ``hold``: what it waits for first."""

    url: str = ""
    status: int = 200
    hold: threading.Event | None = None
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def other() -> Iterator[Other]:
    found = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if found.hold:
                found.hold.wait(20)
            found.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/hook?office=1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def inside(app: Any) -> None:
    """This installation allows receivers on its own machine."""
    app.config["ZHIJIAN"] = replace(app.config["ZHIJIAN"], webhook_networks=("127.0.0.0/8",))


def told(cast: Any, url: str, *events: str, place: int | None = None) -> tuple[int, str]:
    """Id and secret of a receiver of these events."""
    wanted = {"name": "数据中台", "url": url, "events": events or tuple(EVENTS), "jurisdiction_id": place}
    with transaction():
        receiver, secret = services.add_receiver(wanted, actor=cast.admin, at=clock.now(), needs_https=False)
    interest.write_down()
    return receiver.id, secret


def states() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(select(Delivery.state).order_by(Delivery.id)))


def test_a_receiver_is_told_once_and_can_prove_who_told_it(app: Any, cast: Any, employer: Any, other: Other, inside: None) -> None:
    _, secret = told(cast, other.url, "case.opened")
    case = open_case(employer, cast.ping)
    assert sweeps.send_due() == 1 and sweeps.send_due() == 0
    ((headers, body),) = other.got
    seconds, signed = (part.split("=", 1)[1] for part in headers["zhijian-signature"].split(","))
    assert hmac.compare_digest(signed, hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest())
    said = orjson.loads(body)
    assert (said["event"], said["case_no"], said["id"]) == ("case.opened", case.case_no, headers["zhijian-delivery"])
    assert states() == [DELIVERED]


def test_a_message_holds_no_name_and_no_text(app: Any, cast: Any, employer: Any, other: Other, inside: None) -> None:
    told(cast, other.url)
    open_case(employer, cast.ping, description=TEXT)
    sweeps.send_due()
    sent = b"".join(body for _, body in other.got).decode()
    assert sent and not [secret for secret in (employer.name, employer.credit_code, TEXT, cast.ping.name_zh) if secret in sent]


def test_what_nobody_wants_costs_nothing(app: Any, cast: Any, employer: Any) -> None:
    open_case(employer, cast.ping)
    assert states() == []
    told(cast, "https://example.com/", "case.closed")
    open_case(employer, cast.ping)
    assert states() == []


def test_a_receiver_of_another_area_is_not_told(app: Any, cast: Any, employer: Any, other: Other, inside: None) -> None:
    with transaction() as session:
        elsewhere = Jurisdiction(code="XX", name_zh="他区", name_en="Elsewhere")
        session.add(elsewhere)
    told(cast, other.url, "case.opened", place=elsewhere.id)
    open_case(employer, cast.ping)
    assert sweeps.send_due() == 0 and other.got == []


def test_a_receiver_that_refuses_is_asked_again_for_a_day_and_then_waits_for_us(
    app: Any, cast: Any, employer: Any, other: Other, inside: None
) -> None:
    other.status = 500
    receiver_id, _ = told(cast, other.url, "case.opened")
    open_case(employer, cast.ping)
    with time_machine.travel(clock.now(), tick=False) as travel:
        for _ in range(40):
            sweeps.send_due()
            travel.shift(timedelta(hours=1))
    assert states() == [PARKED]
    assert 10 < len(other.got) < 40
    assert len({headers["zhijian-delivery"] for headers, _ in other.got}) == 1
    other.status = 204
    delivery = db.session.scalars(select(Delivery)).one()
    page = Browser(app, "admin")
    assert page.send(f"/webhooks/{receiver_id}", f"/webhooks/deliveries/{delivery.id}").status_code == 303
    db.session.remove()
    sweeps.send_due()
    assert states() == [DELIVERED]


def test_a_redirection_is_not_followed(app: Any, cast: Any, employer: Any, other: Other, inside: None) -> None:
    other.status = 302
    told(cast, other.url, "case.opened")
    open_case(employer, cast.ping)
    sweeps.send_due()
    assert states() == [WAITING] and db.session.scalars(select(Delivery.trouble)).one() == "refused"


def test_a_receiver_that_is_silent_holds_up_no_other(
    app: Any, cast: Any, employer: Any, other: Other, inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.webhooks.sending.TIMEOUT_S", 0.3)
    other.hold = threading.Event()
    told(cast, other.url, "case.opened")
    told(cast, other.url.replace("127.0.0.1", "localhost").replace("office=1", "office=2"), "case.opened")
    told(cast, "http://127.0.0.1:1/", "case.opened")
    open_case(employer, cast.ping)
    sweeps.send_due()
    other.hold.set()
    troubles = list(db.session.scalars(select(Delivery.trouble).order_by(Delivery.id)))
    assert troubles == ["timed_out", "timed_out", "unreachable"]


def test_an_inner_network_is_closed_unless_the_installation_opens_it(app: Any, cast: Any, employer: Any, other: Other) -> None:
    told(cast, other.url, "case.opened")
    open_case(employer, cast.ping)
    sweeps.send_due()
    assert other.got == [] and db.session.scalars(select(Delivery.trouble)).one() == "not_allowed"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "http://10.0.0.8/", "http://[::ffff:10.0.0.8]/",
        "http://0.0.0.0/", "http://[fe80::1]/", "http://100.64.0.1/", "http://2130706433/", "http://224.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_of_an_inner_network_is_not_called(url: str) -> None:
    with pytest.raises((NotAllowed, OSError)):
        addresses.resolved(url, inner=())


def test_an_allowed_network_may_be_called() -> None:
    assert addresses.resolved("http://10.0.0.8/", inner=(ip_network("10.0.0.0/8"),)).address == "10.0.0.8"


@pytest.mark.parametrize(
    "url",
    ["", "example.com", "ftp://example.com/", "http://example.com/", "https://", "https://me:secret@example.com/", "https://a b/", "https://x/#y",
     "https://例子.cn/", "https://example.com:99999/", "https://example.com/" + "x" * 400, "javascript:alert(1)"],
)  # fmt: skip
def test_an_address_that_cannot_be_one_is_refused(app: Any, cast: Any, url: str) -> None:
    wanted = {"name": "x", "url": url, "events": ["case.opened"], "jurisdiction_id": None}
    with pytest.raises(Invalid) as refused:
        services.add_receiver(wanted, actor=cast.admin, at=clock.now(), needs_https=True)
    assert set(refused.value.errors) == {"url"}


def test_a_secret_is_shown_once_sealed_and_replaced_without_a_gap(app: Any, cast: Any, employer: Any, other: Other, inside: None) -> None:
    receiver_id, first = told(cast, other.url, "case.opened")
    db.session.remove()
    admin = Browser(app, "admin")
    shown = admin.post(
        f"/webhooks/{receiver_id}/secret", **hidden_values(admin.get(f"/webhooks/{receiver_id}").text, f"/webhooks/{receiver_id}/secret")
    ).text
    assert '<code class="num">' in shown and '<code class="num">' not in admin.get(f"/webhooks/{receiver_id}").text
    db.session.remove()
    open_case(db.session.merge(employer), db.session.merge(cast.ping))
    sweeps.send_due()
    headers, body = other.got[-1]
    seconds, *signed = (part.split("=", 1)[1] for part in headers["zhijian-signature"].split(","))
    assert len(signed) == 2
    assert hmac.new(first.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest() in signed
    assert first.encode() not in db.session.get_one(Receiver, receiver_id).secret


def test_an_administrator_enters_changes_and_switches_off_a_receiver(app: Any, cast: Any) -> None:
    db.session.remove()
    admin = Browser(app, "admin")
    bad = admin.send("/webhooks", "/webhooks", name="", url="nowhere")
    assert bad.status_code == 422 and "Give the receiver a name" in bad.text and 'value="nowhere"' in bad.text
    made = admin.send("/webhooks", "/webhooks", name="Data office", url="https://example.com/hook", events="case.opened")
    assert made.status_code == 200 and "Copy it now" in made.text
    receiver = db.session.scalars(select(Receiver)).one()
    assert admin.send(f"/webhooks/{receiver.id}", f"/webhooks/{receiver.id}/off").status_code == 303
    assert interest.is_wanted("case.opened") is False
    assert admin.send(f"/webhooks/{receiver.id}", f"/webhooks/{receiver.id}/on").status_code == 303
    assert interest.is_wanted("case.opened") is True
    assert "Data office" in admin.get("/webhooks").text


def test_nobody_else_sees_them(app: Any) -> None:
    for name in ("hui", "chen", "ping", "jing"):
        assert Browser(app, name).get("/webhooks").status_code == 403
