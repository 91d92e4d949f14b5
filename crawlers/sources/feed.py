"""RSS, Atom and RDF feeds. In config/sources.yaml: ``{id: caijing, kind: feed, url: …}``.

Options besides the limits every source knows: ``zone``, where feeds that name no offset hang their clock.
"""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from crawlers.addresses import without_secrets
from crawlers.charset import decode
from crawlers.counts import read_count
from crawlers.dates import read_moment
from crawlers.limits import check_options, zone_of
from crawlers.plain import one_line, plain_text, without_controls
from crawlers.source import Page, UnreadablePageError, hashed_id
from wanglou.domain.item import Author, DatedBy, Engagement, Item
from wanglou.domain.source import SourceClass, SourceSpec

_PROLOG = re.compile(r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"'][^>]*\?>", re.IGNORECASE)
_ANY_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(r"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*([^\s;]+)", re.IGNORECASE)
_BY_NUMBER = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
_LAST_CHARACTER = 0x10FFFF
_DIGITS = 10
_HEAD = 4096
_MAIL_ADDRESS = re.compile(r"\S+@\S+")
_OUTLETS = frozenset({SourceClass.NEWS, SourceClass.BOARD})
"""Classes whose authors are papers and journalists; elsewhere an author is an ordinary person."""


@dataclass(frozen=True, slots=True)
class FeedSource:
    """One feed. Entries carry the text; no page behind them is fetched."""

    id: str
    url: str
    zone: tzinfo
    authors_are_outlets: bool

    def urls(self) -> Iterable[str]:
        """Ask for the feed itself."""
        return [self.url]

    def read(self, page: Page) -> Iterator[Item]:
        """Turn entries into items; an undated entry stays undated and counts toward no bucket.

        Of a feed that breaks off, whole entries are yielded before UnreadablePageError is raised.
        """
        text = _text(page)
        feed = self._parse(text, page)
        entries = list(feed.entries)
        is_cut = _END.search(text) is None
        if is_cut:
            entries = entries[: len(_ENTRY_END.findall(text))]
        shared = _shared_names(entries)
        items = (self._item(entry, page, shared) for entry in entries)
        yield from (item for item in items if item.title or item.text)
        if is_cut:
            found = f"the feed breaks off after {len(entries)} entries"
            raise UnreadablePageError(self.id, page.url, found, "source_feed_cut")

    def _parse(self, text: str, page: Page) -> Any:
        """Let feedparser at the text only: given an address or a path as a string it would open it."""
        if not text.strip():
            raise UnreadablePageError(self.id, page.url, "an empty body", "source_empty_page")
        bare = _DOCTYPE.sub("", _ANY_PROLOG.sub("", text[:_HEAD], count=1), count=1) + text[_HEAD:]
        bare = _BY_NUMBER.sub(_if_it_is_one, bare)
        feed = feedparser.parse(
            io.BytesIO(bare.lstrip().encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": page.url},
            sanitize_html=False,  # only plain text leaves this module
            resolve_relative_uris=False,
        )
        if feed.get("version"):
            return feed
        if _HTML.search(text[:_HEAD]):
            raise UnreadablePageError(self.id, page.url, "HTML instead of a feed", "source_html_for_feed")
        raise UnreadablePageError(self.id, page.url, "neither RSS nor Atom", "source_no_feed")

    def _item(self, entry: Any, page: Page, shared: frozenset[str]) -> Item:
        title = _title(entry)
        url = _link(entry, page)
        published_at, dated_by = self._dated(entry, page.fetched_at)
        return Item(
            source=self.id,
            url=url or without_secrets(page.url),
            title=title,
            text=_body(entry),
            author=self._author(entry),
            published_at=published_at,
            dated_by=dated_by,
            platform_id=_platform_id(entry, url, title, shared),
            engagement=_engagement(entry, page.fetched_at),
        )

    def _dated(self, entry: Any, seen_at: datetime) -> tuple[datetime | None, DatedBy]:
        """The time of publishing, else of the last change; read by us, who know the site's zone."""
        for name in ("published", "updated", "created"):
            written = dict.get(entry, name)  # feedparser's own get lends `published` to `updated`, warning
            moment = read_moment(str(written or ""), seen_at, self.zone)
            if moment:
                return moment.at, DatedBy.RELATIVE if moment.relative else DatedBy.FEED
        return None, DatedBy.NONE

    def _author(self, entry: Any) -> Author | None:
        """The name as shown without any mail address; an ordinary person's id only hashed.

        feedparser's own split into name and address fails on newer top-level domains.
        """
        detail = entry.get("author_detail") or {}
        written = _field(entry, "author")
        shown = written if "@" in written else _field(detail, "name") or written
        name = one_line(_MAIL_ADDRESS.sub("", plain_text(shown))).strip("() ")
        if not name:
            return None
        if self.authors_are_outlets:
            return Author(name)
        return Author(name, hashed_id(self.id, _field(detail, "href") or written or name))


def _text(page: Page) -> str:
    """The feed as text. What header and prolog declare is only a hint: both are often wrong."""
    hints = [m[1] for m in [_CHARSET.search(page.headers.get("content-type", ""))] if m]
    hints += [m[1] for m in [_PROLOG.match(page.body[:256].decode("ascii", "ignore"))] if m]
    return without_controls(decode(page.body, hints))


def _if_it_is_one(reference: re.Match[str]) -> str:
    """Nothing instead of a character that does not exist: feedparser fails on the whole feed for one."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits.lstrip("0")[: _DIGITS + 1] or "0", base)
    return reference[0] if code <= _LAST_CHARACTER and without_controls(chr(code)) else ""


def _field(entry: Any, name: str) -> str:
    """A field without what databases refuse: ``&#xD800;`` in a feed is half a character."""
    return without_controls(str(entry.get(name) or "")).strip()


def _title(entry: Any) -> str:
    detail = entry.get("title_detail") or {}
    title = str(entry.get("title") or "")
    return one_line(title if detail.get("type") == "text/plain" else plain_text(title))


def _body(entry: Any) -> str:
    """The longest of the texts an entry brings: summaries are often the whole, contents often a teaser."""
    parts = [*(entry.get("content") or ()), entry.get("summary_detail") or {}]
    return max((_words(part) for part in parts), key=len, default="")


def _words(part: Any) -> str:
    value = str(part.get("value") or "")
    return without_controls(value).strip() if part.get("type") == "text/plain" else plain_text(value)


def _link(entry: Any, page: Page) -> str:
    """The entry's address, empty unless it is a web address: the desk's pages make links of these."""
    given = _field(entry, "link")
    try:
        url = urljoin(page.url, given) if given else ""
        return url if urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:  # an unclosed bracket in the host
        return ""


def _shared_names(entries: Sequence[Any]) -> frozenset[str]:
    """Ids and links that several entries of one page bear: they name the place, not the entry."""
    seen = Counter((field, _field(entry, field)) for entry in entries for field in ("id", "link"))
    return frozenset(name for (_, name), times in seen.items() if times > 1)


def _platform_id(entry: Any, url: str, title: str, shared: frozenset[str]) -> str | None:
    """The feed's own id; None where the link alone names the entry; else link and title together."""
    given = _field(entry, "id")
    if given and given not in shared:
        return given
    link = _field(entry, "link")
    if url and link not in shared:
        return None
    return hashlib.sha256(f"{given}\n{url}\n{title or _body(entry)}".encode()).hexdigest()


def _engagement(entry: Any, seen_at: datetime) -> Engagement | None:
    comments = read_count(_field(entry, "slash_comments"))
    return None if comments is None else Engagement(seen_at, comments=comments)


def plugin(spec: SourceSpec) -> FeedSource:
    """Build the feed that ``spec`` describes."""
    check_options(spec, own=("zone",))
    if urlsplit(spec.url).scheme not in {"http", "https"}:
        raise ValueError(f"source {spec.id!r}: url {spec.url!r} must begin with http:// or https://")
    return FeedSource(spec.id, spec.url, zone_of(spec), spec.source_class in _OUTLETS)


PLUGIN = plugin
