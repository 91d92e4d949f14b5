"""The client page 客户: brands and their volume, share of voice, people, promises, what feeds it, history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response

from desk.web.begun import begun_words
from desk.web.charts import Chart, draw
from desk.web.guard import Guard
from desk.web.health import SourceLine, source_lines
from desk.web.rendering import Reader, page, reader_of
from desk.web.shares import ShareBar, compare
from desk.web.told import call_to_come, ladder, routes
from desk.web.watch import next_handover, tile_state
from wanglou.domain.client import Brand, Client, Limit
from wanglou.domain.mention import Sentiment
from wanglou.domain.severity import Severity
from wanglou.domain.span import Span
from wanglou.domain.watch import written
from wanglou.ports import BoardView, ClientView

PERIODS = (7, 30)
"""Days that can be looked back on; the first is what an address without ``days`` shows."""

CALLS_SHOWN = 5
"""Incidents nobody has taken whose next rung is named; with more there is a greater trouble than that."""

PAST_SHOWN = 10
PAST_AT_MOST = 500
"""Ended incidents listed at first, and with ``?all=1``."""


@dataclass(frozen=True, slots=True)
class BrandPart:
    """One brand: its names besides its own, what must hold, and how much it was spoken of.

    ``links``: bar of the chart → its mentions. ``negatives``: where the period's negative ones are listed.
    """

    brand: Brand
    names: tuple[str, ...]
    watch: str
    chart: Chart | None
    links: Mapping[int, str]
    negatives: str
    counted: ShareBar


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A clock's limits, gravest severity first. ``when``: always, office_hours or otherwise."""

    clock: str
    when: str
    limits: tuple[timedelta | None, ...]


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A source and how many of the client's mentions it brought in the last 24 hours; ``link`` lists them."""

    source: SourceLine
    mentions: int
    link: str


def client_page(guard: Guard) -> APIRouter:
    """The route of one client."""
    router = APIRouter()

    @router.get("/clients/{client}")
    def show(request: Request, client: str) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        known = guard.ports.config.clients.get(client)
        if known is None or not reader.access.may_see(client):
            raise HTTPException(404)
        return page(reader, "client.html", client_facts(reader, known))

    return router


def client_facts(reader: Reader, client: Client) -> dict[str, object]:
    """What the template shows."""
    days, wants_all = days_asked(reader), "all" in reader.request.query_params
    span = Span(first_midnight(reader, days), reader.now)
    past = PAST_AT_MOST if wants_all else PAST_SHOWN
    view = reader.ports.reader.client(reader.access, client.id, span, reader.now, past)
    if view is None:
        raise HTTPException(404)
    board = reader.ports.reader.board(reader.access, [client.id], reader.now)
    shares = compare(client, view.voices, span.since)
    return {
        "client": client,
        "days": days,
        "periods": PERIODS,
        "since": span.since,
        **_now(reader, client, board),
        **_feeds(reader, client, board, view),
        "shares": shares,
        "brands": [_brand(reader, client, b, view, shares.bars, span.since) for b in client.brands],
        "listed": lambda brand: listed(reader, client.id, brand=brand, since=span.since),
        "promises": list(promises(client.sla)),
        **_told(reader, client, board),
        "severities": list(reversed(Severity)),
        "past": view.past,
        "all_past": view.all_past,
    }


def days_asked(reader: Reader) -> int:
    """The period of the address; the shortest where it asks for none we have."""
    asked = reader.request.query_params.get("days", "")
    return next((days for days in PERIODS if str(days) == asked), PERIODS[0])


def first_midnight(reader: Reader, days: int) -> datetime:
    """The agency's midnight that ``days`` calendar days, today among them, begin with."""
    zone = reader.ports.config.agency.zone
    today = reader.now.astimezone(zone).date()
    return datetime.combine(today - timedelta(days=days - 1), time(), zone)


def promises(limits: Mapping[str, Limit]) -> Iterator[PromiseLine]:
    """One line a clock, or two where the hour makes a difference."""
    for clock, limit in limits.items():
        office, otherwise = _spans(limit.office_hours), _spans(limit.otherwise)
        if office == otherwise:
            yield PromiseLine(clock, "always", office)
        else:
            yield PromiseLine(clock, "office_hours", office)
            yield PromiseLine(clock, "otherwise", otherwise)


