"""The health page 信源与运行: every source with what is wrong in words, and what runs behind the pages."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from desk.web.guard import Guard
from desk.web.model import model_facts
from desk.web.rendering import Reader, page, reader_of
from desk.web.running import channel_lines, job_lines
from desk.web.watch import STALLED, sight_of
from wanglou.domain.person import HOUSE
from wanglou.domain.source import SourceHealth, SourceSpec, SourceState
from wanglou.ports import Gauges

ORDER = (
    SourceState.BLOCKED.value,
    STALLED,
    SourceState.SILENT.value,
    SourceState.UNKNOWN.value,
    SourceState.LATE.value,
    SourceState.LIVE.value,
)
"""What needs a person first."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as the page lists it; ``known`` is None where nobody has looked yet."""

    spec: SourceSpec
    state: str
    known: SourceHealth | None

    @property
    def is_blind(self) -> bool:
        """Whether its quiet means nothing."""
        return self.state not in {SourceState.LIVE, SourceState.LATE}


def health_page(guard: Guard) -> APIRouter:
    """The route of the health page."""
    router = APIRouter()

    @router.get("/health")
    def health(request: Request) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        return page(reader, "health.html", health_facts(reader))

    return router


def health_facts(reader: Reader) -> Mapping[str, object]:
    """What the template shows. What is the agency's own is for those who watch over all clients."""
    ports = reader.ports
    view = ports.reader.board(reader.access, [HOUSE] if reader.access.may_see(HOUSE) else [], reader.now)
    lines = source_lines(ports.config.sources, {h.source: h for h in view.sources}, reader)
    gauges: Gauges | None = ports.gauges() if ports.gauges else None
    return {
        "lines": lines,
        "counts": Counter(line.state for line in lines),
        "states": [state for state in ORDER if any(line.state == state for line in lines)],
        "resting": list(ports.config.resting.values()),
        "house": [row.incident for row in view.rows],
        "sees_house": reader.access.may_see(HOUSE),
        "gauges": gauges,
        "jobs": job_lines(reader, gauges.jobs if gauges else ()),
        "channels": channel_lines(reader),
        **model_facts(reader),
    }


def source_lines(
    specs: Mapping[str, SourceSpec], known: Mapping[str, SourceHealth], reader: Reader
) -> list[SourceLine]:
    """Every source of the config, those that need a person first, else in the config's order."""
    lines = [SourceLine(s, sight_of(s, known.get(s.id), reader.now), known.get(s.id)) for s in specs.values()]
    return sorted(lines, key=lambda line: ORDER.index(line.state))
