"""One page, read as an article."""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial

from lxml import html

from crawlers.charset import decode
from crawlers.dates import Moment, read_moment
from crawlers.extraction.authors import author_of, lines_about_itself
from crawlers.extraction.bodies import text_of
from crawlers.extraction.broken_lines import part_lines
from crawlers.extraction.comment_parts import IsLater
from crawlers.extraction.comments import drop_comments
from crawlers.extraction.foreign_links import drop_foreign_links
from crawlers.extraction.furniture import drop_furniture, without_furniture
from crawlers.extraction.heads import datelines, lines_of_facts
from crawlers.extraction.prose import has_prose, lines_of
from crawlers.extraction.times import moment_of, moment_of_first_floor
from crawlers.extraction.titles import title_of
from crawlers.extraction.tree import parse
from crawlers.extraction.visible import visible
from crawlers.extraction.voices import drop_voices
from crawlers.plain import one_line

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_HEADER = re.compile(r"charset\s*=\s*([^\s;]+)", re.IGNORECASE)
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says. ``published`` is None where it names no time; the texts are empty then likewise."""

    title: str
    published: Moment | None
    author: str
    text: str


def extract(body: bytes, content_type: str, seen_at: datetime, zone: tzinfo, url: str = "") -> Article:
    """Read a page of any charset. ``zone`` is where the site's clock hangs, ``seen_at`` when it was fetched.

    ``url`` tells links to other sites from the page's own; without it the page's own word counts.

    Nothing is raised: what the page does not say is empty.
    """
    page = parse(decode(body, _declared(body, content_type)))
    tree = visible(page)
    front = without_furniture(tree)
    title = title_of(page, front)
    told = moment_of(page, lines_of_facts(lines_of(front), title), (), seen_at, zone)
    part = _article_part(tree, title, partial(_is_later, told, seen_at, zone))
    drop_foreign_links(part, page, url)
    lines = lines_of(part)
    facts = lines_of_facts(lines, title)
    author = author_of(page, facts, lines, [one_line(text) for text in part.itertext()])
    not_text = {title, author, *lines_about_itself(facts, lines), *datelines(facts)}
    return Article(
        title=title,
        published=moment_of(page, facts, lines, seen_at, zone)
        or moment_of_first_floor(lines_of(tree), seen_at, zone),
        author=author,
        text=text_of(part, title, not_text),
    )


def _article_part(tree: html.HtmlElement, headline: str, is_later: IsLater) -> html.HtmlElement:
    """A copy of what is visible without furniture and without comments, whatever they are named."""
    part = _without_others(tree, headline, is_later, keep_first=False)
    return part if has_prose(part) else _without_others(tree, headline, is_later, keep_first=True)


def _without_others(
    tree: html.HtmlElement, headline: str, is_later: IsLater, *, keep_first: bool
) -> html.HtmlElement:
    copy = deepcopy(tree)
    part_lines(copy)
    drop_comments(copy, headline, is_later, keep_first=keep_first)
    drop_furniture(copy)
    drop_voices(copy, headline)
    return copy


def _is_later(told: Moment | None, seen_at: datetime, zone: tzinfo, written: str) -> bool | None:
    """Whether what is written of that time may answer a page of the time ``told``; None if unknown."""
    moment = read_moment(written, seen_at, zone)
    return moment.at >= told.at.astimezone(zone).replace(hour=0, minute=0) if moment and told else None


def _declared(body: bytes, content_type: str) -> Iterable[str]:
    """What header and page say of the charset: hints only, both are often wrong."""
    if found := _IN_HEADER.search(content_type):
        yield found[1]
    if inside := _DECLARED.search(body[:_HEAD]):
        yield inside[1].decode("ascii", "replace")