def _spans(limits: Mapping[Severity, timedelta]) -> tuple[timedelta | None, ...]:
    return tuple(limits.get(severity) for severity in reversed(Severity))


def _now(reader: Reader, client: Client, board: BoardView) -> dict[str, object]:
    """How the client stands this minute, and who watches."""
    rota = reader.ports.config.agency.rota
    blind = [line for line in _lines(reader, board) if line.is_blind]
    tile = next((t for t in board.tiles if t.client == client.id), None)
    points = tile.points if tile else ()
    state = tile_state(tile, client, open_incidents=len(board.rows), blind=len(blind)) if tile else "unknown"
    return {
        "state": state,
        "begun": begun_words(reader, client, tile) if tile else "",
        "mentions": sum(p.mentions for p in points),
        "negatives": sum(p.negatives for p in points),
        "words": tile.words if tile else (),
        "open_rows": board.rows,
        "on_duty": (client.team["desk"],) if "desk" in client.team else rota.on_duty(reader.now),
        "handover": next_handover(rota, reader.now),
    }


def _told(reader: Reader, client: Client, board: BoardView) -> dict[str, object]:
    """Who hears of its incidents, whether its people are let sleep now, and who is called next."""
    quiet, zone = client.quiet, reader.ports.config.agency.zone
    loud = sorted(quiet.never, reverse=True) if quiet else []
    untaken = [row.incident.id for row in board.rows if row.incident.acknowledged_at is None][:CALLS_SHOWN]
    views = (reader.ports.reader.incident(reader.access, incident, reader.now) for incident in untaken)
    calls = {view.incident.id: call_to_come(reader, view) for view in views if view is not None}
    return {
        "routes": list(routes(reader, client)),
        "quiet_until": quiet.until(reader.now, zone) if quiet else None,
        "loud": [reader.words(f"severity_{severity.colour}") for severity in loud],
        "ladder": ladder(reader, client),
        "calls": calls,
    }


def listed(
    reader: Reader, client: str, *, since: datetime, until: datetime | None = None, **filters: str
) -> str:
    """Where the mentions page lists these mentions of the client."""
    asked = {"client": client, **filters, "since": reader.times.typed(since)}
    if until is not None:
        asked["until"] = reader.times.typed(until)
    return f"/mentions?{urlencode(asked)}"


def _feeds(reader: Reader, client: Client, board: BoardView, view: ClientView) -> dict[str, object]:
    """Blind sources first, then those that brought something, the most first; the others are a number."""
    yesterday = reader.now - timedelta(days=1)
    lines = [
        FeedLine(
            line,
            view.feeds.get(line.spec.id, 0),
            listed(reader, client.id, source=line.spec.id, since=yesterday),
        )
        for line in _lines(reader, board)
    ]
    blind = [line for line in lines if line.source.is_blind]
    bringing = [line for line in lines if line.mentions and not line.source.is_blind]
    shown = [*blind, *sorted(bringing, key=lambda line: -line.mentions)]
    return {"feeds": shown, "blind": blind, "sources": len(lines), "idle": len(lines) - len(shown)}


def _lines(reader: Reader, board: BoardView) -> list[SourceLine]:
    return source_lines(reader.ports.config.sources, {h.source: h for h in board.sources}, reader)


def _brand(  # noqa: PLR0913, PLR0917 -- what a part is made of
    reader: Reader, client: Client, brand: Brand, view: ClientView, bars: Sequence[ShareBar], since: datetime
) -> BrandPart:
    chart = draw(view.volume.get(brand.name, ()), reader.now, from_midnight=True)
    return BrandPart(
        brand=brand,
        names=tuple(alias.text for alias in brand.aliases if alias.text != brand.name),
        watch=written(brand.watch) if brand.watch else "",
        chart=chart,
        links=_links(reader, client, brand, chart),
        negatives=listed(reader, client.id, brand=brand.name, sentiment=Sentiment.NEG.value, since=since),
        counted=next(bar for bar in bars if bar.key == (False, brand.name)),
    )


def _links(reader: Reader, client: Client, brand: Brand, chart: Chart | None) -> Mapping[int, str]:
    if chart is None:
        return {}
    wide = timedelta(hours=chart.hours)
    starts = {i: bar.point.start for i, bar in enumerate(chart.bars) if bar.point.mentions}
    return {
        i: listed(reader, client.id, brand=brand.name, since=start, until=start + wide)
        for i, start in starts.items()
    }
