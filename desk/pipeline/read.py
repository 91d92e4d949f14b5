"""Read: which brands an item names, how it reads, what it copies; and count it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from analysis import reposts, volume
from analysis.brand_reader import Asked
from analysis.correcting import applied, moved
from analysis.drift import week_of
from analysis.first_questions import is_old, joined, who_speaks
from desk.pipeline.follow import follow
from desk.pipeline.overhear import overhear
from desk.pipeline.parts import Parts
from desk.recounting import recount
from wanglou.domain.correction import CorrectionKind
from wanglou.domain.drift import ReadingCount
from wanglou.domain.item import Item, KeptItem
from wanglou.domain.mention import CompetitorMention, Match, Mention, Reading, SeenMention
from wanglou.domain.source import SourceClass
from wanglou.ports import KnownCopy, UnitOfWork

AT_ONCE = 500
"""Items per transaction: large enough for the batch model, short enough to hold the write lock."""

_Groups: TypeAlias = Mapping[str, tuple[str, bool]]
"""Name → (group of copies, whether it speaks with a voice of its own)."""


_Prints: TypeAlias = Mapping[str, tuple[str, ...]]
"""Name → fingerprints."""


@dataclass(frozen=True, slots=True)
class _Named:
    """An item and a brand it names, a client's own or a competitor's."""

    kept: KeptItem
    match: Match

    @property
    def mark(self) -> str:
        """Sets a brand's copies apart: what is said of one takes no voice from another, however alike."""
        return _mark(self.match.client, self.match.brand)

    @property
    def name(self) -> str:
        """The item as this brand's."""
        return f"{self.mark}/{self.kept.item.key}"


@dataclass(frozen=True, slots=True)
class _Found(_Named):
    """An item, a client's own brand it names, and how it reads for that brand."""

    reading: Reading


@lru_cache(maxsize=1024)  # asked for some ten times a mention
def _mark(client: str, brand: str) -> str:
    return hashlib.blake2b(f"{client}|{brand}".encode(), digest_size=6).hexdigest()


def read(parts: Parts, now: datetime) -> int:
    """Read what nobody has read yet; return how many items were looked at."""
    with parts.storage.look() as uow:
        kept = uow.items.unread(AT_ONCE)
    if not kept:
        return 0
    found, competitors, count = _found(parts, kept)  # the slow part, outside any transaction
    now = max(now, parts.clock.now())  # read when it is done, never before it was seen
    with parts.storage.begin() as uow:
        prints = _prints([*found, *competitors])
        known = uow.copies.known({p for own in prints.values() for p in own})
        found = _answered(parts, found, prints, known)
        groups = _group(uow, prints, known, now)
        _save(parts, uow, found, groups, now)
        uow.competitors.add([_competitor(c, groups) for c in competitors])
        if count.readings:
            uow.readings.count(week_of(now), count)
        uow.items.mark_read(kept, now)
        uow.commit()
    return len(kept)


def _found(parts: Parts, kept: Sequence[KeptItem]) -> tuple[list[_Found], list[_Named], ReadingCount]:
    """Own brands with their readings; competitors, which nobody reads; and how the readings went."""
    named = list(zip(kept, parts.matcher.named_all([k.item for k in kept]), strict=True))
    pairs = [(k, match, n.competitors) for k, n in named for match in n.brands]
    readings, count = parts.reader.read_counted(
        [_asked(parts, k.item, match, rivals) for k, match, rivals in pairs]
    )
    found = [_Found(k, match, reading) for (k, match, _), reading in zip(pairs, readings, strict=True)]
    return found, [_Named(k, match) for k, n in named for match in n.competitors], count


def _asked(parts: Parts, item: Item, match: Match, competitors: Sequence[Match]) -> Asked:
    rivals = [span for m in competitors if m.client == match.client for span in m.spans]
    return Asked(item.title, item.text, match.spans, parts.config.clients[match.client].neutral_at, rivals)


