"""Who watches, and what cannot be seen: quiet is said only when every source sees, and has seen enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.web.begun import begun
from wanglou.domain.client import Client
from wanglou.domain.duty import Rota
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceHealth, SourceSpec, SourceState
from wanglou.ports import ClientTile

STALLED = "stalled"
"""A source whose rounds stopped: its last word may be "live", but nobody has looked since."""

_LOOK_AHEAD = timedelta(days=8)
_ROUNDS_MISSED = 3
_SHORTEST_STALL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Handover:
    """The next change of those on duty; nobody in ``people`` means a gap."""

    at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlindSource:
    """A source whose quiet means nothing. ``state``: a SourceState or ``stalled``."""

    source: SourceSpec
    state: str
    since: datetime | None
    trouble: Reason | None


def next_handover(rota: Rota, now: datetime) -> Handover | None:
    """When other people will be on duty than now; None if nothing changes within eight days."""
    present = rota.on_duty(now)
    for moment in _boundaries(rota, now):
        people = rota.on_duty(moment)
        if people != present:
            return Handover(moment, people)
    return None


def blind_sources(
    specs: Mapping[str, SourceSpec], health: Sequence[SourceHealth], now: datetime
) -> list[BlindSource]:
    """The sources that cannot be trusted to see, in the order of the config."""
    known = {h.source: h for h in health}
    found = []
    for spec in specs.values():
        h = known.get(spec.id)
        state = _sight(spec, h, now)
        if state is not None:
            found.append(BlindSource(spec, state, h.since if h else None, h.trouble if h else None))
    return found


def tile_state(tile: ClientTile, client: Client, *, open_incidents: int, blind: int) -> str:
    """``incident``, ``unusual``, ``unknown``, ``begun`` or ``quiet``: the gravest that is true.

    ``unusual``: one of the last two hours lies above the usual band; the newest hour alone is not over yet.
    ``begun``: too little is known to notice a rise, so that nobody can say that it is quiet.
    """
    if open_incidents:
        return "incident"
    if any(p.usual_high is not None and p.mentions > p.usual_high for p in tile.points[-2:]):
        return "unusual"
    if blind:
        return "unknown"
    return "begun" if begun(client, tile) else "quiet"


def sight_of(spec: SourceSpec, health: SourceHealth | None, now: datetime) -> str:
    """What a source's quiet is worth now: a SourceState, or ``stalled`` where nobody has looked lately."""
    return _sight(spec, health, now) or (health.state if health else SourceState.UNKNOWN)


def _sight(spec: SourceSpec, health: SourceHealth | None, now: datetime) -> str | None:
    """Why this source is blind, or None if it sees."""
    if health is None:
        return SourceState.UNKNOWN
    if not health.state.sees:
        return health.state
    patience = max(spec.every * _ROUNDS_MISSED, _SHORTEST_STALL)
    if health.checked_at is None or now - health.checked_at > patience:
        return STALLED
    return None


def _boundaries(rota: Rota, now: datetime) -> list[datetime]:
    """All moments at which a shift may begin or end, soonest first."""
    today = now.astimezone(rota.zone).date()
    days = [today + timedelta(days=n) for n in range(_LOOK_AHEAD.days + 1)]
    times = {t for s in rota.shifts for t in (s.starts, s.ends)}
    moments = (datetime.combine(day, t, tzinfo=rota.zone) for day in days for t in times)
    return sorted(m for m in moments if m > now)
