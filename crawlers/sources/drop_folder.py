"""Mentions put into a folder as files: exports of listening tools, spreadsheets, other crawlers.

In config/sources.yaml: ``{id: exports, kind: drop_folder, url: "file:///srv/exports/"}``; a relative
``file:exports/`` lies in the data folder. JSON Lines (``.jsonl``, ``.ndjson``, ``.json``) or CSV with a
header, in UTF-8 or GB18030. Fields: url, title, text, author, published_at, id, source, verified,
followers, likes, comments, reposts, and their usual Chinese headings. Of title and text one must be there.

``source`` is the place's name (微博, a paper): it keeps ids of different places apart, and it is the author
where a line names none. It never changes the item's source, which is this folder.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit

from crawlers.counts import read_count
from crawlers.dates import Moment, read_moment
from crawlers.limits import check_options, zone_of
from crawlers.lines import NoHeaderError, Row, csv_rows, json_rows
from crawlers.plain import one_line, plain_text, without_controls
from crawlers.source import (
    Follow,
    Page,
    RejectedLine,
    RejectedLinesError,
    UnreadablePageError,
    hashed_id,
)
from wanglou.domain.item import Author, DatedBy, Engagement, Item
from wanglou.domain.source import SourceSpec

LISTING = "inode/directory"
JSON_LINES = "application/x-ndjson"
CSV = "text/csv"
FIRST_LINE = "x-first-line"
"""Header of a file's page: the number of its first data line in the whole file."""

_HEADINGS = {
    **dict.fromkeys(("url", "link", "链接", "网址", "原文链接", "地址"), "url"),
    **dict.fromkeys(("title", "headline", "标题", "题目"), "title"),
    **dict.fromkeys(("text", "content", "body", "summary", "正文", "内容", "摘要", "文本"), "text"),
    **dict.fromkeys(("author", "作者", "昵称", "用户", "用户名", "发布者", "账号"), "author"),
    **dict.fromkeys(
        ("published_at", "published", "date", "time", "发布时间", "时间", "日期"), "published_at"
    ),
    **dict.fromkeys(("id", "编号", "文章id", "帖子id"), "id"),
    **dict.fromkeys(("source", "site", "platform", "来源", "平台", "媒体", "网站", "站点"), "source"),
    **dict.fromkeys(("verified", "认证", "是否认证"), "verified"),
    **dict.fromkeys(("followers", "粉丝", "粉丝数"), "followers"),
    **dict.fromkeys(("likes", "点赞", "点赞数", "赞"), "likes"),
    **dict.fromkeys(("comments", "评论", "评论数"), "comments"),
    **dict.fromkeys(("reposts", "shares", "转发", "转发数"), "reposts"),
}
_TRUE = frozenset({"true", "1", "yes", "y", "是", "已认证", "v"})


