"""From what was told to what it is worth: results, the comparison, and what a reader must know to judge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.backtesting.result import Backtest, ClientResult, Past, Report, Standing
from desk.backtesting.running import Played
from desk.backtesting.scoring import Margins, client_result, compared, with_rules
from desk.pipeline.notice import MEMORY
from wanglou.domain.agency import Config
from wanglou.domain.client import Client
from wanglou.domain.reason import Reason
from wanglou.domain.span import Span

_SHOWN = 12
"""Characters of an id."""


class NoHistoryError(Exception):
    """Nothing is known of the stretch that was asked for; the message says what is known."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is about. ``bounds``: the history there is. ``forgets``: whether clients' retention cut it.

    ``history`` is what people call where it came from.
    """

    span: Span
    bounds: Span
    history: str
    made_at: datetime
    forgets: bool
    margins: Margins

    @property
    def held_against(self) -> Margins:
        """The margins, with what can be known of the beginning of history."""
        return replace(self.margins, begins=self.bounds.since)


@dataclass(frozen=True, slots=True)
class Tried:
    """A config and what it told; ``name`` is its folder's, ``version`` names what texts were read with."""

    name: str
    config: Config
    played: Played
    version: str


def stretch(
    since: datetime | None, until: datetime | None, usual: timedelta, known: Span, zone: ZoneInfo
) -> Span:
    """The part of the history that was asked for. Raises NoHistoryError where there is none.

    Without an end up to the last sighting, without a beginning ``usual`` before the end.
    """
    end = min(until or known.until, known.until)
    asked = Span(since or max(end - usual, known.since), end)
    if asked.since >= end or end <= known.since:
        says = (f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (known.since, known.until))
        raise NoHistoryError(f"there is no history in that stretch; it reaches from {' to '.join(says)}")
    return asked


def report(asked: Asked, past: Sequence[Past], one: Tried, other: Tried | None = None) -> Report:
    """All that was found; ``past`` are the incidents of then."""
    first = _backtest(asked, past, one)
    second = _backtest(asked, past, other) if other else None
    return Report(
        made_at=asked.made_at,
        history=asked.history,
        span=asked.span,
        early=asked.margins.early,
        late=asked.margins.late,
        one=first,
        other=second,
        compared=compared(first, second) if second else None,
        remarks=tuple(_remarks(asked, past, one, other)),
    )


def _backtest(asked: Asked, past: Sequence[Past], tried: Tried) -> Backtest:
    clients = tried.config.clients.values()
    results = {client.id: _result(asked, past, tried.played, client) for client in clients}
    names = {rule.id: rule.name for rule in tried.config.rules.values() if rule.name}
    return Backtest(tried.name, tried.config.digest, results, names)


def _result(asked: Asked, past: Sequence[Past], played: Played, client: Client) -> ClientResult:
    span = watched(asked, client)
    result = client_result(client, span, played.alerts, past, asked.held_against)
    return with_rules(result, client, played.by_rule, past, asked.held_against)


def watched(asked: Asked, client: Client) -> Span:
    """What of the stretch there is history of for a client: none from before what its file lets us keep.

    A worker deletes while it collects, so the newest sighting says how far it got.
    """
    since = max(asked.span.since, asked.bounds.since)
    if asked.forgets:
        since = max(since, asked.bounds.until - client.retention)
    return Span(min(since, asked.span.until), asked.span.until)


def _remarks(asked: Asked, past: Sequence[Past], one: Tried, other: Tried | None) -> Iterator[Reason]:
    if asked.bounds.since > asked.span.since:
        facts = {"asked": asked.span.since.isoformat(), "known": asked.bounds.since.isoformat()}
        yield Reason("backtest_begins_later", facts)
    if asked.span.since - asked.bounds.since < MEMORY:
        yield Reason("backtest_cold", {"days": MEMORY // timedelta(days=1)})
    if asked.forgets:
        yield from _forgotten(asked, one.config)
    if not any(p.standing is Standing.REAL and asked.held_against.onset(p) in asked.span for p in past):
        yield Reason("backtest_no_incidents")
    if other is not None:
        yield from _apart(one.config.clients, other.config.clients)
    yield from (
        Reason("backtest_read_with", {"config": tried.name, "version": _shown(tried.version)})
        for tried in (one, other)
        if tried
    )


def _shown(version: str) -> str:
    """The beginning of a reading version, with what names a delta behind it."""
    shown, plus, delta = version.partition("+")
    return f"{shown[:_SHOWN]}{plus}{delta[:_SHOWN]}"


def _forgotten(asked: Asked, config: Config) -> Iterator[Reason]:
    raw = asked.bounds.until - config.agency.raw_retention
    if asked.span.since < raw:
        yield Reason("backtest_raw_gone", {"since": raw.isoformat()})
    seen = asked.bounds.until - MEMORY
    if asked.span.since < seen:
        yield Reason("backtest_exposure_gone", {"since": seen.isoformat()})
    for client in config.clients.values():
        kept = watched(asked, client).since
        if kept > max(asked.span.since, asked.bounds.since):
            yield Reason("backtest_client_gone", {"client": client.id, "since": kept.isoformat()})


def _apart(one: Mapping[str, Client], other: Mapping[str, Client]) -> Iterator[Reason]:
    for client in sorted(one.keys() - other.keys()):
        yield Reason("backtest_only_first", {"client": client})
    for client in sorted(other.keys() - one.keys()):
        yield Reason("backtest_only_second", {"client": client})
