"""The town's hot list: topics whose heat rises and falls, the hottest first."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from itertools import pairwise

SHOWN = 12
"""The list has this many places; what is cooler is not on it."""

_FILE = resources.files(__package__) / "script" / "topics.toml"


@dataclass(frozen=True, slots=True)
class Topic:
    """What people look up. ``heat``: (seconds from the start, heat), by time; even in between."""

    title: str
    heat: tuple[tuple[float, float], ...]

    def at(self, second: float) -> float:
        """Its heat at a moment; 0 before it begins, as at last after its end."""
        if second < self.heat[0][0]:
            return 0.0
        for (start, low), (end, high) in pairwise(self.heat):
            if second < end:
                return low + (high - low) * (second - start) / (end - start)
        return self.heat[-1][1]


@dataclass(frozen=True, slots=True)
class Place:
    """A topic on the list. ``rank``: 1 is the hottest."""

    rank: int
    title: str
    heat: int


def load_topics() -> tuple[Topic, ...]:
    """The demo's topics."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))["topic"]
    return tuple(Topic(t["title"], tuple((float(s), float(h)) for s, h in t["heat"])) for t in told)


def places(topics: Sequence[Topic], second: float) -> list[Place]:
    """The list as it stands: the hottest first, equals by title."""
    warm = sorted((-topic.at(second), topic.title) for topic in topics if topic.at(second) > 0)
    return [Place(rank, title, round(-heat)) for rank, (heat, title) in enumerate(warm[:SHOWN], start=1)]


def as_json(shown: Sequence[Place], moment: datetime, origin: str, topics: Sequence[Topic]) -> bytes:
    """The list as its site serves it; ``moment`` is when it was put together."""
    pages = {topic.title: f"{origin}/hot/{number}.html" for number, topic in enumerate(topics)}
    entries = [
        {
            "rank": place.rank,
            "word": place.title,
            "hot": place.heat,
            "url": pages[place.title],
        }
        for place in shown
    ]
    said = {
        "rehearsal": "演练：人物、品牌与事件均为虚构",
        "name": "檐下热榜（演练）",
        "updated": int(moment.timestamp()),
        "data": {"list": entries},
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()
