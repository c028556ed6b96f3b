"""Help for every role, in both languages, and reachable from every page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import pictures
from tests.webapp.pages import Browser, outside
from webapp.core.permissions import ROLES
from webapp.help.guides import Guide, guide_of, guides

ONCE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def texts(guide: Guide) -> list[Any]:
    found: list[Any] = [guide.title, guide.intro]
    for part in guide.parts:
        found += [part.title, *part.text, *part.steps, *([part.shows] if part.picture else [])]
    return found


def test_every_role_has_one_guide() -> None:
    told = [role for guide in guides().values() for role in guide.roles]
    assert sorted(told) == sorted(ROLES)


def test_every_sentence_is_there_in_both_languages() -> None:
    for guide in guides().values():
        for text in texts(guide):
            assert text is not None, guide.key
            assert text.keys() == {"zh", "en"}, (guide.key, text)
            assert all(text.values()), (guide.key, text)


def test_each_guide_answers_what_to_do_and_shows_a_way() -> None:
    for guide in guides().values():
        assert len(guide.parts) >= 3, guide.key
        assert any(part.steps for part in guide.parts), guide.key


def test_every_picture_is_made_by_the_script_and_small() -> None:
    named = {part.picture for guide in guides().values() for part in guide.parts if part.picture}
    assert named == {picture.name for picture in pictures.PICTURES}
    for file in pictures.FOLDER.glob("*"):
        assert file.stem.rpartition("-")[0] in named
        assert file.stat().st_size <= pictures.LARGEST


def test_of_several_roles_the_one_with_more_to_decide_leads() -> None:
    found = guide_of({"HD_OFF", "HD_LEAD"})
    assert found is not None
    assert found.key == "lead"
    assert guide_of(set()) is None


@ONCE
@pytest.mark.parametrize(("username", "language", "heading"), [("ping", "zh", "网格巡查员"), ("zheng", "en", "Principal head")])
def test_the_mark_on_top_leads_to_the_help_of_ones_role(app: Any, cast: Any, username: str, language: str, heading: str) -> None:
    browser = Browser(app, username, language=language)
    assert 'href="/help/mine"' in browser.get("/account").text
    page = browser.get("/help/mine", follow=True)
    assert page.status_code == 200
    assert f"<h1>{heading}</h1>" in page.text


@ONCE
def test_help_needs_no_account_and_an_unknown_page_is_not_found(app: Any) -> None:
    client = app.test_client()
    assert outside(client.get, "/help").status_code == 200
    assert outside(client.get, "/help/mine").headers["Location"] == "/help"
    assert all(outside(client.get, f"/help/{key}").status_code == 200 for key in guides())
    assert outside(client.get, "/help/../etc").status_code == 404
    assert outside(client.get, "/help/nobody").status_code == 404


@ONCE
def test_all_places_are_listed_on_a_page_for_small_screens(app: Any, cast: Any) -> None:
    page = Browser(app, "jing").get("/more").text
    assert "/referrals" in page
    assert "/cases" not in page.split("<main")[1]