@dataclass(frozen=True, slots=True)
class DropFolderSource:
    """A folder people and programs put files into. Only ``crawlers.folder`` touches the disk."""

    id: str
    url: str
    zone: tzinfo

    def urls(self) -> Iterable[str]:
        """Ask for the folder's listing."""
        return [self.url]

    def read(self, page: Page) -> Iterator[Item | Follow]:
        """A listing names files; a file's page gives its mentions.

        Raises RejectedLinesError after the items, for lines that gave none or lost their time.
        """
        if page.headers.get("content-type") == LISTING:
            yield from (Follow(name, {}) for name in page.body.decode("utf-8").splitlines())
            return
        rejected: list[RejectedLine] = []
        for row in self._rows(page):
            item, trouble = self._read_row(row, page)
            if trouble:
                rejected.append(RejectedLine(row.number, trouble, row.line))
            if item:
                yield item
        if rejected:
            raise RejectedLinesError(self.id, page.url, rejected)

    def _rows(self, page: Page) -> list[Row]:
        kind, first = page.headers.get("content-type"), int(page.headers.get(FIRST_LINE, "1"))
        if kind == JSON_LINES:
            return list(json_rows(page.body, first))
        if kind != CSV:
            found = f"{kind}; a drop folder reads .jsonl and .csv"
            raise UnreadablePageError(self.id, page.url, found, "source_file_kind")
        try:
            return list(csv_rows(page.body, first, _names_words))
        except NoHeaderError as error:
            found = f"no column title or text in: {error}"
            raise UnreadablePageError(self.id, page.url, found, "source_file_header") from error

    def _read_row(self, row: Row, page: Page) -> tuple[Item | None, str | None]:
        try:
            return self._item(row, page)
        except Exception as error:  # noqa: BLE001 -- whatever a stranger wrote, one line costs no other
            return None, f"cannot be read: {type(error).__name__}: {error}"

    def _item(self, row: Row, page: Page) -> tuple[Item | None, str | None]:
        """(the item, what is wrong with the line): a line whose time cannot be read still gives an item."""
        record = _canonical(row.fields)
        title, text = one_line(plain_text(_text(record, "title"))), plain_text(_text(record, "text"))
        trouble = row.trouble or _trouble(record, title, text)
        if trouble:
            return None, trouble
        place, given_id, written = (_text(record, name) for name in ("source", "id", "published_at"))
        moment = read_moment(written, page.fetched_at, self.zone) if written else None
        item = Item(
            source=self.id,
            url=_text(record, "url"),
            title=title,
            text=text,
            author=self._author(record, place),
            published_at=moment.at if moment else None,
            dated_by=_dated_by(moment),
            platform_id=f"{place}:{given_id}" if given_id else None,
            engagement=_engagement(record, page),
        )
        lost_time = f"kept without its time: {written[:40]!r} is none" if written and not moment else None
        return item, lost_time

    def _author(self, record: Mapping[str, Any], place: str) -> Author | None:
        """A verified account keeps its id, an ordinary person's is hashed."""
        given = record.get("author")
        detail = _canonical(given) if isinstance(given, dict) else record
        name = _text(given, "name") if isinstance(given, dict) else _text(record, "author")
        if not name:
            return Author(one_line(place)) if place else None
        verified = _text(detail, "verified").lower() in _TRUE
        raw = _text(detail, "id") if isinstance(given, dict) else ""
        shown_id = raw or None if verified else hashed_id(self.id, f"{place}\n{raw or name}")
        return Author(one_line(name), shown_id, verified, read_count(_text(detail, "followers")))


def _names_words(headings: Iterable[str]) -> bool:
    """Whether a header has a column that could hold words."""
    return bool({"title", "text"} & _canonical(dict.fromkeys(headings)).keys())


def _canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Fields under our names; of two headings with one meaning the first that is filled wins."""
    known: dict[str, Any] = {}
    for heading, value in record.items():
        name = _HEADINGS.get(str(heading).strip().lower())
        if name and known.get(name) in (None, ""):
            known[name] = value
    return known


def _text(record: Mapping[str, Any], name: str) -> str:
    """A field without what databases refuse: JSON can spell half a character."""
    value = record.get(name)
    return "" if value is None else without_controls(str(value)).strip()


def _trouble(record: Mapping[str, Any], title: str, text: str) -> str | None:
    """Why a record is no mention. An address of another scheme would become a link on our own pages."""
    if not title and not text:
        return "neither title nor text"
    url = _text(record, "url")
    try:
        is_web = urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).netloc)
    except ValueError:
        is_web = False
    return None if is_web or not url else f"url {url[:80]!r} is no web address"


def _dated_by(moment: Moment | None) -> DatedBy:
    if moment is None:
        return DatedBy.NONE
    return DatedBy.RELATIVE if moment.relative else DatedBy.PAGE


def _engagement(record: Mapping[str, Any], page: Page) -> Engagement | None:
    likes, comments, reposts = (read_count(_text(record, name)) for name in ("likes", "comments", "reposts"))
    if likes is comments is reposts is None:
        return None
    return Engagement(page.fetched_at, likes, comments, reposts)


def plugin(spec: SourceSpec) -> DropFolderSource:
    """Build the drop folder that ``spec`` describes."""
    check_options(spec, own=("zone",))
    if urlsplit(spec.url).scheme != "file" or not urlsplit(spec.url).path:
        raise ValueError(
            f"source {spec.id!r}: url {spec.url!r} must be file:///absolute/folder/ or file:folder/"
        )
    return DropFolderSource(spec.id, spec.url, zone_of(spec))


PLUGIN = plugin
