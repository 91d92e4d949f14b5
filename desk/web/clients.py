"""The list of clients 客户: one line each, trouble first."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from desk.web.begun import begun_words
from desk.web.charts import Chart, draw
from desk.web.client import PERIODS, first_midnight
from desk.web.guard import Guard
from desk.web.rendering import Reader, page, reader_of
from desk.web.shares import ShareOfVoice, compare
from desk.web.watch import blind_sources, tile_state
from wanglou.domain.client import Client
from wanglou.domain.severity import Severity
from wanglou.domain.span import Span
from wanglou.ports import BoardView, ClientTile, Voices

_ORDER = ("incident", "unusual", "unknown", "begun", "quiet")


@dataclass(frozen=True, slots=True)
class ClientLine:
    """One client's last day, and its share of voice over the shortest period. ``begun`` as on its tile."""

    client: Client
    state: str
    begun: str
    open_incidents: int
    gravest: Severity | None
    mentions: int
    negatives: int
    chart: Chart | None
    shares: ShareOfVoice


def clients_page(guard: Guard) -> APIRouter:
    """The route of the list."""
    router = APIRouter()

    @router.get("/clients")
    def show(request: Request) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        return page(reader, "clients.html", clients_facts(reader))

    return router


def clients_facts(reader: Reader) -> dict[str, object]:
    """What the template shows: those clients only that the reader may see."""
    ports = reader.ports
    mine = [client for client in ports.config.clients.values() if reader.access.may_see(client.id)]
    ids = [client.id for client in mine]
    view = ports.reader.board(reader.access, ids, reader.now)
    span = Span(first_midnight(reader, PERIODS[0]), reader.now)
    counted = ports.reader.voices(reader.access, ids, span)
    blind = len(blind_sources(ports.config.sources, view.sources, reader.now))
    tiles = {tile.client: tile for tile in view.tiles}
    lines = [_line(client, tiles[client.id], view, counted, blind, span, reader) for client in mine]
    return {
        "lines": sorted(lines, key=lambda line: (_ORDER.index(line.state), -line.open_incidents)),
        "days": PERIODS[0],
        "blind": blind,
        "sources": len(ports.config.sources),
    }


def _line(  # noqa: PLR0913, PLR0917 -- what a line is made of
    client: Client,
    tile: ClientTile,
    view: BoardView,
    counted: Sequence[Voices],
    blind: int,
    span: Span,
    reader: Reader,
) -> ClientLine:
    severities = [row.incident.severity for row in view.rows if row.incident.client == client.id]
    return ClientLine(
        client=client,
        state=tile_state(tile, client, open_incidents=len(severities), blind=blind),
        begun=begun_words(reader, client, tile),
        open_incidents=len(severities),
        gravest=max(severities, default=None),
        mentions=sum(p.mentions for p in tile.points),
        negatives=sum(p.negatives for p in tile.points),
        chart=draw(tile.points, reader.now),
        shares=compare(client, counted, span.since),
    )
