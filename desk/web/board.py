"""The board 值班台: what needs people now, and how quiet each client is."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from desk.web.charts import Chart, draw
from desk.web.guard import Guard
from desk.web.rendering import Reader, page, reader_of
from desk.web.watch import BlindSource, blind_sources, next_handover, tile_state
from wanglou.domain.person import HOUSE
from wanglou.ports import BoardRow, BoardView, ClientTile


@dataclass(frozen=True, slots=True)
class Tile:
    """One client's last day. ``state``: incident, unusual, unknown or quiet."""

    tile: ClientTile
    state: str
    open_incidents: int
    chart: Chart | None
    mentions: int
    negatives: int


def board_page(guard: Guard) -> APIRouter:
    """The route of the board."""
    router = APIRouter()

    @router.get("/")
    def board(request: Request) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        newest = guard.ports.reader.newest_change()  # before the view, so that nothing falls in between
        return page(reader, "board.html", {"newest": newest, **board_facts(reader)})

    return router


def board_facts(reader: Reader) -> dict[str, object]:
    """What the template shows, filtered as the address asks (``client``, ``q``)."""
    ports, asked = reader.ports, reader.request.query_params
    access = reader.access
    mine = [c for c in (*ports.config.clients, HOUSE) if access.may_see(c)]
    view = ports.reader.board(access, mine, reader.now)
    blind = blind_sources(ports.config.sources, view.sources, reader.now)
    rows = [r for r in view.rows if _is_asked_for(reader, r, asked.get("client", ""), asked.get("q", ""))]
    rota = ports.config.agency.rota
    return {
        "rows": sorted(rows, key=_urgency),
        "all_rows": len(view.rows),
        "tiles": [_tile(t, view, blind, reader) for t in view.tiles if t.client != HOUSE],
        "blind": blind,
        "sources": len(ports.config.sources),
        "on_duty": rota.on_duty(reader.now),
        "handover": next_handover(rota, reader.now),
        "asked_client": asked.get("client", ""),
        "asked_words": asked.get("q", ""),
    }


def _urgency(row: BoardRow) -> tuple[bool, float, int]:
    """What falls due first stands first; without a clock, the graver."""
    due = row.next_due
    return due is None, due.timestamp() if due else 0.0, -row.incident.severity


def _is_asked_for(reader: Reader, row: BoardRow, client: str, words: str) -> bool:
    incident = row.incident
    if client and incident.client != client:
        return False
    shown = (
        reader.client_name(incident.client),
        incident.brand,
        reader.named("topic", incident.topic),
        reader.sentence(incident.because),
        f"#{incident.number}",
    )
    return all(word.casefold() in " ".join(shown).casefold() for word in words.split())


def _tile(tile: ClientTile, view: BoardView, blind: list[BlindSource], reader: Reader) -> Tile:
    open_incidents = sum(r.incident.client == tile.client for r in view.rows)
    return Tile(
        tile=tile,
        state=tile_state(tile, open_incidents=open_incidents, blind=len(blind)),
        open_incidents=open_incidents,
        chart=draw(tile.points, reader.now),
        mentions=sum(p.mentions for p in tile.points),
        negatives=sum(p.negatives for p in tile.points),
    )
