"""Extraction held to its floors on pages of our own making, and to each page where one thing is nasty."""

from collections.abc import Callable

import pytest

from benchmarks.pages import f1
from crawlers.extraction.article import Article, extract
from tests.article_pages.held import held_pages
from tests.article_pages.hidden import hidden_pages, shown_pages
from tests.article_pages.hostile import hostile_pages
from tests.article_pages.news import CHINA, SEEN_AT, Made, made_pages
from tests.article_pages.sites import site_pages
from tests.article_pages.talk import quoted_pages, talk_pages

PAGES = list(made_pages())
HOSTILE = [
    *hostile_pages(),
    *held_pages(),
    *hidden_pages(),
    *shown_pages(),
    *talk_pages(),
    *quoted_pages(),
    *site_pages(),
]
READ = {made.name: extract(made.body, "text/html", SEEN_AT, CHINA) for made in [*PAGES, *HOSTILE]}


def share(holds: Callable[[Made, Article], bool], pages: list[Made] = PAGES) -> float:
    return sum(holds(made, READ[made.name]) for made in pages) / len(pages)


def same_minute(made: Made, read: Article) -> bool:
    return (read.published and read.published.at) == made.published


def same_day(made: Made, read: Article) -> bool:
    days = [
        at and at.astimezone(CHINA).date() for at in (made.published, read.published and read.published.at)
    ]
    return days[0] == days[1]


def leaks(made: Made, read: Article) -> bool:
    return any(words in read.text for words in (*made.leaks, "时时彩", "澳门赌场"))


def test_there_are_enough_pages_and_no_two_of_one_name() -> None:
    assert len(PAGES) >= 40
    assert len(HOSTILE) >= 34
    assert len(READ) == len(PAGES) + len(HOSTILE)


def test_titles_are_exact() -> None:
    assert share(lambda made, read: read.title == made.title) >= 0.90


def test_days_and_minutes_are_right_and_none_is_invented() -> None:
    assert share(same_day) >= 0.95
    assert share(same_minute) >= 0.90


def test_authors_or_papers_are_named() -> None:
    assert share(lambda made, read: read.author == made.author) >= 0.50


def test_every_sentence_is_there_and_little_else() -> None:
    sentences = [(made, p) for made in PAGES for p in made.paragraphs]
    assert sum(p in READ[made.name].text for made, p in sentences) / len(sentences) >= 0.97
    assert share(leaks) <= 0.10
    assert sum(f1(made, READ[made.name].text) for made in PAGES) / len(PAGES) >= 0.95


@pytest.mark.parametrize(
    "made", [*[m for m in PAGES if "/" not in m.name], *HOSTILE], ids=lambda made: made.name
)
def test_a_page_that_makes_trouble_is_read_all_the_same(made: Made) -> None:
    read = READ[made.name]
    assert read.title == made.title
    assert same_minute(made, read)
    assert [paragraph for paragraph in made.paragraphs if paragraph not in read.text] == []


@pytest.mark.parametrize("made", [*PAGES, *HOSTILE], ids=lambda made: made.name)
def test_nobody_elses_words_stand_in_the_text(made: Made) -> None:
    assert [words for words in made.leaks if words in READ[made.name].text] == []


def test_a_relative_time_is_marked_and_counts_from_the_hour_of_fetching() -> None:
    told = {made.name for made in PAGES if (at := READ[made.name].published) and at.relative}
    assert told == {"yesterday", "3 hours ago"}
