"""One round of one source as a state machine: what to ask next, what an answer means, how it went.

Knows nothing of how pages are fetched; times come in as arguments.
"""

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin

from crawlers.addresses import origin_of, without_secrets
from crawlers.limits import Limits, limits_of
from crawlers.rounds import CrawlSettings, Outcome, Round, RoundRequest
from crawlers.source import Follow, Page, UnreadablePageError
from wanglou.domain.item import Item
from wanglou.domain.reason import Reason, Value
from wanglou.domain.source import SourceSpec, Validators

_AT_ONCE = 4
_PENDING = 500
"""How many addresses one source may carry over; of more, those that wait longest are let go."""

_LONGEST_WAIT = timedelta(days=1)
"""A site may ask for patience, not for a year of silence."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DENIALS = frozenset({401, 402, 403, 407, 451})
_GONE = frozenset({404, 410})
_EXPECTED = frozenset({"source_gone", "source_robots"})
"""Of single links no trouble of the source: articles are deleted, and some pages are not for us."""

_PASSING = frozenset({"source_feed_cut", "source_empty_page", "source_board_old", "source_sitemap_cut"})
"""Pages that are likely to be whole the next time."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One address to fetch. ``came_by`` are the addresses that redirected here, first first."""

    url: str
    follows: Follow | None = None
    came_by: tuple[str, ...] = ()

    @property
    def is_entry(self) -> bool:
        """Whether the source itself named it: if it fails, the source is not seen."""
        return self.follows is None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``headers`` have lower-case names; ``plainly``: no validators were sent."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    plainly: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an address gave nothing. ``permanent``: trying again is useless until a person acts."""

    reason: Reason
    permanent: bool
    retry_after: timedelta | None = None


def asks_plainly(known: Validators | None, spec: SourceSpec, settings: CrawlSettings, now: datetime) -> bool:
    """Whether to ask without validators: some places keep the same ETag after changing."""
    if known is None or known.asked_plainly_at is None:
        return True
    return now - known.asked_plainly_at >= min(settings.plain_after, spec.every * settings.plain_after_rounds)


