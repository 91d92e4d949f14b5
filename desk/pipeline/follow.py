"""Follow: posts whose reactions were counted again are held against how others of their place grew."""

from collections.abc import Collection
from datetime import datetime

from analysis.detector import untold
from analysis.growth_detector import GrowthDetector
from desk.pipeline.overhear import told_of
from desk.pipeline.parts import WORKER, Parts
from wanglou.domain.item import Followed
from wanglou.domain.signal import Signal
from wanglou.ports import UnitOfWork

MOST = 400
"""Posts of a place, and of an author, that say what is usual: the latest counted ones."""


def follow(parts: Parts, uow: UnitOfWork, keys: Collection[str], now: datetime) -> list[Signal]:
    """Store what stands out at the newest counts of these items, in the transaction that stores them.

    Most items are nobody's mention or have hardly grown: they cost one question for all of them.
    """
    if not parts.growth_detectors or not keys:
        return []
    news: list[Signal] = []
    for post in uow.items.followed(keys):
        for detector in parts.growth_detectors:
            if detector.is_worth_a_look(post):
                news += _look(uow, detector, post, now)
    return news


def _look(uow: UnitOfWork, detector: GrowthDetector, post: Followed, now: datetime) -> list[Signal]:
    mentions = uow.mentions.of_item(WORKER, post.key)
    if not mentions:
        return []
    found = detector.look(post, mentions, _others(uow, post, now - detector.memory), now)
    return [
        signal
        for one in found
        for signal in uow.signals.add(untold([one], told_of(uow, (one.client, one.brand), [one])))
    ]


def _others(uow: UnitOfWork, post: Followed, since: datetime) -> list[Followed]:
    """Posts of the same place, and those of the same author that are not among them."""
    near = uow.items.followed_at(post.source, None, since, MOST)
    own = uow.items.followed_at(post.source, post.author, since, MOST) if post.author else []
    return list({other.key: other for other in [*near, *own]}.values())
