"""Two weeks of ordinary talk about the demo's clients, so that usual levels are known when a crisis comes.

Hand-written pieces, put together by a seeded generator: the same seed and the same end give the same talk.
"""

import json
import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from wanglou.domain.source import SourceClass

PIECES = resources.files(__package__) / "pieces"
CLIENTS = ("lock", "tea", "home")
TOWN_ZONE = ZoneInfo("Asia/Shanghai")
SPAN = timedelta(days=14)

BY_HOUR = (3, 2, 1, 1, 1, 2, 4, 7, 9, 9, 9, 9, 11, 9, 8, 8, 9, 10, 11, 12, 13, 13, 10, 6)
"""How much is said in each hour of the town's clock, for judging 24 h: quiet nights, loud evenings."""

BY_WEEKDAY = (0.95, 0.95, 1.0, 0.95, 1.05, 1.1, 1.0)
"""The same for Monday to Sunday."""

BY_PLACE = {SourceClass.SOCIAL: 0.57, SourceClass.FORUM: 0.37, SourceClass.NEWS: 0.06}

TWO_LINES = 0.4
"""The share of posts that say two things."""

ALIKE = 0.55
"""Posts on the same piece are drawn again while they share more of their three-character runs than this."""

REDRAWS = 30


@dataclass(frozen=True, slots=True)
class Chat:
    """One ordinary mention of a client, or of its competitor, with the class of place where it stood."""

    client: str
    place: SourceClass
    url: str
    title: str
    text: str
    author: str
    published_at: datetime

    @property
    def line(self) -> str:
        """As the drop folder reads it."""
        names = ("url", "title", "text", "author")
        row = {name: getattr(self, name) for name in names}
        return json.dumps(row | {"published_at": self.published_at.isoformat()}, ensure_ascii=False)


def chatter(until: datetime, seed: int = 1) -> list[Chat]:
    """What was said in the two weeks before ``until`` (aware), oldest first."""
    common = _pieces("common")
    talk = [chat for client in CLIENTS for chat in _Talker(client, common, seed).talk(until)]
    return sorted(talk, key=lambda c: (c.published_at, c.url))


def competitors_chatter(until: datetime, seed: int = 1) -> list[Chat]:
    """What was said meanwhile of the clients' competitors, oldest first: the same small talk, other names."""
    common = _pieces("common")
    talk = [
        chat
        for client in CLIENTS
        if "competitor" in _pieces(client)
        for chat in _Talker(client, common, seed, of_competitor=True).talk(until)
    ]
    return sorted(talk, key=lambda c: (c.published_at, c.url))


def write_chatter(folder: Path, until: datetime, seed: int = 1) -> int:
    """Write the talk as JSON lines into ``folder/<class of place>/<day>.jsonl``; return how many lines.

    Each file appears whole or not at all.
    """
    files: dict[Path, list[str]] = defaultdict(list)
    talk = [*chatter(until, seed), *competitors_chatter(until, seed)]
    for chat in talk:
        files[folder / chat.place / f"{chat.published_at:%Y-%m-%d}.jsonl"].append(chat.line)
    for path, lines in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
        unfinished.replace(path)
    return len(talk)


