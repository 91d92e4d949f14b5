"""The board's tiles, one a client, each made anew only when it says something else."""

from dataclasses import dataclass
from datetime import timedelta

from desk.web.begun import begun_words
from desk.web.charts import Chart, draw
from desk.web.kept import KeptPieces
from desk.web.rendering import Reader, macro
from desk.web.watch import tile_state
from wanglou.ports import ClientTile

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tile:
    """One client's last day. ``state``: incident, unusual, unknown, begun or quiet.

    ``begun``: what is said of the brand of which too little was observed yet; empty where there is none.
    """

    tile: ClientTile
    state: str
    begun: str
    open_incidents: int
    chart: Chart | None
    mentions: int
    negatives: int


def client_tile(reader: Reader, tile: ClientTile, open_incidents: int, blind: int, kept: KeptPieces) -> str:
    """One tile as HTML; ``blind`` is how many sources cannot be trusted to see."""
    over = sum(point.start + _HOUR <= reader.now for point in tile.points)
    says = tile, open_incidents, blind, over  # all that a tile says is in these, the language and the config

    def made() -> str:
        sources = len(reader.ports.config.sources)
        shown = _tile(reader, tile, open_incidents, blind)
        return str(macro("_board_tile.html", "board_tile")(reader, shown, sources, blind))

    return kept.piece(("tile", tile.client, reader.language), says, made)


def _tile(reader: Reader, tile: ClientTile, open_incidents: int, blind: int) -> Tile:
    client = reader.ports.config.clients[tile.client]
    return Tile(
        tile=tile,
        state=tile_state(tile, client, open_incidents=open_incidents, blind=blind),
        begun=begun_words(reader, client, tile),
        open_incidents=open_incidents,
        chart=draw(tile.points, reader.now),
        mentions=sum(p.mentions for p in tile.points),
        negatives=sum(p.negatives for p in tile.points),
    )
