"""Blind sources become incidents of the agency's own, and end by themselves once they see again.

Quiet from a blind source means nothing, and the desk must hear that before a client asks.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from desk.pipeline.house import joined, trouble_with, works_again
from desk.pipeline.parts import Parts
from wanglou.domain.house import ALL_SOURCES, SOURCE
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.source import SourceHealth, SourceSpec, SourceState
from wanglou.ports import UnitOfWork

PATIENCE = timedelta(minutes=10)
"""A site that restarts is no trouble of ours; two rounds of a slow source are waited for as well."""

MANY = 3
"""So many that turn blind together have one cause, such as our own network: one incident tells of all."""

_NAMED = 5
_BLIND = {SourceState.SILENT, SourceState.BLOCKED}


def tell_blind(parts: Parts, uow: UnitOfWork, health: Mapping[str, SourceHealth], now: datetime) -> None:
    """Open what is not told yet and close what is over.

    A source stays under the incident it was told with, until so many turned blind with it that one
    incident tells of all. Those whose own patience is not over yet count for that too.
    """
    told = {i.brand for i in uow.incidents.all_open() if i.client == HOUSE}
    blind = [s for s in parts.config.sources.values() if _is_blind(health.get(s.id))]
    ripe = [spec for spec in blind if now - health[spec.id].since >= _patience(spec)]
    still = {part_of(spec) for spec in ripe} | ({ALL_SOURCES} if blind else set())
    for part in sorted(p for p in told - still if p == ALL_SOURCES or p.startswith(part_of(None))):
        works_again(parts, uow, part, now)
    if ALL_SOURCES in told:
        return
    together = max((_with(spec, blind, health) for spec in ripe), key=len, default=[])
    if len(together) >= MANY and any(part_of(spec) not in told for spec in together):
        trouble_with(parts, uow, ALL_SOURCES, _many(together, parts), now)
        joined(parts, uow, [part_of(spec) for spec in together], ALL_SOURCES, now)
        return
    for spec in ripe:
        if part_of(spec) not in told:
            trouble_with(parts, uow, part_of(spec), _one(spec, health[spec.id], now), now, Severity.YELLOW)


def part_of(spec: SourceSpec | None) -> str:
    """What the incident about one source is named after; all such names begin as that of None."""
    return f"{SOURCE}{spec.id if spec else ''}"


def _is_blind(known: SourceHealth | None) -> bool:
    """A source not looked at yet is on the health page, but nobody is called for it."""
    return known is not None and known.state in _BLIND


def _patience(spec: SourceSpec) -> timedelta:
    return max(PATIENCE, min(2 * spec.every, timedelta(hours=1)))


def _with(
    spec: SourceSpec, blind: Sequence[SourceSpec], health: Mapping[str, SourceHealth]
) -> list[SourceSpec]:
    """Those of the same onset: two rounds apart at most, for a slow source notices that much later."""
    since = health[spec.id].since
    return [
        other
        for other in blind
        if abs(health[other.id].since - since) <= max(_patience(spec), _patience(other))
    ]


def _one(spec: SourceSpec, known: SourceHealth, now: datetime) -> Reason:
    minutes = int((now - known.since).total_seconds() // 60)
    return Reason(f"source_is_{known.state}", {"name": spec.name, "source": spec.id, "minutes": minutes})


def _many(new: Sequence[SourceSpec], parts: Parts) -> Reason:
    names = "、".join(spec.name for spec in new[:_NAMED])
    count, every = len(new), len(parts.config.sources)
    return Reason("sources_are_blind", {"count": count, "all": every, "names": names})
