"""A person's word over the model's: what a correction changes in a mention and in the counts."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from analysis.volume import count
from wanglou.domain.correction import Correction, CorrectionKind, group_there
from wanglou.domain.mention import Match, Mention, Sentiment
from wanglou.domain.topic import Topic
from wanglou.domain.volume import VolumeRow

UNSURE = "?"


class UnknownValueError(ValueError):
    """No such sentiment or topic."""


def said(mention: Mention, kind: CorrectionKind) -> str:
    """What a mention says now, in the form that ``Correction.before`` has."""
    match kind:
        case CorrectionKind.SENTIMENT:
            return mention.reading.label.value + (UNSURE if mention.reading.unsure else "")
        case CorrectionKind.TOPIC:
            return ",".join(topic.value for topic in mention.reading.topics)
        case CorrectionKind.BRAND:
            return "" if mention.void else mention.brand


def changed(mention: Mention, kind: CorrectionKind, to: str) -> Mention:
    """The mention as it is with ``to`` in place of what it said; raises UnknownValueError.

    A mention that is about another brand, or none, is void here: it is kept and counts for nothing.
    """
    try:
        return _changed(mention, kind, to)
    except ValueError as error:
        raise UnknownValueError(to) from error


def applied(mention: Mention, corrections: Iterable[Correction]) -> Mention:
    """The mention as corrections leave it that stand, oldest first: the newest of a kind wins.

    One that says what is not known any more, as a topic that left the list, changes nothing.
    """
    for correction in corrections:
        with suppress(UnknownValueError):
            mention = changed(mention, correction.kind, correction.after)
    return mention


def moved(mention: Mention, brand: str) -> Mention:
    """The same item as a mention of another brand of the client, told by a person: no word names it."""
    match = Match(mention.client, brand, "", ())
    return replace(mention, brand=brand, match=match, group=group_there(mention.group, brand), void=False)


def difference(before: Sequence[Mention], after: Sequence[Mention]) -> list[VolumeRow]:
    """What must be added to the counts where ``before`` was counted and ``after`` holds; may be negative."""
    taken = [_negated(row) for row in count(before)]
    sums: dict[tuple[object, object], VolumeRow] = {}
    for row in [*taken, *count(after)]:
        known = sums.get((row.start, row.series))
        sums[row.start, row.series] = _plus(known, row) if known else row
    return [row for row in sums.values() if row.mentions or row.voices or row.negatives or row.reach]


def _changed(mention: Mention, kind: CorrectionKind, to: str) -> Mention:
    reading = mention.reading
    match kind:
        case CorrectionKind.SENTIMENT:
            label, unsure = Sentiment(to.removesuffix(UNSURE)), to.endswith(UNSURE)
            return replace(mention, reading=replace(reading, label=label, unsure=unsure))
        case CorrectionKind.TOPIC:
            topics = tuple(Topic(topic) for topic in dict.fromkeys(to.split(",")) if topic)
            return replace(mention, reading=replace(reading, topics=topics))
        case CorrectionKind.BRAND:
            return replace(mention, void=to != mention.brand)


def _negated(row: VolumeRow) -> VolumeRow:
    return VolumeRow(row.series, row.start, -row.mentions, -row.voices, -row.negatives, -row.reach)


def _plus(one: VolumeRow, other: VolumeRow) -> VolumeRow:
    return VolumeRow(
        one.series,
        one.start,
        one.mentions + other.mentions,
        one.voices + other.voices,
        one.negatives + other.negatives,
        one.reach + other.reach,
    )
