"""The rows of the board's queue, each made anew only when it says something else.

Two texts of a row change by themselves with every minute: what is left, and how long ago it changed. In the
kept row gaps stand for them, so that no row is made anew because time went by.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from html import escape

from desk.web.kept import KeptPieces
from desk.web.rendering import TOKEN_GAP, Reader, macro
from desk.web.times import Times
from wanglou.ports import BoardRow

_LEFT, _AGO = secrets.token_hex(16), secrets.token_hex(16)
"""The gaps; nobody outside can know them and so plant one in a text."""


@dataclass(frozen=True, slots=True)
class _TimesWithGaps(Times):
    """Says a moment, and leaves a gap for how far it lies from now."""

    def left(self, due: datetime) -> str:  # noqa: ARG002 -- the same for each
        return _LEFT

    def ago(self, moment: datetime) -> str:  # noqa: ARG002 -- the same for each
        return _AGO


def queue_row(reader: Reader, row: BoardRow, kept: KeptPieces) -> str:
    """One row as HTML, with TOKEN_GAP in its form."""
    times, due = reader.times, row.next_due
    is_late = due is not None and due <= reader.now
    says = row, is_late, times.today  # all that a row says is in these, the language and the config
    text = kept.piece(("row", row.incident.id, reader.language), says, lambda: _made(reader, row))
    if due is not None:
        text = text.replace(_LEFT, escape(times.left(due)))
    return text.replace(_AGO, escape(times.ago(row.incident.changed_at)))


def _made(reader: Reader, row: BoardRow) -> str:
    times = _TimesWithGaps(reader.times.zone, reader.language, reader.now)
    return str(macro("_board_row.html", "board_row")(reader, times, TOKEN_GAP, row))
