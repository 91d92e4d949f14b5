"""Every page in a real browser, read by axe: contrast, names, roles, structure."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from desk.backtesting.saved import Shelf
from tests.backtests_sample import sample_report
from tests.pages_fakes import open_desk, sample_reader
from tests.stories.test_pages_in_chromium import INCIDENT, SIZES, Site, browser, free_port, serving
from wanglou.ports import Storage

__all__ = ["browser"]  # the fixture of the other story, under its own event loop here

pytestmark = pytest.mark.chromium

WITHIN = (
    "/",
    "/?client=anju",
    "/?q=zzz",
    INCIDENT,
    f"{INCIDENT}?all=1",
    f"{INCIDENT}/plan",
    "/report",
    "/health",
    "/mentions",
    "/mentions?client=anju&days=30&sentiment=neg",
    "/backtest",
    "/clients",
    "/clients/anju?days=30",
    "/clients/xinglan",
    "/password",
    "/nowhere",
)


@pytest.fixture
def site(browser: Browser, sqlite_storage: Storage, tmp_path: Path) -> Iterator[Site]:
    shelf = Shelf(tmp_path)
    shelf.keep(sample_report())
    desk = open_desk(sqlite_storage, sample_reader(blind=1), rehearsal=True, backtests=shelf)
    with serving(desk, free_port()) as address:
        yield Site(desk, address, browser)


def findings(page: Page) -> list[str]:
    """What axe finds: rule, and the element it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:120]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_axe_finds_nothing_on_the_pages_of_the_desk(site: Site, size: str, scheme: str) -> None:
    # the page that says "not found" is one of them, and the console calls its status an error
    with site.page("he", size, color_scheme=scheme, may_fail=True) as page:
        for path, language in product(WITHIN, ("zh", "en")):
            page.goto(f"{site.address}{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.locator("h1")).to_have_count(1)
            assert findings(page) == [], f"{path} in {language}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_sign_in(site: Site, scheme: Literal["light", "dark"]) -> None:
    width, height = SIZES["phone"]
    context = site.browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    try:
        page = context.new_page()
        for language in ("zh", "en"):
            page.goto(f"{site.address}/sign-in?lang={language}")
            expect(page.locator("h1")).to_have_count(1)
            assert findings(page) == []
    finally:
        context.close()


def test_axe_would_find_a_picture_without_a_name(site: Site) -> None:
    with site.page() as page:
        page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        assert "image-alt: <img>" in findings(page)