class Look:
    """Feed it answers until ``is_over``; then ``round`` says how it went."""

    def __init__(self, request: RoundRequest, settings: CrawlSettings, now: datetime) -> None:
        self.request = request
        self.limits: Limits = limits_of(request.spec, settings.usual)
        self._settings = settings
        self._started = now
        self._waiting = deque([Ask(url) for url in request.source.urls()])
        self._entries = self._entries_open = len(self._waiting)
        self._carried = deque(Ask(url, Follow(url, {})) for url in request.pending)
        self._known_urls = {ask.url for ask in (*self._waiting, *self._carried)}
        self._under_way = 0
        self._asked = 0
        self._items: list[Item] = []
        self._validators: dict[str, Validators] = {}
        self._failures: list[tuple[Ask, Trouble]] = []
        self._unchanged = 0
        self._entry_spoke = False

    def next_asks(self, now: datetime) -> list[Ask]:
        """What to fetch now: a few at once, until the round's pages or time are used up."""
        asks: list[Ask] = []
        while (line := self._next_line()) and self._under_way < _AT_ONCE and self._may_ask(line[0], now):
            asks.append(line.popleft())
            self._under_way += 1
            self._asked += 1
        return asks

    def _next_line(self) -> deque[Ask]:
        """What this round found comes before what earlier ones left: a page lists its newest first.

        While a page of the source's own is under way, what it will list is not known yet.
        """
        if self._waiting or self._entries_open:
            return self._waiting
        return self._carried

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way. True before ``next_asks`` was called for the first time, too."""
        return self._under_way == 0

    def validators_for(self, ask: Ask, now: datetime) -> Validators | None:
        """What to send back, None to ask plainly: also where the linking page says that it has changed."""
        known = self.request.validators.get(ask.url)
        if ask.follows and _changed_since(ask.follows, known):
            return None
        return None if asks_plainly(known, self.request.spec, self._settings, now) else known

    def page_of(self, ask: Ask, answer: Answer) -> Page | Ask | None:
        """The page to read; or where it redirects to, still under way; or None: nothing new, or failed."""
        if answer.status in _REDIRECTS and "location" in answer.headers:
            return self._redirected(ask, answer)
        if answer.status == HTTPStatus.NOT_MODIFIED and not answer.plainly:
            self._unchanged += 1
            self._done(ask)
            return None
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            self.fail(ask, _refusal(answer))
            return None
        known = self.request.validators.get(answer.url)
        if known and known.digest == _digest(answer.body):
            self._unchanged += 1
            self._done(ask)
            self._remember(answer)
            return None
        return Page(answer.url, answer.body, answer.headers, answer.at, ask.follows)

    def take(self, ask: Ask, answer: Answer, found: list[Item | Follow], error: Exception | None) -> None:
        """Take what the source read; with an error, what came before it counts, but no validator is kept."""
        self._entry_spoke |= ask.is_entry and bool(found)
        self._items.extend(each for each in found if isinstance(each, Item))
        self._waiting.extend(
            Ask(f.url, f) for f in found if isinstance(f, Follow) and self._is_new(f, answer.at)
        )
        if error:
            self.fail(ask, _misread(answer, error))
            return
        self._done(ask)
        # An index may stay the same while the lists behind it change: it is read anew in every round.
        if not any(isinstance(each, Follow) and "lists" in each.hints for each in found):
            self._remember(answer)

    def fail(self, ask: Ask, trouble: Trouble) -> None:
        """Say that an address gave nothing; a link that only a person can mend is left alone for hours."""
        self._done(ask)
        self._failures.append((ask, trouble))
        if trouble.permanent and not ask.is_entry:
            url = ask.came_by[0] if ask.came_by else ask.url
            self._validators[url] = Validators(url, asked_plainly_at=self._started)

    def _done(self, ask: Ask) -> None:
        self._under_way -= 1
        self._entries_open -= ask.is_entry

    def round(self, now: datetime) -> Round:
        """How the round went."""
        passed_over = _EXPECTED if self._items else _EXPECTED - {"source_robots"}
        serious = [(a, t) for a, t in self._failures if a.is_entry or t.reason.code not in passed_over]
        entries_failed = [t for a, t in self._failures if a.is_entry]
        lost = 0 < self._entries <= len(entries_failed) and not self._entry_spoke
        trouble = self._trouble(serious, entries_failed if lost else [])
        waits = [t.retry_after for a, t in self._failures if t.retry_after and self._is_ours(a)]
        return Round(
            source=self.request.spec.id,
            at=now,
            outcome=self._outcome(lost=lost, troubled=bool(serious)),
            items=tuple(self._items),
            validators=tuple(self._validators.values()),
            pending=self._pending(),
            trouble=trouble,
            permanent=lost and all(t.permanent for t in entries_failed),
            fetched=self._asked,
            unchanged=self._unchanged,
            retry_after=max(waits, default=None),
        )

    def _is_ours(self, ask: Ask) -> bool:
        """Whether an address lies on a host of the source's own: another's wish to wait is not about it."""
        own = {origin_of(url) for url in self.request.source.urls() if _is_web(url)}
        return ask.is_entry or origin_of(ask.url) in own

    def _may_ask(self, ask: Ask, now: datetime) -> bool:
        has_room = self._asked < max(self.limits.max_pages, self._entries)
        return ask.is_entry or (has_room and now - self._started < self._settings.round_time)

    def _redirected(self, ask: Ask, answer: Answer) -> Ask | None:
        url = _joined(answer.url, answer.headers["location"].strip())
        came_by = (*ask.came_by, ask.url)
        first: dict[str, Value] = {"url": without_secrets(came_by[0]), "limit": self._settings.redirects}
        if url in came_by:
            self.fail(ask, Trouble(Reason("source_redirect_loop", first), permanent=True))
        elif len(came_by) > self._settings.redirects:
            self.fail(ask, Trouble(Reason("source_redirects", first), permanent=True))
        elif not _is_web(url):
            self.fail(ask, Trouble(Reason("source_scheme", {"url": without_secrets(url)}), permanent=True))
        else:
            return Ask(url, ask.follows, came_by)
        return None

    def _remember(self, answer: Answer) -> None:
        """Validators of a page that was read to its end; a page asked conditionally keeps its old date."""
        known = self.request.validators.get(answer.url)
        asked_plainly_at = answer.at if answer.plainly or known is None else known.asked_plainly_at
        self._validators[answer.url] = Validators(
            url=answer.url,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            digest=_digest(answer.body),
            asked_plainly_at=asked_plainly_at,
        )

    def _is_new(self, link: Follow, now: datetime) -> bool:
        """Whether a link is worth a request: not met in this round, not read since it changed.

        Where the linking page says nothing of changes, an article is read again after hours, a list always.
        """
        if link.url in self._known_urls or not _is_web(link.url):
            return False
        self._known_urls.add(link.url)
        known = self.request.validators.get(link.url)
        read_at = known.asked_plainly_at if known else None
        if read_at is None:
            return True
        if "changed" in link.hints:
            return _changed_since(link, known)
        return "lists" in link.hints or now - read_at >= self._settings.plain_after

    def _pending(self) -> tuple[str, ...]:
        """What is still to follow, in this order; what failed for the moment goes to the end of the line."""
        again = [a.url for a, t in self._failures if not a.is_entry and not t.permanent]
        left = [ask.url for ask in (*self._waiting, *self._carried) if not ask.is_entry]
        return tuple([*left, *again][:_PENDING])

    def _outcome(self, *, lost: bool, troubled: bool) -> Outcome:
        if lost:
            return Outcome.FAILED
        if troubled:
            return Outcome.PARTLY
        return Outcome.READ if self._unchanged < self._asked else Outcome.UNCHANGED

    def _trouble(self, serious: list[tuple[Ask, Trouble]], entries: list[Trouble]) -> Reason | None:
        if entries or len(serious) == 1:
            return entries[0].reason if entries else serious[0][1].reason
        if not serious:
            return None
        first = without_secrets(serious[0][0].url)
        return Reason("source_pages_failed", {"failed": len(serious), "asked": self._asked, "url": first})


def _changed_since(link: Follow, known: Validators | None) -> bool:
    """Whether the linking page says that a page has changed since it was read whole."""
    read_at = known.asked_plainly_at if known else None
    said = link.hints.get("changed")
    return read_at is not None and said is not None and datetime.fromisoformat(said) > read_at


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # an unclosed bracket in the host
        return link


def _is_web(url: str) -> bool:
    try:
        return bool(origin_of(url))
    except ValueError:
        return False


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long a site asks us to wait, at most a day; seconds or a date, None for anything else."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        wait = timedelta(seconds=min(int(said), _LONGEST_WAIT.total_seconds()))
    else:
        try:
            wait = parsedate_to_datetime(said).astimezone(UTC) - now
        except (TypeError, ValueError, OverflowError):
            return None
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)


def _refusal(answer: Answer) -> Trouble:
    """What a status says, and whether it will pass by itself."""
    status, wait = answer.status, retry_after(answer.headers, answer.at)
    facts: dict[str, Value] = {"url": without_secrets(answer.url), "status": status}
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait):
        return Trouble(Reason("source_rate_limited", facts), permanent=False, retry_after=wait)
    if status in _DENIALS:
        return Trouble(Reason("source_denied", facts), permanent=True, retry_after=wait)
    if status in _GONE:
        return Trouble(Reason("source_gone", facts), permanent=True)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Trouble(Reason("source_server_error", facts), permanent=False, retry_after=wait)
    return Trouble(Reason("source_status", facts), permanent=True)


def _misread(answer: Answer, error: Exception) -> Trouble:
    url = without_secrets(answer.url)
    if isinstance(error, UnreadablePageError):
        reason = Reason(error.code, {"url": url, "found": error.found})
        return Trouble(reason, permanent=error.code not in _PASSING)
    found = without_secrets(f"{type(error).__name__}: {error}")
    return Trouble(Reason("source_kind_failed", {"url": url, "found": found}), permanent=True)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