def _answered(
    parts: Parts, found: Sequence[_Found], prints: _Prints, known: Mapping[str, KnownCopy]
) -> list[_Found]:
    """With the answers that the words alone do not give: who speaks, and whether it is old."""
    answered = []
    for one in found:
        item, own = one.kept.item, prints[one.name]
        since = [known[p].first_seen for p in own if p in known]
        more = (
            *who_speaks(item, _place(parts, item.source)[0]),
            *is_old(item, one.kept.first_seen, since, len(own)),
        )
        answered.append(replace(one, reading=replace(one.reading, answers=joined(one.reading.answers, more))))
    return answered


def _save(parts: Parts, uow: UnitOfWork, found: Sequence[_Found], groups: _Groups, now: datetime) -> None:
    added = uow.mentions.add(_corrected(uow, [_mention(parts, f, *groups[f.name], now) for f in found]))
    recount(uow, volume.count(added), now)
    items = {f.kept.item.key: f.kept.item for f in found}
    standing = [m for m in added if not m.void]
    overhear(parts, uow, [SeenMention(m, items[m.item_key]) for m in standing], now)
    follow(parts, uow, [m.item_key for m in standing], now)
    if parts.memory.touched is not None:
        parts.memory.touched |= {(m.client, m.brand) for m in added}
    for client in sorted({m.client for m in added}):
        uow.changes.note(client, "mention", client, now)


def _corrected(uow: UnitOfWork, mentions: Sequence[Mention]) -> list[Mention]:
    """What people said of a story holds for copies of it, and for new versions, that come in later."""
    standing = uow.corrections.standing({m.group for m in mentions})
    corrected = [applied(m, standing.get(m.group, ())) for m in mentions]
    named = {(m.client, m.brand, m.item_key) for m in mentions}
    for mention in mentions:
        brands = [c.after for c in standing.get(mention.group, ()) if c.kind is CorrectionKind.BRAND]
        to = brands[-1] if brands else ""
        if to and (mention.client, to, mention.item_key) not in named:
            corrected.append(moved(mention, to))
    return corrected


def _prints(named: Sequence[_Named]) -> _Prints:
    """Name → fingerprints, apart for each brand."""
    of_item = {n.kept.item.key: n.kept.item for n in named}
    plain = {key: _fingerprints(item) for key, item in of_item.items()}
    return {n.name: tuple(f"{n.mark}/{p}" for p in plain[n.kept.item.key]) for n in named}


def _group(uow: UnitOfWork, prints: _Prints, known: Mapping[str, KnownCopy], now: datetime) -> _Groups:
    of_late = {p: copy.group for p, copy in known.items() if copy.seen_at > now - reposts.MEMORY}
    assigned = reposts.assign(prints, of_late)
    uow.copies.remember({p: assigned[name][0] for name, own in prints.items() for p in own}, now)
    return assigned


def _fingerprints(item: Item) -> tuple[str, ...]:
    return reposts.fingerprints(f"{item.title}\n{item.text}")


def _competitor(named: _Named, groups: _Groups) -> CompetitorMention:
    kept, match = named.kept, named.match
    _, voice = groups[named.name]
    return CompetitorMention(
        client=match.client,
        competitor=match.brand,
        item_key=kept.item.key,
        published_at=kept.item.published_at,
        first_seen=kept.first_seen,
        voice=voice,
    )


def _mention(parts: Parts, found: _Found, group: str, voice: bool, now: datetime) -> Mention:  # noqa: FBT001 -- a field
    item = found.kept.item
    source_class, reach = _place(parts, item.source)
    followers = item.author.followers if item.author else None
    return Mention(
        client=found.match.client,
        brand=found.match.brand,
        item_key=item.key,
        version=found.kept.version,
        source=item.source,
        source_class=source_class,
        published_at=item.published_at,
        first_seen=found.kept.first_seen,
        read_at=now,
        match=found.match,
        reading=found.reading,
        group=group,
        voice=voice,
        reach=reach if followers is None else followers,
    )


def _place(parts: Parts, source: str) -> tuple[SourceClass, int]:
    """Class and reach of a source; what a source left unread before the config dropped it is still read."""
    spec = parts.config.sources.get(source)
    return (spec.source_class, spec.reach) if spec else (SourceClass.SOCIAL, 0)
