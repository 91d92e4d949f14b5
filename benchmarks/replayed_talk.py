"""Talk about 20 clients to replay, with some crises in it: made up here, the same on every call."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from desk.rehearsal.chatter import CLIENTS, SPAN, Chat, chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.posts import Strand, load_script
from desk.sample import SAMPLE_CONFIG

WATCHED = 20
IN_TROUBLE = 6
"""Clients that have a crisis: the last ones, each half a day after the one before."""

SEEN_AFTER = timedelta(minutes=1)
END = datetime(2026, 3, 29, tzinfo=UTC)
DAY = timedelta(days=1)

_SYLLABLES = "澜汀岚砚棠霁屹珩翊沅蘅序野渚陌"
_SPOKEN = {
    "lock": ("安屿智能锁", "安屿指纹锁", "安屿锁", "AnyuLock", "安屿"),
    "tea": ("汀岫茶饮", "汀岫茶", "汀岫"),
    "home": ("暖榆电器", "暖榆"),
}
"""The names the shipped talk is about, longest first: each is said as another brand's here."""


@dataclass(frozen=True, slots=True)
class Line:
    """One mention as a recording holds it."""

    at: datetime
    client: str
    number: int
    place: str
    title: str
    text: str

    @property
    def json(self) -> str:
        """As ``wanglou replay`` reads it."""
        row = {
            "source": f"history-{self.place}",
            "url": f"https://{self.place}.example/{self.client}/{self.number}",
            "title": self.title,
            "text": self.text,
            "author": f"读者{self.number % 997}",
            "published_at": self.at.isoformat(),
            "fetched_at": (self.at + SEEN_AFTER).isoformat(),
        }
        return json.dumps(row, ensure_ascii=False)


def brands() -> dict[str, str]:
    """Client id → its brand's invented name."""
    chance, names = Random(5), dict[str, None]()  # noqa: S311 -- names, not keys
    while len(names) < WATCHED:
        names["".join(chance.sample(_SYLLABLES, 3))] = None
    return {f"client-{n:02}": name for n, name in enumerate(names)}


def write_agency(folder: Path) -> Path:
    """The rehearsal's agency with the sample's rules and 20 clients of one brand each."""
    write_config(folder, Addresses(*["http://127.0.0.1:9"] * 4), SAMPLE_CONFIG / "lexicon")
    for path in (folder / "clients").glob("*.yaml"):
        path.unlink()
    for path in (SAMPLE_CONFIG / "rules").glob("*.yaml"):
        (folder / "rules" / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    for client, name in brands().items():
        file = {"client": client, "name": name, "brands": [{"name": name}], "team": {"account": "wang"}}
        path = folder / "clients" / f"{client}.yaml"
        path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return folder


def write_talk(path: Path, days: int) -> int:
    """Write the last ``days`` (at most 14) before ``END`` in time order; return how many lines."""
    talk = [chat for chat in chatter(END) if chat.published_at >= END - min(days * DAY, SPAN)]
    lines = sorted(_lines(talk, days), key=lambda line: (line.at, line.client, line.number))
    path.write_text("".join(f"{line.json}\n" for line in lines), encoding="utf-8")
    return len(lines)


def _lines(talk: list[Chat], days: int) -> Iterator[Line]:
    """Clients of one trade hear the same talk on other days, and each of their own brand."""
    for place, (client, name) in enumerate(brands().items()):
        base, shift = CLIENTS[place % len(CLIENTS)], place // len(CLIENTS) * DAY
        for number, chat in enumerate(c for c in talk if c.client == base):
            at = END - (END - chat.published_at + shift) % (days * DAY)
            title, text = (_renamed(said, base, name) for said in (chat.title, chat.text))
            yield Line(at.astimezone(UTC), client, number, chat.place, title, text)
        later = WATCHED - 1 - place
        if later < IN_TROUBLE:
            yield from _crisis(client, name, END - DAY / 2 - later * DAY / 2)


def _crisis(client: str, name: str, at: datetime) -> Iterator[Line]:
    for number, post in enumerate(p for p in load_script() if p.strand is Strand.COMPLAINT):
        title, text = (_renamed(said, "lock", name) for said in (post.title, post.text))
        when = at + timedelta(seconds=20 * number)
        yield Line(when, client, 100_000 + number, "social", title, text)


def _renamed(text: str, base: str, name: str) -> str:
    for spoken in _SPOKEN[base]:
        text = text.replace(spoken, name)
    return text
