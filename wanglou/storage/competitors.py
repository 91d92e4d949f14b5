"""Competitors' mentions, counted by the hour: each once, and no more of it kept than tells that it was."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from wanglou.domain.mention import CompetitorMention
from wanglou.storage import tables
from wanglou.storage.upserts import add_up, keep_first
from wanglou.storage.volumes import hour_of

_seen = tables.competitor_mention.c

KEY = ("client", "competitor", "item_key")
INSERT = keep_first(tables.competitor_mention, KEY)
SEE_AGAIN = (
    update(tables.competitor_mention)
    .where(
        _seen.client == bindparam("of_client"),
        _seen.competitor == bindparam("of_competitor"),
        _seen.item_key == bindparam("of_item"),
        _seen.seen_at < bindparam("now"),
    )
    .values(seen_at=bindparam("now"))
)
ADD_HOURS = add_up(tables.competitor_hour, ["mentions", "voices"])
EXPIRED = (
    select(_seen.competitor, _seen.item_key)
    .where(_seen.client == bindparam("client"), _seen.seen_at < bindparam("before"))
    .order_by(_seen.seen_at, _seen.item_key)
    .limit(bindparam("count"))
)
FORGET = delete(tables.competitor_mention).where(
    _seen.client == bindparam("of_client"),
    _seen.competitor == bindparam("of_competitor"),
    _seen.item_key == bindparam("of_item"),
)


@dataclass(frozen=True, slots=True)
class SqlCompetitors:
    """The ``Competitors`` port over one connection."""

    connection: Connection

    def add(self, mentions: Sequence[CompetitorMention]) -> list[CompetitorMention]:
        """Count what is new by the hour of publication, in key order; what is known is only seen again."""
        firsts: dict[tuple[str, ...], CompetitorMention] = {}
        for mention in mentions:
            firsts.setdefault(_key_of(mention), mention)
        if not firsts:
            return []
        rows = [dict(zip(KEY, key, strict=True), seen_at=m.first_seen) for key, m in sorted(firsts.items())]
        added = {tuple(row) for row in self.connection.execute(INSERT.on(self.connection), rows)}
        known = [m for key, m in sorted(firsts.items()) if key not in added]
        if known:
            self.connection.execute(SEE_AGAIN, [_seen_again(m) for m in known])
        new = [m for key, m in firsts.items() if key in added]
        if hours := _hours(new):
            self.connection.execute(ADD_HOURS.on(self.connection), hours)
        return new

    def expire(self, client: str, before: datetime, limit: int) -> int:
        """Forget which items were counted, those last seen first; the counts stay."""
        found = self.connection.execute(EXPIRED, {"client": client, "before": before, "count": limit}).all()
        if found:
            keys = [{"of_client": client, "of_competitor": row[0], "of_item": row[1]} for row in found]
            self.connection.execute(FORGET, keys)
        return len(found)


def _key_of(mention: CompetitorMention) -> tuple[str, ...]:
    return mention.client, mention.competitor, mention.item_key


def _seen_again(mention: CompetitorMention) -> dict[str, Any]:
    return {
        "of_client": mention.client,
        "of_competitor": mention.competitor,
        "of_item": mention.item_key,
        "now": mention.first_seen,
    }


def _hours(mentions: Iterable[CompetitorMention]) -> list[dict[str, Any]]:
    """Counts by hour; an undated mention counts toward none."""
    sums: Counter[tuple[str, str, datetime]] = Counter()
    voices: Counter[tuple[str, str, datetime]] = Counter()
    for mention in mentions:
        if mention.published_at is not None:
            place = (mention.client, mention.competitor, hour_of(mention.published_at))
            sums[place] += 1
            voices[place] += mention.voice
    return [
        {"client": client, "competitor": competitor, "start": start, "mentions": n, "voices": voices[place]}
        for place, n in sorted(sums.items())
        for client, competitor, start in [place]
    ]
