"""A post's reactions grow far faster than its author's and its place's usual: five comments become fifty.

Growth is reactions an hour between two counts, on the log scale; the usual is how fast the place's posts of
two weeks grew in their fastest stretch, and, the more of them are known, the author's own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wanglou.domain.item import Engagement, Followed
from wanglou.domain.mention import Mention, SeenMention, Sentiment
from wanglou.domain.reason import Reason, Value
from wanglou.domain.signal import Polarity, Signal

KIND = "velocity"
MEMORY = timedelta(days=14)

STRETCH = timedelta(hours=1)
"""Growth is taken over the longest stretch of counts within this, else over the last two counts."""

SHORTEST = timedelta(minutes=5)
"""Counts closer together than this count as this far apart."""

YOUNG = timedelta(hours=24)
"""A post first counted within this after publication began at zero; of an older one the start is unknown."""

LEAST = 30.0
"""Reactions within the stretch below which nothing is said."""

A_LIKE = 0.1
"""A like costs nobody a thought: ten are as one comment or one repost."""

SOFT = 10.0
PRIOR_AN_HOUR, PRIOR_SD, PRIOR_POSTS = 10.0, 1.0, 5.0
"""Reactions an hour of a post in its fastest stretch, and spread of their log, before a place is known."""

AUTHOR_LIKE_PLACE = 2.0
"""An author is taken to be like the place, believed as firmly as two posts."""

KNOWN_POSTS = 10
"""With fewer other posts a signal is provisional."""

BAR, GRAVE = 2.5, 5.0
"""Standard deviations above the usual where it is worth saying (strength 0) and grave (strength 1)."""

TITLE = 30

_POLARITY = {Sentiment.NEG: Polarity.NEG, Sentiment.NEU: Polarity.NEU, Sentiment.POS: Polarity.POS}


@dataclass(frozen=True, slots=True)
class Growth:
    """How many reactions were added from ``since`` to ``at``; ``before`` and ``after`` are all of them."""

    since: datetime
    at: datetime
    before: float
    after: float

    @property
    def an_hour(self) -> float:
        """Reactions added an hour."""
        return max(self.after - self.before, 0.0) / (max(self.at - self.since, SHORTEST) / timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Usual:
    """Middle and spread of the log of growth; ``an_hour`` is the middle as a rate."""

    mean: float
    sd: float

    @property
    def an_hour(self) -> float:
        """Reactions an hour that are usual."""
        return max(math.exp(self.mean) - SOFT, 0.0)


def growths(post: Followed) -> list[Growth]:
    """How the post grew until each of its counts."""
    points = [*_birth(post), *post.counts]
    found = []
    for place in range(1, len(points)):
        at = points[place].observed_at
        first = next(p for p in points if at - p.observed_at <= STRETCH or p is points[place - 1])
        before, after = _comparable(first, points[place])
        found.append(Growth(first.observed_at, at, before, after))
    return found


def usual_of(author: str | None, others: Sequence[Followed]) -> Usual:
    """What is usual for the author, as far as known, and for the place."""
    fastest = [
        (post.author, _log(max(g.an_hour for g in grown))) for post in others if (grown := growths(post))
    ]
    place = _pooled(
        Usual(math.log(PRIOR_AN_HOUR + SOFT), PRIOR_SD), PRIOR_POSTS, [speed for _, speed in fastest]
    )
    own = [speed for who, speed in fastest if author is not None and who == author]
    return _pooled(place, AUTHOR_LIKE_PLACE, own) if own else place


@dataclass(frozen=True, slots=True)
class Velocity:
    """The detector of posts that take off."""

    kind: str = KIND
    memory: timedelta = MEMORY

    def is_worth_a_look(self, post: Followed) -> bool:
        """Whether enough reactions were added at the newest count."""
        grown = growths(post)
        return bool(grown) and grown[-1].after - grown[-1].before >= LEAST

    def look(
        self, post: Followed, mentions: Sequence[SeenMention], others: Sequence[Followed], now: datetime
    ) -> list[Signal]:
        """Judge the newest count."""
        if not self.is_worth_a_look(post):
            return []
        grown = growths(post)[-1]
        known = [other for other in others if other.key != post.key]
        usual = usual_of(post.author, known)
        z = (_log(grown.an_hour) - usual.mean) / usual.sd
        if z < BAR:
            return []
        off = _TakenOff(grown, usual, z, len(known) < KNOWN_POSTS)
        return [_signal(seen, off, now) for seen in mentions]


@dataclass(frozen=True, slots=True)
class _TakenOff:
    """A growth ``z`` standard deviations above the usual."""

    grown: Growth
    usual: Usual
    z: float
    is_provisional: bool


def _signal(seen: SeenMention, off: _TakenOff, now: datetime) -> Signal:
    mention, grown = seen.mention, off.grown
    facts: dict[str, Value] = {
        "brand": mention.brand,
        "title": (seen.item.title or seen.item.text)[:TITLE],
        "before": round(grown.before),
        "after": round(grown.after),
        "minutes": max(1, round((grown.at - grown.since) / timedelta(minutes=1))),
        "an_hour": round(grown.an_hour),
        "usual": round(off.usual.an_hour),
    }
    return Signal(
        kind=KIND,
        client=mention.client,
        brand=mention.brand,
        source_class=mention.source_class,
        since=_place_in_time(mention, grown),
        at=grown.at,
        seen_at=max(now, grown.at),
        polarity=_POLARITY[mention.reading.label],
        strength=round((off.z - BAR) / (GRAVE - BAR), 3),
        because=Reason("signal_velocity", facts),
        provisional=off.is_provisional,
    )


def _place_in_time(mention: Mention, grown: Growth) -> datetime:
    """The evidence is the post itself, so it begins when the post was published."""
    return min(mention.published_at or mention.first_seen, grown.since)


def _birth(post: Followed) -> list[Engagement]:
    if post.published_at is None or not post.counts:
        return []
    first = post.counts[0].observed_at
    born = post.published_at < first <= post.published_at + YOUNG
    return [Engagement(post.published_at, 0, 0, 0)] if born else []


def _comparable(one: Engagement, other: Engagement) -> tuple[float, float]:
    """Reactions at two counts, of the sorts known at both: what was not counted has not grown."""
    pairs = (
        (one.comments, other.comments, 1.0),
        (one.reposts, other.reposts, 1.0),
        (one.likes, other.likes, A_LIKE),
    )
    known = [(a * weight, b * weight) for a, b, weight in pairs if a is not None and b is not None]
    return sum(a for a, _ in known), sum(b for _, b in known)


def _log(an_hour: float) -> float:
    return math.log(an_hour + SOFT)


def _pooled(prior: Usual, worth: float, speeds: Sequence[float]) -> Usual:
    mean = (worth * prior.mean + sum(speeds)) / (worth + len(speeds))
    squares = worth * prior.sd**2 + sum((speed - mean) ** 2 for speed in speeds)
    return Usual(mean, math.sqrt(squares / (worth + len(speeds))))


PLUGIN = Velocity
