"""What an incident stands on: mentions, linked when signals join it by the detectors' road or by hand."""

from collections.abc import Sequence
from datetime import datetime

from wanglou.domain.incident import Incident
from wanglou.domain.mention import Mention, Sentiment
from wanglou.domain.person import Access
from wanglou.domain.signal import Signal
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET
from wanglou.ports import UnitOfWork

MOST = 300
"""Mentions linked to an incident at each look, newest first."""


def link_evidence(
    uow: UnitOfWork, access: Access, incident: Incident, heard: Sequence[Signal], now: datetime
) -> None:
    """Link the negative voices since the signals' spans began, whichever brand's incident it is.

    And what a signal begins with, however it reads: a regulator's notice is worded soberly. ``heard``:
    signals of one brand, at least one.
    """
    span = Span(min(s.since for s in heard), now + BUCKET)
    found = uow.mentions.of_brand(access, heard[0].client, heard[0].brand, span, MOST)
    begins = {s.since for s in heard}
    named = [m.mention for m in found if _speaks_ill(m.mention) or m.mention.published_at in begins]
    uow.incidents.add_evidence(incident.id, [(m.client, m.brand, m.item_key) for m in named])


def _speaks_ill(mention: Mention) -> bool:
    return mention.reading.label is Sentiment.NEG
