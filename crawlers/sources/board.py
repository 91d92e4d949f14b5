"""Hot lists, as JSON or HTML: ``{id: hot, kind: board, url: …, options: {entries: data.list, title: word}}``.

Options besides the limits every source knows: ``format`` (json or html); ``within``, a regular expression
whose first group is the JSON inside a page; ``entries``, where the list is; of each entry ``title`` and, if
there are such, ``link``, ``text``, ``rank``, ``heat`` (how hot the list says it is), ``entry_id`` and
``published`` (when it came onto the list), each as JMESPath or CSS; ``address``, its address made of
``{title}`` and ``{id}`` where it has no link; ``updated``, what the list says of its own age; ``zone``,
where the site's clock hangs.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from urllib.parse import quote, urlsplit

from crawlers.addresses import without_secrets
from crawlers.charset import decode
from crawlers.counts import read_count
from crawlers.dates import read_moment
from crawlers.limits import check_options, zone_of
from crawlers.links import web_link
from crawlers.mapped import HtmlMapped, JsonMapped, Mapped, UnmappableError, check_css, check_jmespath
from crawlers.plain import one_line, plain_text, without_controls
from crawlers.source import Page, UnreadablePageError
from wanglou.domain.item import BoardPlace, DatedBy, Item
from wanglou.domain.source import SourceSpec

_FIELDS = ("title", "link", "text", "rank", "heat", "entry_id", "published")
_OWN = ("format", "within", "entries", "address", "updated", "zone", *_FIELDS)
_CHECKS: Mapping[str, Callable[[str], None]] = {"json": check_jmespath, "html": check_css}
_FIRST_NUMBER = re.compile(r"\d{1,4}")
_NUMBER = re.compile(r"\d[\d,，.]*\s?[万亿wW]?")
_CHARSET = re.compile(r"charset\s*=\s*([^\s;]+)", re.IGNORECASE)
_LONGEST_TITLE = 300
_MOST_ENTRIES = 500
"""The longest hot lists have 100; what follows is no list people read."""

_TITLED = 0.5
"""With fewer entries than this share under a title, the titles have moved elsewhere."""


@dataclass(frozen=True, slots=True)
class BoardSource:
    """One hot list. An entry is known again by its id, else by its title, so that its ranks join up."""

    spec: SourceSpec
    mapped: Mapped
    zone: tzinfo
    address: str
    updated: str

    @property
    def id(self) -> str:
        """See Source."""
        return self.spec.id

    def urls(self) -> Iterable[str]:
        """Ask for the list."""
        return [self.spec.url]

    def read(self, page: Page) -> Iterator[Item]:
        """One item an entry, the highest place first; a list is never empty.

        Raises UnreadablePageError for a page without the list, a list without titles, or an old list.
        """
        hints = [m[1] for m in [_CHARSET.search(page.headers.get("content-type", ""))] if m]
        text = without_controls(decode(page.body, hints))
        if not text.strip():
            raise UnreadablePageError(self.id, page.url, "an empty body", "source_empty_page")
        try:
            self._refuse_the_old(text, page)
            rows = list(islice(self.mapped.rows(text), _MOST_ENTRIES))
        except UnmappableError as error:
            raise UnreadablePageError(self.id, page.url, error.found, error.code) from error
        entries = [(place, row) for place, row in enumerate(rows, start=1) if _title(row)]
        yield from _highest_first(self._item(page, place, row) for place, row in entries)
        if len(entries) < len(rows) * _TITLED:
            found = f"{len(rows) - len(entries)} of {len(rows)} entries without title"
            raise UnreadablePageError(self.id, page.url, found, "source_board_titles")

    def _refuse_the_old(self, text: str, page: Page) -> None:
        """Caches answer 200 with yesterday's list; one that says how old it is is taken at its word."""
        written = self.mapped.said(text, self.updated) if self.updated else ""
        moment = read_moment(written, page.fetched_at, self.zone)
        if moment and page.fetched_at - moment.at > self.spec.silent_after:
            raise UnreadablePageError(self.id, page.url, one_line(written), "source_board_old")

    def _item(self, page: Page, place: int, row: Mapping[str, str]) -> Item:
        title = _title(row)
        identity = one_line(row.get("entry_id", "")) or title
        link = row.get("link") or self.address.format(title=quote(title, ""), id=quote(identity, ""))
        published = self._published(row, page.fetched_at)
        return Item(
            source=self.id,
            url=without_secrets(web_link(page.url, link, self.spec.allow_private) or page.url),
            title=title,
            text=plain_text(row.get("text", "")),
            published_at=published,
            dated_by=DatedBy.PAGE if published else DatedBy.NONE,
            platform_id=identity,
            board=BoardPlace(self.id, _rank(row.get("rank", ""), place), _heat(row.get("heat", ""))),
        )

    def _published(self, row: Mapping[str, str], seen_at: datetime) -> datetime | None:
        moment = read_moment(row.get("published", ""), seen_at, self.zone)
        return moment.at if moment else None


