"""Extract articles: title, time, author and text of HTML files or addresses, one JSON line a page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from crawlers.articles import item_of, read_article
from crawlers.charset import decode, is_text
from crawlers.crawl import crawl_once
from crawlers.extraction.article import extract as extract_article
from crawlers.rounds import CrawlSettings, RoundRequest
from crawlers.source import Page
from desk.cli._exits import UnreadableInputError, UsageError
from desk.cli._streams import name_of, read_bytes, tell, write_json_line
from desk.clocks import WallClock
from wanglou.domain.item import Item
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.wording import say

_PAGE = "page"

Files = Annotated[
    list[str], typer.Argument(metavar="FILE|URL...", help="HTML files, addresses, or - for stdin.")
]
Zone = Annotated[str, typer.Option("--zone", help="Where the pages' clock hangs if they name no offset.")]

SeenAt = Annotated[
    str | None, typer.Option("--seen-at", help="When the files were saved, as 2026-11-29T08:00+08:00.")
]

_ADVISED = frozenset(
    {
        *("source_private_address", "source_too_large", "source_robots", "source_rate_limited"),
        *("source_redirect_loop", "source_redirects", "source_scheme"),
    }
)
"""Troubles whose advice is a setting of a source."""


@dataclass(frozen=True, slots=True)
class _OnePage:
    """One address, read as an article whatever it shows."""

    id: str
    url: str
    zone: tzinfo

    def urls(self) -> Iterable[str]:
        return [self.url]

    def read(self, page: Page) -> Iterator[Item]:
        yield item_of(self.id, page.url, read_article(self.id, page, self.zone))


def extract(files: Files, zone: Zone = "Asia/Shanghai", seen_at: SeenAt = None) -> None:
    """Write {"file", "title", "published_at", "author", "text"} for each page; what a page omits is null.

    Files may be of any charset. Times without a year or counted back, such as 昨天, need --seen-at in files;
    without it they are null. Addresses are fetched as the crawler does it: private networks are refused,
    robots.txt is obeyed. What cannot be read is named on stderr, the rest goes on, and the exit code is 3.
    """
    where = _zone(zone)
    when = _moment(seen_at, where)
    unread = 0
    for file in files:
        try:
            write_json_line(_line(file, where, when))
        except UnreadableInputError as error:
            unread += 1
            tell(str(error))
    if unread:
        raise UnreadableInputError(f"{unread} of {len(files)} pages were not read, see above")


def _line(file: str, zone: ZoneInfo, seen_at: datetime | None) -> Mapping[str, Any]:
    if file.startswith(("http://", "https://")):
        item = _fetched(file, zone)
        author = item.author.name if item.author else None
        return _plain(file, item.title, item.published_at, author, item.text, zone)
    body = read_bytes(file)
    if not is_text(decode(body)):
        raise UnreadableInputError(f"{name_of(file)}: binary data, not a page; name an HTML file")
    found = extract_article(body, "", seen_at or WallClock().now(), zone)
    told = found.published if seen_at or not (found.published and found.published.relative) else None
    return _plain(name_of(file), found.title, told.at if told else None, found.author, found.text, zone)


def _plain(
    file: str, title: str, at: datetime | None, author: str | None, text: str, zone: tzinfo
) -> Mapping[str, Any]:
    return {
        "file": file,
        "title": title or None,
        "published_at": at.astimezone(zone).isoformat() if at else None,
        "author": author or None,
        "text": text or None,
    }


def _fetched(url: str, zone: ZoneInfo) -> Item:
    day = timedelta(days=1)
    spec = SourceSpec(_PAGE, url, "article", url, SourceClass.NEWS, day, day, 0)
    rounds = crawl_once(RoundRequest(spec, _OnePage(_PAGE, url, zone)), CrawlSettings(), WallClock())
    for part in rounds:
        for item in part.items:
            return item
    trouble = next((say(_here(part.trouble), "en") for part in rounds if part.trouble), "nothing came back")
    raise UnreadableInputError(f"{url}: {trouble}")


def _here(trouble: Reason) -> Reason:
    """The trouble with advice for somebody at a shell, who has no source to set anything in."""
    return (
        Reason(f"extract{trouble.code.removeprefix('source')}", trouble.facts)
        if trouble.code in _ADVISED
        else trouble
    )


def _moment(written: str | None, zone: tzinfo) -> datetime | None:
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise UsageError(f"--seen-at {written}: not a time such as 2026-11-29T08:00+08:00") from error
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"--zone {name}: not an IANA name such as Asia/Shanghai") from error


PLUGIN = extract
