"""Readings counted by the week, for the whole agency: one small note, rewritten with each batch read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from wanglou.domain.correction import CorrectionKind
from wanglou.domain.drift import CorrectedReading, ReadingCount
from wanglou.storage import tables
from wanglou.storage.leases import SqlMeta

KEY = "readings"

KEPT = 16
"""Weeks remembered."""

DOUBT = "?"
"""Behind a sentiment that is unsure, as ``Correction`` has it."""

MOST = 3_000
"""Corrections looked at, the newest: fifty a working day over twelve weeks; read in 27 ms."""

_correction, _mention = tables.correction.c, tables.mention.c
_earlier = tables.correction.alias("earlier").c

CORRECTED = (
    select(
        _correction.at,
        _correction.before,
        _correction.after,
        _mention.p_neg,
        _mention.p_neu,
        _mention.p_pos,
    )
    .join(
        tables.mention,
        (_mention.client == _correction.client)
        & (_mention.brand == _correction.brand)
        & (_mention.item_key == _correction.item_key),
    )
    .where(
        _correction.at >= bindparam("since"),
        _correction.kind == CorrectionKind.SENTIMENT.value,
        _correction.undone_at.is_(None),
        ~exists().where(
            _earlier.client == _correction.client,
            _earlier.group_id == _correction.group_id,
            _earlier.kind == CorrectionKind.SENTIMENT.value,
            _earlier.undone_at.is_(None),
            _earlier.id < _correction.id,
        ),
    )
    .order_by(_correction.id.desc())
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class SqlReadings:
    """The ``Readings`` port over one connection."""

    connection: Connection

    def count(self, week: date, count: ReadingCount) -> None:
        """Add to what was counted of a week."""
        weeks = self.weeks()
        weeks[week] = weeks.get(week, ReadingCount()).plus(count)
        newest = sorted(weeks)[-KEPT:]
        text = json.dumps({start.isoformat(): asdict(weeks[start]) for start in newest})
        SqlMeta(self.connection).set(KEY, text)

    def weeks(self) -> dict[date, ReadingCount]:
        """Week → what was read in it."""
        told: dict[str, dict[str, int]] = json.loads(SqlMeta(self.connection).get(KEY) or "{}")
        return {date.fromisoformat(start): ReadingCount(**count) for start, count in told.items()}

    def corrected(self, since: datetime) -> Sequence[CorrectedReading]:
        """The verdicts on sentiment that people looked at from ``since`` on, of mentions still stored.

        Of a story's corrections only the first is about the model's word, however long ago it was. What
        people could not tell either is left out.
        """
        rows = self.connection.execute(CORRECTED, {"since": since})
        return [_corrected(row) for row in rows if not row.after.endswith(DOUBT)]


def _corrected(row: Any) -> CorrectedReading:
    said = row.before.removesuffix(DOUBT)
    chance = {"neg": row.p_neg, "neu": row.p_neu, "pos": row.p_pos}[said]
    return CorrectedReading(row.at, chance, said == row.after)
