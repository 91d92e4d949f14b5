"""What a source's rounds say of it, and when to look again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from crawlers.rounds import Outcome, Round
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceClass, SourceHealth, SourceSpec, SourceState

_BLIND_AFTER = 2
"""One failure may be chance; two in a row mean that quiet proves nothing."""

_SOON = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
"""A dead source is still tried this often: places come back, and nobody should have to switch them on."""


def health_after(
    previous: SourceHealth | None, spec: SourceSpec, done: Round, now: datetime, *, news: int | None = None
) -> SourceHealth:
    """Health after one round, or after one part of it.

    ``news``: items that were new when they were stored, and entries of a hot list that had moved. A part
    (``done.more``) only tells of new items; the round's end settles state and next time.
    """
    known = previous or SourceHealth(spec.id, SourceState.UNKNOWN, since=now)
    last_item_at = _newest(known.last_item_at, done, now, news)
    if done.more:
        return replace(known, last_item_at=last_item_at)
    failures = known.failures + 1 if done.outcome is Outcome.FAILED else 0
    seen_once = replace(known, last_item_at=last_item_at, checked_at=now, failures=failures)
    state = _failed_state(seen_once, done) if failures else _seeing_state(seen_once, spec, now)
    return replace(
        seen_once,
        state=state,
        since=now if state is not known.state else known.since,
        next_at=now + _pause(spec, done, failures),
        trouble=_silence(seen_once, spec, now) if state is SourceState.SILENT else done.trouble,
    )


def health_now(health: SourceHealth, spec: SourceSpec, now: datetime) -> SourceHealth:
    """Health between rounds: a source whose round is overdue by more than its cadence is late."""
    overdue = now - health.next_at if health.next_at else timedelta(0)
    if health.state is not SourceState.LIVE or overdue <= max(spec.every, _SOON):
        return health
    trouble = Reason("source_late", {"minutes": int(overdue.total_seconds() // 60)})
    return replace(health, state=SourceState.LATE, since=now, trouble=trouble)


def due(specs: Iterable[SourceSpec], health: Mapping[str, SourceHealth], now: datetime) -> list[SourceSpec]:
    """Sources whose round has come, the longest overdue first; one never looked at comes before all."""
    waiting = [(known.next_at if (known := health.get(s.id)) else None, s) for s in specs]
    ready = [(at, spec) for at, spec in waiting if at is None or at <= now]
    return [spec for at, spec in sorted(ready, key=lambda pair: (pair[0] is not None, pair[0] or now))]


def _failed_state(known: SourceHealth, done: Round) -> SourceState:
    """One passing failure makes the source late; lasting ones, or one a person must mend, blind it."""
    was_blind = known.state in {SourceState.BLOCKED, SourceState.UNKNOWN}
    is_blind = done.permanent or was_blind or known.failures >= _BLIND_AFTER
    return SourceState.BLOCKED if is_blind else SourceState.LATE


def _seeing_state(known: SourceHealth, spec: SourceSpec, now: datetime) -> SourceState:
    return SourceState.SILENT if _quiet_for(known, spec, now) > spec.silent_after else SourceState.LIVE


def _quiet_for(known: SourceHealth, spec: SourceSpec, now: datetime) -> timedelta:
    """How long nothing new was shown; a place that never showed anything counts from its first answer."""
    if known.last_item_at:
        return now - known.last_item_at
    if known.state is SourceState.SILENT:
        return now - known.since + spec.silent_after + timedelta.resolution
    return now - known.since if known.state is SourceState.LIVE else timedelta(0)


def _newest(before: datetime | None, done: Round, now: datetime, news: int | None) -> datetime | None:
    """When the place last showed something new: as its items say; now, if they carry no time.

    A page that is merely printed again (``news`` is 0) shows nothing new. A hot list lives by its order: an
    old question that climbs is news of now.
    """
    if news == 0 or not done.items:
        return before
    if any(item.board for item in done.items):
        return now
    dated = [min(item.published_at, now) for item in done.items if item.published_at]
    newest = max(dated, default=now)
    return max(before, newest) if before else newest


def _pause(spec: SourceSpec, done: Round, failures: int) -> timedelta:
    """The cadence; after failures soon, then ever later; never sooner than the site asks."""
    if not failures:
        pause = spec.every
    elif failures == 1 and not done.permanent:
        pause = min(spec.every, _SOON)
    else:
        pause = min(spec.every * failures, max(spec.every, _LONGEST_PAUSE))
    return max(pause, done.retry_after or timedelta(0))


def _silence(known: SourceHealth, spec: SourceSpec, now: datetime) -> Reason:
    code = "source_stale_list" if spec.source_class is SourceClass.BOARD else "source_silent"
    return Reason(code, {"hours": int(_quiet_for(known, spec, now).total_seconds() // 3600)})
