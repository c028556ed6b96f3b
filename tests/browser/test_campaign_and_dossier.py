"""A coordinator launches a campaign and watches it; an officer downloads the dossier of a case."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from tests.browser.conftest import Person
from tests.printing import need_fonts, running_renderer
from tests.site import Site
from tests.webapp.campaigns.campaigning import add_employers
from tests.webapp.pages import complete_next, open_case
from webapp.campaigns import sweeps
from webapp.core.db import db

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


@pytest.fixture
def renderer() -> Iterator[Path]:
    need_fonts()
    with tempfile.TemporaryDirectory(prefix="zj-") as folder:
        place = Path(folder) / "r.sock"
        with running_renderer(place):
            yield place


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Prefect, the loop's sweep opens the visits."""
    monkeypatch.setenv("ZHIJIAN_PREFECT", "off")


@pytest.fixture
def printing(monkeypatch: pytest.MonkeyPatch, renderer: Path) -> None:
    monkeypatch.setenv("ZHIJIAN_RENDERER", str(renderer))


@pytest.fixture
def garages(app: Any) -> int:
    return len(add_employers(6, industry="O8111", hazards=["noise"]))


def test_a_coordinator_launches_an_auto_repair_campaign_and_watches_it(alone: None, garages: int, site: Site, browser: Browser) -> None:
    hui = Person(browser, site, "hui")
    page = hui.page
    page.goto("/campaigns")
    page.locator("a[href='/campaigns/new']").first.click()
    hui.fill({"kind": "AUTOREP", "name": "2026年汽车维修专项治理", "plan": "依据上级方案"})
    expect(page.locator("#scope-count")).to_contain_text(str(garages))
    page.locator(".actionbar button.primary").click()
    page.locator(".confirm-launch summary").click()
    page.locator(".confirm-launch button.primary").click()
    expect(page.locator("#launch-progress")).to_be_visible()
    db.session.remove()
    assert sweeps.reconcile() == garages
    expect(page.locator("table.board")).to_contain_text(str(garages), timeout=15000)
    page.goto(page.url)
    page.locator("table.board td a.tag").first.click()
    expect(page.locator("main")).to_contain_text("演示铸造")
    assert hui.faults == []
    hui.close()


def test_an_officer_downloads_the_dossier(printing: None, cast: Any, employer: Any, site: Site, browser: Browser) -> None:
    case = open_case(employer, cast.ping)
    complete_next(case, role="TOWN", decision="take")
    complete_next(case, role="TOWN", conclusion="violation")
    case_no, name = case.case_no, employer.name
    db.session.remove()
    hui = Person(browser, site, "hui")
    hui.page.goto(f"/cases/{case_no}")
    with hui.page.expect_download() as download:
        hui.page.get_by_role("button", name="打印案卷").click()
    assert download.value.suggested_filename == f"案卷-{case_no}.pdf"
    reader = PdfReader(str(download.value.path()))
    assert case_no in reader.pages[0].extract_text()
    assert name in reader.pages[0].extract_text()
    assert hui.faults == []
    hui.close()
