"""The board 值班台: what needs people now, and how quiet each client is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from fastapi import APIRouter, Request, Response

from desk.web.begun import begun
from desk.web.guard import Guard
from desk.web.kept import KeptPieces
from desk.web.queue_rows import queue_row
from desk.web.rendering import Reader, for_reader, page_around, reader_of, shared_part
from desk.web.tiles import client_tile
from desk.web.watch import blind_sources, next_handover
from wanglou.domain.person import HOUSE
from wanglou.ports import BoardRow, BoardView, DeskReader

_FILTERS = frozenset({"client", "q"})
"""What an address may ask the board for; such a board is made for its reader alone."""


QUIET_SHOWN = 5
"""Brands listed with signals of which nobody was told; a loud day must not push the tiles off the page."""

SAME_FOR = timedelta(seconds=5)
"""How long one picture serves all who may see the same, unless more changes than their mentions."""

PIECES_KEPT = 1_024
"""Rows and tiles kept as text: those of some five hundred incidents in two languages, at most 5 MB."""

_MENTION = "mention"
"""A kind of change that may wait that long: there is one every second, and a count that grew by a few."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The board in one language: what the frame shows of it, and its body for all who may see the same."""

    facts: Mapping[str, object]
    body: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A board as it stood after the change ``newest``, taken at ``at``; ``sights`` by language."""

    newest: int
    at: datetime
    view: BoardView
    sights: dict[str, Sight] = field(default_factory=dict)


class Pictures:
    """The boards shown last: fifty that look within a moment, as after each alert, cost what one does.

    There is one for each set of clients that somebody may see, so nobody is shown another's.
    """

    def __init__(self, reader: DeskReader) -> None:
        self._reader = reader
        self._pieces = KeptPieces(PIECES_KEPT)
        self._lock = Lock()  # who comes second waits for the first one's picture instead of making another
        self._kept: dict[tuple[str, ...], Picture] = {}

    def seen_by(self, reader: Reader) -> tuple[int, Sight]:
        """The newest change the board knows of, and the board as this reader's address asks for it."""
        with self._lock:
            picture = self._of(reader)
            if reader.request.query_params.keys() & _FILTERS:
                return picture.newest, self._sight(reader, picture.view)
            if reader.language not in picture.sights:
                picture.sights[reader.language] = self._sight(reader, picture.view)
            return picture.newest, picture.sights[reader.language]

    def _of(self, reader: Reader) -> Picture:
        mine = tuple(c for c in (*reader.ports.config.clients, HOUSE) if reader.access.may_see(c))
        kept = self._kept.get(mine)
        if kept is None or not self._still_holds(kept, reader):
            newest = self._reader.newest_change()  # before the view, so that nothing falls in between
            kept = Picture(newest, reader.now, self._reader.board(reader.access, list(mine), reader.now))
            self._kept[mine] = kept
        return kept

    def _sight(self, reader: Reader, view: BoardView) -> Sight:
        facts = board_facts(reader, view, self._pieces)
        return Sight(facts, shared_part(reader, "_board.html", facts))

    def _still_holds(self, picture: Picture, reader: Reader) -> bool:
        if not picture.at <= reader.now < picture.at + SAME_FOR:
            return False
        changes = self._reader.changes(reader.access, picture.newest)
        return all(change.kind == _MENTION for change in changes)


def board_page(guard: Guard) -> APIRouter:
    """The route of the board."""
    router = APIRouter()
    pictures = Pictures(guard.ports.reader)

    @router.get("/")
    def board(request: Request) -> Response:
        visit = guard.required(request)
        reader = reader_of(guard, request, visit)
        newest, sight = pictures.seen_by(reader)
        own = {
            "newest": newest,
            "lacks_password": guard.ports.entrance.lacks_password(visit, reader.now),
        }
        return page_around(reader, for_reader(reader, sight.body), "board.html", {**sight.facts, **own})

    return router


def board_facts(reader: Reader, view: BoardView, pieces: KeptPieces) -> dict[str, object]:
    """What the template shows, filtered as the address asks (``client``, ``q``)."""
    ports, asked = reader.ports, reader.request.query_params
    blind = blind_sources(ports.config.sources, view.sources, reader.now)
    client, words = asked.get("client", ""), asked.get("q", "")
    rows = [r for r in view.rows if not (client or words) or _is_asked_for(reader, r, client, words)]
    quiet = [q for q in view.quiet if client in {"", q.signals[0].client}]
    rota, incidents = ports.config.agency.rota, Counter(row.incident.client for row in view.rows)
    return {
        "rows": [queue_row(reader, row, pieces) for row in sorted(rows, key=_urgency)],
        "all_rows": len(view.rows),
        "quiet": quiet[:QUIET_SHOWN],
        "more_quiet": len(quiet) - QUIET_SHOWN,
        "tiles": [
            client_tile(reader, tile, incidents[tile.client], len(blind), pieces)
            for tile in view.tiles
            if tile.client != HOUSE
        ],
        "blind": blind,
        "begun": sum(
            begun(ports.config.clients[t.client], t) is not None for t in view.tiles if t.client != HOUSE
        ),
        "sources": len(ports.config.sources),
        "on_duty": rota.on_duty(reader.now),
        "handover": next_handover(rota, reader.now),
        "asked_client": client,
        "asked_words": words,
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
        reader.brand_of(incident),
        reader.named("topic", incident.topic),
        reader.sentence(incident.because),
        f"#{incident.number}",
    )
    return all(word.casefold() in " ".join(shown).casefold() for word in words.split())
