"""What an incident stands on: mentions, linked when signals join it by the detectors' road or by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wanglou.domain.incident import Incident
from wanglou.domain.mention import Sentiment
from wanglou.domain.person import Access
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, Series, bucket_of
from wanglou.ports import UnitOfWork

MOST = 300
"""Mentions linked to an incident at each look, newest first."""

_INSTANT = timedelta(microseconds=1)


def link_evidence(
    uow: UnitOfWork, access: Access, incident: Incident, heard: Sequence[Signal], now: datetime
) -> None:
    """Link the negative voices since the signals' spans began, whichever brand's incident it is.

    And what a signal begins with, however it reads: a regulator's notice is worded soberly. ``heard``:
    signals of one brand, at least one.
    """
    span = Span(min(s.since for s in heard), now + BUCKET)
    found = uow.mentions.said(access, Series(heard[0].client, heard[0].brand, None), span, MOST)
    begins = {s.since for s in heard}
    named = [s for s in found if s.label is Sentiment.NEG or s.published_at in begins]
    uow.incidents.add_evidence(incident.id, [(s.client, s.brand, s.item_key) for s in named])


def first_published(uow: UnitOfWork, signals: Sequence[Signal]) -> dict[str, datetime]:
    """Key of a signal → when the first mention in its moment was published, of those where one is known.

    A signal by counts knows its five minutes only; this is the post in them that began it. What a signal
    names by its own time (a regulator's notice) counts however it reads.
    """
    return {s.key: at for s in signals if (at := _began(uow, s)) is not None}


def _began(uow: UnitOfWork, signal: Signal) -> datetime | None:
    series = Series(signal.client, signal.brand, signal.source_class)
    moment = Span(bucket_of(signal.at), bucket_of(signal.at) + BUCKET)
    if signal.since == signal.at:  # it is about one mention
        moment = Span(signal.at, signal.at + _INSTANT)
        return uow.volumes.first(series, moment, negative=False)
    return uow.volumes.first(series, moment, negative=signal.polarity is Polarity.NEG)
