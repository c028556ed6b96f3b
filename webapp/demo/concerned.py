"""People of the demo cases: invented workers with a diagnosis and its paper where a leg needs one, invented complainants."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw

from webapp.accounts.models import User
from webapp.cases.models import Case
from webapp.cases.people import add_person
from webapp.core import clock
from webapp.documents import evidence
from webapp.documents.evidence import Circumstances
from webapp.documents.uploads import check_file

DIAGNOSIS = {"institution": "演示职业病防治院", "diagnosis": "职业性尘肺病壹期（演示）"}
PAPER_SIZE = (620, 877)  # A4 at 75 dpi
PHOTO_SIZE = (320, 240)


def add_worker(case: Case, *, actor: User, at: datetime) -> None:
    """Enter a sick worker whose illness was diagnosed when the case began."""
    health = {**DIAGNOSIS, "certificate_no": f"演诊{case.id:06d}", "diagnosed_on": clock.legal_day(case.opened_at).isoformat()}
    values = {"kind": "worker", "name": f"演示工人{case.id:04d}", "relation": "打磨工", **health}
    add_person(case, values=values, actor=actor, at=at, locale="zh")


def add_complainant(case: Case, *, actor: User, at: datetime) -> None:
    values = {"kind": "complainant", "name": f"演示群众{case.id:04d}", "phone": f"000-0000-{case.id:04d}"}
    add_person(case, values=values, actor=actor, at=at, locale="zh")


def add_certificate(case: Case, *, actor: User, at: datetime) -> None:
    """Upload a picture that says that it is a demo paper."""
    name = f"演示诊断证明书{case.id:06d}.png"
    file = check_file(_paper(case), name, is_scan=True, now=at)
    evidence.add(case, file, Circumstances(note="演示数据：并无此证明书。"), actor=actor, at=at)


def add_photos(case: Case, count: int, *, place: str, actor: User, at: datetime) -> None:
    """Small pictures that say that they are demo photographs."""
    for number in range(1, count + 1):
        name = f"IMG_{at:%Y%m%d}_{case.id:04d}{number}.jpg"
        file = check_file(_photo(case, number, at=at), name, now=at)
        note = f"演示照片{number}：现场情况。" if not place else f"演示照片{number}：{place}。"
        evidence.add(case, file, Circumstances(place=place, note=note), actor=actor, at=at)


def _photo(case: Case, number: int, *, at: datetime) -> bytes:
    shade = (case.id * 37 + number * 61) % 90
    image = Image.new("RGB", PHOTO_SIZE, (70 + shade, 90 + shade // 2, 110))
    pen = ImageDraw.Draw(image)
    for bar in range(4):
        left = 20 + (case.id * 13 + bar * 67) % 240
        pen.rectangle((left, 60 + bar * 30, left + 50, 210), fill=(40 + bar * 20, 60, 80 + shade))
    pen.text((14, 12), f"DEMO PHOTO {number}  {case.case_no}", fill="white", font_size=16)
    out = BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()


def _paper(case: Case) -> bytes:
    image = Image.new("L", PAPER_SIZE, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((30, 30, PAPER_SIZE[0] - 30, PAPER_SIZE[1] - 30), outline="black", width=2)
    lines = ("DEMO - NOT A REAL PAPER", "Certificate of occupational disease", f"Case {case.case_no}", f"No. {case.id:06d}")
    for row, text in enumerate(lines):
        pen.text((70, 90 + row * 60), text, fill="black", font_size=24)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