def _title(row: Mapping[str, str]) -> str:
    title = one_line(plain_text(row["title"]))
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def _rank(written: str, place: int) -> int:
    """The rank as the list writes it (3, TOP 3, 第3名); its place where it writes none, or nonsense."""
    number = _FIRST_NUMBER.search(written)
    return int(number[0]) or place if number else place


def _heat(written: str) -> int | None:
    """A number as lists write it (1234567, 98.7万, 412 万热度); None for what is no count."""
    found = _NUMBER.search(written)
    return read_count("".join(found[0].split())) if found else None


def _highest_first(items: Iterable[Item]) -> list[Item]:
    """By rank; of an entry that stands twice, its highest place."""
    best: dict[str, Item] = {}
    for item in sorted(items, key=lambda i: i.board.rank if i.board else 0):
        best.setdefault(item.key, item)
    return list(best.values())


def _mapped(spec: SourceSpec) -> Mapped:
    options = {name: str(value) for name, value in spec.options.items()}
    form = options.get("format", "json")
    if form not in _CHECKS:
        raise ValueError(f"source {spec.id!r}: format {form!r} is neither json nor html")
    for name in ("entries", "title"):
        if not options.get(name):
            raise ValueError(f"source {spec.id!r}: a board needs the option {name!r}: where it stands")
    for name in ("entries", "updated", *_FIELDS):
        if options.get(name):
            _checked(spec, name, options[name], _CHECKS[form])
    fields = {name: options[name] for name in _FIELDS if options.get(name)}
    if form == "html":
        return HtmlMapped(options["entries"], fields)
    return JsonMapped(options["entries"], fields, _within(spec))


def _checked(spec: SourceSpec, name: str, expression: str, check: Callable[[str], None]) -> None:
    try:
        check(expression)
    except ValueError as error:
        raise ValueError(f"source {spec.id!r}: {name}: {error}") from error


def _within(spec: SourceSpec) -> re.Pattern[str] | None:
    written = spec.options.get("within")
    if written is None:
        return None
    try:
        pattern = re.compile(str(written), re.DOTALL)
    except re.error as error:
        raise ValueError(
            f"source {spec.id!r}: within {written!r} is no regular expression: {error}"
        ) from error
    if not pattern.groups:
        raise ValueError(f"source {spec.id!r}: within {written!r} has no (group) around the JSON")
    return pattern


def _address(spec: SourceSpec) -> str:
    written = str(spec.options.get("address", ""))
    try:
        written.format(title="", id="")
    except (LookupError, ValueError) as error:
        raise ValueError(
            f"source {spec.id!r}: address {written!r} may hold {{title}} and {{id}}, nothing else"
        ) from error
    return written


def plugin(spec: SourceSpec) -> BoardSource:
    """Build the hot list that ``spec`` describes."""
    check_options(spec, own=_OWN)
    if urlsplit(spec.url).scheme not in {"http", "https"}:
        raise ValueError(f"source {spec.id!r}: url {spec.url!r} must begin with http:// or https://")
    updated = str(spec.options.get("updated", ""))
    return BoardSource(spec, _mapped(spec), zone_of(spec), _address(spec), updated)


PLUGIN = plugin
