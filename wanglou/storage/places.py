"""How items moved on hot lists, as pages draw it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, func, select

from wanglou.domain.item import Placed
from wanglou.domain.mention import SeenMention
from wanglou.storage import tables
from wanglou.storage.batches import batches
from wanglou.storage.items import place_of

_item, _place = tables.item.c, tables.item_place.c

MOST = 60
"""Places drawn of one item, the newest: more is no line anybody can read."""

_NEWEST = (
    select(
        _place.item_key,
        _place.board,
        _place.rank,
        _place.heat,
        _place.placed_at,
        func.row_number().over(partition_by=_place.item_key, order_by=_place.placed_at.desc()).label("turn"),
    )
    .where(_place.item_key.in_(bindparam("keys", expanding=True)))
    .subquery()
)
HISTORY = select(_NEWEST).where(_NEWEST.c.turn <= MOST).order_by(_NEWEST.c.item_key, _NEWEST.c.placed_at)
LAST = select(_item.key, _item.board, _item.rank, _item.heat, _item.placed_at).where(
    _item.key.in_(bindparam("keys", expanding=True)), _item.placed_at.is_not(None)
)


def placed(connection: Connection, seen: Iterable[SeenMention]) -> Mapping[str, tuple[Placed, ...]]:
    """Item key → every place it took on hot lists, oldest first, and where it was seen last.

    Items never seen on one are left out.
    """
    found: dict[str, list[Placed]] = {}
    for keys in batches({s.item.key for s in seen if s.item.board}):
        for row in connection.execute(HISTORY, {"keys": keys}):
            found.setdefault(row.item_key, []).append(Placed(row.placed_at, place_of(row)))
        for row in connection.execute(LAST, {"keys": keys}):
            moves = found.setdefault(row.key, [])
            if not moves or moves[-1].at < row.placed_at:
                moves.append(Placed(row.placed_at, place_of(row)))
    return {key: tuple(moves) for key, moves in found.items()}
