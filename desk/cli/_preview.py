"""What a brand's watch hit of late, and the words that would remove the most noise: ``match --preview``."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from analysis.matching import Matcher
from analysis.noise import Hit, NoisyWord, Toll, noisy_words, removed_by, toll
from analysis.segmenting import QuickSegmenter
from desk.cli import _exits
from desk.cli._streams import write_json_line
from desk.clocks import WallClock
from desk.wiring.shared import Place, matcher_of, read_config
from wanglou.domain.agency import Config
from wanglou.domain.client import Brand, Client
from wanglou.domain.mention import SeenMention, Sentiment
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason, Value
from wanglou.domain.span import Span
from wanglou.domain.watch import Words, words_of, written
from wanglou.storage.engine import open_to_look
from wanglou.storage.errors import StorageError
from wanglou.wording import moment, say

MOST = 5_000
"""Hits of a brand that are looked at, the newest: enough for its words, and a few seconds."""

SHOWN = 10
TITLE = 40

ANYBODY = Access("match", None)


@dataclass(frozen=True, slots=True)
class Preview:
    """One brand's hits, newest first, with what ``words`` would remove of them.

    ``looked_at``: stored hits, those among them that the names and the watch as they stand now leave out.
    """

    client: Client
    brand: Brand
    days: int
    looked_at: int
    seen: tuple[SeenMention, ...]
    hits: tuple[Hit, ...]
    words: tuple[NoisyWord, ...]

    @property
    def all(self) -> Toll:
        """Everything that was hit."""
        return toll(self.hits, range(len(self.hits)))

    @property
    def together(self) -> Toll:
        """What all words would remove."""
        return removed_by(self.hits, [noisy.word for noisy in self.words])


def preview(place: Place, client: str, brand: str, days: int, language: str, *, as_json: bool) -> None:
    """Print a preview of each brand asked for; the database is only read."""
    config = read_config(place)
    asked = [(c, b) for c in config.clients.values() for b in c.brands if _is_asked(c, b, client, brand)]
    if not asked:
        known = ", ".join(f"{c.id}: {'、'.join(b.name for b in c.brands)}" for c in config.clients.values())
        raise _exits.UsageError(f"nobody watches client {client!r} brand {brand!r}; known here: {known}")
    try:
        storage = open_to_look(place.database)
    except StorageError as error:
        raise _exits.CommandError(str(error)) from error
    now, segmenter = WallClock().now(), QuickSegmenter(config.lexicon.user_words)
    span, matcher = Span(now - timedelta(days=days), now + timedelta(hours=1)), matcher_of(config)
    for one, its in asked:
        with storage.look() as uow:
            stored = uow.mentions.hits(ANYBODY, one.id, its.name, span, MOST)
        seen = _still_hit(matcher, one, its, stored)
        hits = tuple(_hit(mention) for mention in seen)
        words = tuple(noisy_words(hits, segmenter, _names_of(its)))
        found = Preview(one, its, days, len(stored), seen, hits, words)
        if as_json:
            write_json_line(_fields(found))
        else:
            sys.stdout.writelines(f"{line}\n" for line in _lines(found, config, language))
    storage.close()


def _is_asked(client: Client, brand: Brand, wanted_client: str, wanted_brand: str) -> bool:
    return wanted_client in {"", client.id} and wanted_brand in {"", brand.name}


def _still_hit(
    matcher: Matcher, client: Client, brand: Brand, stored: Sequence[SeenMention]
) -> tuple[SeenMention, ...]:
    """Those that would be hit again as the client's file stands now."""
    asked = (client.id, brand.name)
    named = matcher.named_all([seen.item for seen in stored])
    return tuple(
        seen
        for seen, who in zip(stored, named, strict=True)
        if any((match.client, match.brand) == asked for match in who.brands)
    )


def _names_of(brand: Brand) -> list[str]:
    watch = words_of(brand.watch) if brand.watch else ()
    return [brand.name, *(alias.text for alias in brand.aliases), *brand.look_alikes, *watch]


def _hit(seen: SeenMention) -> Hit:
    mention = seen.mention
    is_neutral = mention.reading.label is Sentiment.NEU and not mention.reading.unsure
    return Hit(
        text=f"{seen.item.title}\n{seen.item.text}",
        unwanted=mention.void or is_neutral,
        negative=not mention.void and mention.reading.label is Sentiment.NEG,
    )


def _fields(found: Preview) -> Mapping[str, Any]:
    return {
        "client": found.client.id,
        "brand": found.brand.name,
        "days": found.days,
        "watch": written(found.brand.watch) if found.brand.watch else "",
        **_counts(found.all),
        "left_out": found.looked_at - len(found.seen),
        "words": [{"word": noisy.word, **_counts(noisy.toll)} for noisy in found.words],
        "together": _counts(found.together),
        "newest": [_newest(seen) for seen in found.seen[:SHOWN]],
    }


def _counts(counted: Toll) -> dict[str, Value]:
    return {"hits": counted.hits, "unwanted": counted.unwanted, "negative": counted.negative}


def _newest(seen: SeenMention) -> dict[str, Any]:
    mention = seen.mention
    return {
        "at": (mention.published_at or mention.first_seen).isoformat(),
        "source": mention.source,
        "label": mention.reading.label.value,
        "void": mention.void,
        "title": _title(seen),
        "url": seen.item.url,
        "matched": mention.match.alias,
    }


def _title(seen: SeenMention) -> str:
    return " ".join((seen.item.title or seen.item.text).split())[:TITLE]


def _lines(found: Preview, config: Config, language: str) -> Iterator[str]:
    def t(code: str, /, **facts: Value) -> str:
        return say(Reason(code, facts), language, config.agency.zone)

    about: dict[str, Value] = {"client": found.client.name, "brand": found.brand.name, "days": found.days}
    left_out = found.looked_at - len(found.seen)
    if not found.hits:
        yield t("preview_no_hits", **about)
        if left_out:
            yield "  " + t("preview_left_out", n=left_out)
        return
    yield t("preview_title", **about, **_counts(found.all))
    if found.looked_at == MOST:
        yield t("preview_cut", n=MOST)
    if left_out:
        yield "  " + t("preview_left_out", n=left_out)
    watch = written(found.brand.watch) if found.brand.watch else ""
    yield "  " + (t("preview_watch", watch=watch) if watch else t("preview_no_watch"))
    yield "  " + t("preview_words" if found.words else "preview_no_words")
    for noisy in found.words:
        yield "    " + t("preview_word", word=written(Words(noisy.word)), **_counts(noisy.toll))
    if len(found.words) > 1:
        yield "    " + t("preview_together", **_counts(found.together))
    yield "  " + t("preview_newest")
    for seen in found.seen[:SHOWN]:
        mention = seen.mention
        verdict = t("preview_void") if mention.void else t(f"page_sentiment_{mention.reading.label}")
        known = config.sources.get(mention.source)
        at = moment(mention.published_at or mention.first_seen, language, config.agency.zone)
        source = known.name if known else mention.source
        yield "    " + t("preview_hit", at=at, verdict=verdict, source=source, title=_title(seen))
