"""Strangers' words on our pages: they are read, never obeyed."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.web.passages import cleaned, safe_url
from tests.laws import ON_ONE_FIXTURE
from tests.pages_fakes import open_desk
from tests.pages_sample import NOW, full_view, mention_of
from wanglou.domain.item import Author, Item
from wanglou.domain.mention import SeenMention
from wanglou.ports import Storage

WORDS = (
    "a article bdi body button circle dd defs details dialog div dl dt fieldset figcaption figure form g "
    "h1 h2 h3 h4 head header html input kbd label li link main mark meta nav ol option p path rect script "
    "section select small span strong summary svg table tbody td text textarea th thead time title tr ul use"
)
TAGS = frozenset(WORDS.split())
"""What our templates are made of; nothing else may appear."""

EVIL = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "</textarea><svg onload=alert(1)>",
            "{{ 7*7 }}",
            "<!--",
            "]]>",
            "</title><base href=//evil.example>",
            "安屿\u202e锁\u2066",
            "&#60;script&#62;",
        ]
    ),
)
ADDRESSES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            " https://ok.example/x",
            'https://ok.example/" onclick="alert(1)',
            "//evil.example/x",
            "http://[",
            "file:///etc/passwd",
        ]
    ),
)


class Page(HTMLParser):
    """Collects what a browser would act upon."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[dict[str, str]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v or "" for k, v in attrs}
        self.tags.add(tag)
        self.attributes |= found.keys()
        if tag == "a":
            self.links.append(found)
        if tag == "script":
            self.scripts.append(found.get("src", ""))


Show = Callable[..., Page]


@pytest.fixture
def shown(sqlite_storage: Storage) -> Show:
    """The incident page over these mentions."""
    desk = open_desk(sqlite_storage)
    browser = desk.signed_in("wang")

    def show(*mentions: SeenMention) -> Page:
        desk.reader.incidents["inc-anju-12"] = replace(full_view(), evidence=mentions)
        return Page(browser.get("/incidents/inc-anju-12").text)

    return show


@settings(max_examples=25, deadline=None, suppress_health_check=ON_ONE_FIXTURE)
@given(title=EVIL, text=EVIL, author=EVIL, url=ADDRESSES, word=EVIL)
def test_nothing_a_stranger_writes_becomes_active(  # noqa: PLR0913, PLR0917 -- each field a stranger fills
    shown: Show, title: str, text: str, author: str, url: str, word: str
) -> None:
    item = Item("s1", url, title, text, Author(author), published_at=NOW)
    seen = SeenMention(mention_of(item, "g1"), item)
    words = replace(seen.mention.reading, words=((word, 1.0),))
    original = replace(seen, mention=replace(seen.mention, reading=words))
    copy = replace(seen, mention=replace(seen.mention, voice=False))
    page = shown(original, copy)
    assert page.tags <= TAGS
    assert not {a for a in page.attributes if a.startswith("on") or a in {"style", "srcdoc", "formaction"}}
    assert all(s.startswith("/static/") for s in page.scripts)
    outside = [a for a in page.links if not a["href"].startswith(("/", "#", "?"))]
    assert all(a["href"].startswith(("http://", "https://")) for a in outside)
    assert all(a["rel"] == "noopener noreferrer nofollow" for a in outside)
    assert all(a["referrerpolicy"] == "no-referrer" for a in outside)
    assert len([a for a in outside if a["href"] == url.strip()]) == (2 if safe_url(url) else 0)


@given(st.text())
def test_cleaning_keeps_length_and_every_han_character(text: str) -> None:
    shown = cleaned(text)
    assert len(shown) == len(text)
    assert [c for c in shown if "\u4e00" <= c <= "\u9fff"] == [c for c in text if "\u4e00" <= c <= "\u9fff"]
    assert not set(shown) & set("\u202e\u2066\u0000\u0008")


@pytest.mark.parametrize(
    "url", ["https://a.example/路径?q=1#x", "http://a.example:8080/", "HTTPS://A.EXAMPLE/"]
)
def test_plain_addresses_stay_links(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url", ["", "a.example", "/p/1", "https://", "http:///x", "https://a b.example", "https:\\\\a"]
)
def test_everything_else_is_shown_as_text(url: str) -> None:
    assert safe_url(url) is None


def test_an_item_with_a_malformed_address_still_has_a_key() -> None:
    one, other = (Item("s1", url, "", "") for url in ("http://[", "A://[x"))
    assert one.key == Item("s1", " http://[ ", "", "").key
    assert one.key != other.key
