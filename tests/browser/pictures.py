"""``python -m tests.browser.pictures http://127.0.0.1:8000`` makes the pictures of the help pages anew, from a running demo district.

Each picture is taken once per language and stored as ``webapp/static/help/NAME-LANGUAGE.webp``.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS

FOLDER = Path(__file__).parents[2] / "webapp" / "static" / "help"
LANGUAGES = {"zh": "zh-CN", "en": "en"}
PASSWORD = "zhijian-demo"
LARGEST = 80_000
DESK, PHONE = {"width": 1200, "height": 780}, {"width": 390, "height": 760}
Steps = Callable[[Page], None]


def first(selector: str) -> Steps:
    """Follow the first link that fits."""

    def follow(page: Page) -> None:
        address = page.locator(selector).first.get_attribute("href")
        page.goto(str(address))

    return follow


def task(page: Page) -> None:
    """One's own task, else one that can be claimed."""
    page.goto("/?view=mine")
    if not page.locator("main a.main-link[href^='/tasks/']").count():
        page.goto("/?view=group")
    first("main a.main-link[href^='/tasks/']")(page)


def nothing(_page: Page) -> None: ...


@dataclass(frozen=True)
class Picture:
    name: str
    username: str
    address: str
    steps: Steps = nothing
    is_phone: bool = False


PICTURES = (
    Picture("inbox", "hui", "/?view=group"),
    Picture("task", "hui", "/", task),
    Picture("case", "hui", "/cases", first("main a[href^='/cases/TC-']")),
    Picture("search", "hui", "/search?q=%E9%93%B8%E9%80%A0"),
    Picture("phone", "ping", "/?view=group", is_phone=True),
    Picture("supervise", "chen", "/?view=all"),
    Picture("referral", "hui", "/referrals", first("main a[href^='/referrals/']:not([href$='routes'])")),
    Picture("campaign", "hui", "/campaigns", first("main .list a[href^='/campaigns/']")),
    Picture("users", "admin", "/users"),
    Picture("diagram", "admin", "/diagrams", first("main a[href*='/bpmn/case_lifecycle']")),
    Picture("audit", "shenji", "/audit"),
)


def take(browser: Browser, base: str, picture: Picture, language: str) -> bytes:
    """The page as the person sees it, light and still."""
    size = PHONE if picture.is_phone else DESK
    context = browser.new_context(
        base_url=base, locale=LANGUAGES[language], viewport=size, color_scheme="light", reduced_motion="reduce"
    )  # fmt: skip
    page = context.new_page()
    _sign_in(page, picture.username)
    page.goto(picture.address)
    picture.steps(page)
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    shot = page.screenshot()
    context.close()
    return _packed(shot)


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    wanted = set(sys.argv[2:])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for picture in PICTURES:
            if wanted and picture.name not in wanted:
                continue
            for language in LANGUAGES:
                content = take(browser, base, picture, language)
                (FOLDER / f"{picture.name}-{language}.webp").write_bytes(content)
                print(f"{picture.name}-{language}.webp {len(content) // 1000} kB")
        browser.close()


def _sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def _packed(shot: bytes) -> bytes:
    """As WebP, as good as fits."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    for quality in (82, 72, 60, 45):
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= LARGEST:
            break
    return out.getvalue()


if __name__ == "__main__":
    main()