@dataclass(slots=True)
class _Talker:
    """Everybody who talks about one client, or of its competitor. Says nothing twice."""

    client: str
    common: Mapping[str, Any]
    seed: int
    of_competitor: bool = False
    pieces: Mapping[str, Any] = field(init=False)
    rng: Random = field(init=False)
    said: dict[str, list[frozenset[str]]] = field(init=False)

    def __post_init__(self) -> None:
        pieces = _pieces(self.client)
        self.pieces = {**pieces, **pieces["competitor"]} if self.of_competitor else pieces
        self.rng = Random(f"{self.seed}|{self._name}")  # noqa: S311 -- small talk, not a secret
        self.said = defaultdict(list)

    @property
    def _name(self) -> str:
        return f"{self.client}-competitor" if self.of_competitor else self.client

    def talk(self, until: datetime) -> Iterator[Chat]:
        for number, at in enumerate(self._moments(until.astimezone(TOWN_ZONE))):
            yield self._chat(number, at)

    def _moments(self, until: datetime) -> list[datetime]:
        """A Poisson count an hour, spread evenly within it."""
        since = until - SPAN
        hour = since.replace(minute=0, second=0, microsecond=0)
        moments = []
        while hour < until:
            weight = BY_HOUR[hour.hour] / sum(BY_HOUR) * BY_WEEKDAY[hour.weekday()]
            count = _poisson(self.rng, self.pieces["per_day"] * weight)
            moments += [hour + timedelta(seconds=self.rng.randrange(3600)) for _ in range(count)]
            hour += timedelta(hours=1)
        return sorted(m for m in moments if since <= m < until)

    def _chat(self, number: int, at: datetime) -> Chat:
        place = self.rng.choices(tuple(BY_PLACE), weights=tuple(BY_PLACE.values()))[0]
        title, text = self._article() if place is SourceClass.NEWS else self._post(place)
        stem = f"{self._name}-{at:%m%d%H%M%S}-{number}"
        return Chat(
            self.client, place, f"https://{place}.example/{stem}", title, text, self._author(place), at
        )

    def _article(self) -> tuple[str, str]:
        title, text = self.rng.choice(self.pieces["news"])
        brand = self.pieces["alias"][0]
        return self._spoken(title, brand), self._spoken(text, brand)

    def _post(self, place: SourceClass) -> tuple[str, str]:
        text = self._text()
        if place is not SourceClass.FORUM:
            return "", text
        return self._spoken(self.rng.choice(self.pieces["forum_titles"]), self._alias()), text

    def _text(self) -> str:
        tones = self.pieces["tone"]
        tone = self.rng.choices(tones, weights=[t["share"] for t in tones])[0]
        for _ in range(REDRAWS):
            lines = self.rng.sample(tone["lines"], 2 if self.rng.random() < TWO_LINES else 1)
            text = self._put_together(tone["name"], lines)
            runs = frozenset(text[i : i + 3] for i in range(len(text) - 2))
            if all(likeness(runs, earlier) <= ALIKE for line in lines for earlier in self.said[line]):
                break
        for line in lines:
            self.said[line].append(runs)
        return text

    def _put_together(self, tone: str, lines: Sequence[str]) -> str:
        opening = self.rng.choice(self.common["opening"][tone])
        closing = self.rng.choice(self.common["closing"][tone])
        stop = self.rng.choice("？" if tone == "question" else "。。。！")
        body = "。".join(self._spoken(line, self._alias()) for line in lines)
        return self._spoken(opening, "") + body + stop + self._spoken(closing, "")

    def _spoken(self, piece: str, brand: str) -> str:
        """Choose one of each {this|that} and put in the brand for @."""
        chosen = re.sub(r"\{([^{}]*)\}", lambda m: self.rng.choice(m[1].split("|")), piece)
        return chosen.replace("@", brand)

    def _alias(self) -> str:
        return str(self.rng.choice(self.pieces["alias"]))

    def _author(self, place: SourceClass) -> str:
        if place is SourceClass.NEWS:
            return self.rng.choice(("城事晚报", "社区日报", "民生一线", "产业观察"))
        names = self.common["author"]
        parts = (names["first"], names["last"], ("", "", "_", "07", "88"))
        return "".join(self.rng.choice(part) for part in parts)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of runs two texts have in common (Jaccard), 0…1."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _pieces(name: str) -> Mapping[str, Any]:
    return tomllib.loads((PIECES / f"{name}.toml").read_text(encoding="utf-8"))


def _poisson(rng: Random, mean: float) -> int:
    """Knuth's method; fine for the small means of an hour's talk."""
    floor, product, count = math.exp(-mean), rng.random(), 0
    while product > floor:
        product *= rng.random()
        count += 1
    return count
