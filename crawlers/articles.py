"""What kinds that follow links to articles share: which links are articles, and a page as an item."""

import re
from datetime import tzinfo

from crawlers.addresses import without_secrets
from crawlers.charset import decode, is_text
from crawlers.extraction.article import Article, extract
from crawlers.source import Page, UnreadablePageError
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.source import SourceSpec

MOST_LINKS = 500
"""As many as one source may carry over to its next rounds."""

_LOOKS_LIKE_ONE = re.compile(r"/\d{4}[-/]?\d{2}|\d{5,}|\.s?html?$|/(?:article|news|a|p|story)/[\w-]+")


def pattern_of(spec: SourceSpec) -> re.Pattern[str]:
    """What an article's address contains: option ``pattern``, else what most sites write.

    Raises ValueError for a pattern that is none.
    """
    written = spec.options.get("pattern")
    if written is None:
        return _LOOKS_LIKE_ONE
    try:
        return re.compile(str(written))
    except re.error as error:
        raise ValueError(
            f"source {spec.id!r}: pattern {written!r} is no regular expression: {error}"
        ) from error


def read_article(source: str, page: Page, zone: tzinfo) -> Article:
    """What a page says. Raises UnreadablePageError for one that is no text."""
    if not is_text(decode(page.body)):
        raise UnreadablePageError(source, page.url, "no text but binary data", "source_no_article")
    return extract(page.body, page.headers.get("content-type", ""), page.fetched_at, zone, page.url)


def article_of(source: str, page: Page, zone: tzinfo) -> Item:
    """An article's page as an item. Raises UnreadablePageError for a page without headline or text."""
    article = read_article(source, page, zone)
    if not article.title or not article.text:
        raise UnreadablePageError(source, page.url, "no headline or no text", "source_no_article")
    return item_of(source, page.url, article)


def item_of(source: str, url: str, article: Article) -> Item:
    """What was read from a page as an item."""
    moment = article.published
    dated_by = DatedBy.NONE
    if moment:
        dated_by = DatedBy.RELATIVE if moment.relative else DatedBy.PAGE
    return Item(
        source=source,
        url=without_secrets(url),
        title=article.title,
        text=article.text,
        author=Author(article.author) if article.author else None,
        published_at=moment.at if moment else None,
        dated_by=dated_by,
    )
