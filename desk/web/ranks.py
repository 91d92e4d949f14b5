"""How an entry moved on hot lists, as a small line that a template draws and a table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from wanglou.domain.item import Placed

_LEAST_DEEP = 10
"""The lowest place the line has room for: from 3 to 4 must not look like a fall."""


@dataclass(frozen=True, slots=True)
class RankChart:
    """What a template needs. ``line`` is a path in a box of 100 × 100, the highest place on top.

    It runs in steps, as a place is held until the next one is seen. ``moves`` are the newest of one list,
    oldest first.
    """

    line: str
    moves: tuple[Placed, ...]

    @property
    def first(self) -> Placed:
        """Where the line begins."""
        return self.moves[0]

    @property
    def last(self) -> Placed:
        """Where it was seen last."""
        return self.moves[-1]

    @property
    def best(self) -> int:
        """The highest place it had."""
        return min(move.place.rank for move in self.moves)

    @property
    def has_heat(self) -> bool:
        """Whether the list says how hot it is."""
        return any(move.place.heat is not None for move in self.moves)


def rank_chart(placed: Sequence[Placed]) -> RankChart | None:
    """Draw the moves on the list it was seen on last; None where it was seen there only once."""
    moves = tuple(move for move in placed if move.place.board == placed[-1].place.board)
    if len(moves) < 2:  # noqa: PLR2004 -- a line has two ends
        return None
    deepest = max(_LEAST_DEEP, *(move.place.rank for move in moves))
    began, lasted = moves[0].at, moves[-1].at - moves[0].at
    corners = [
        (round((move.at - began) / lasted * 100, 2), round((move.place.rank - 1) / (deepest - 1) * 100, 2))
        for move in moves
    ]
    steps = "".join(f"H{x:g}V{y:g}" for x, y in corners[1:])
    return RankChart(f"M0 {corners[0][1]:g}{steps}", moves)
