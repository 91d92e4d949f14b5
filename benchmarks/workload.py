"""A day's work for the worker: two weeks of talk, then a crisis, as files of a drop folder.

Texts are those of the rehearsal, two put together at a time, so that no two are alike; brands are invented.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from desk.rehearsal.chatter import CLIENTS, SPAN, chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.posts import Strand, load_script
from desk.sample import SAMPLE_CONFIG
from playbooks import __path__ as playbooks_home

LIBRARY = Path(playbooks_home[0]) / "library"
DROP = "drop"
LINES_A_FILE = 5_000
LOUD = 0.1
"""The share of all posts that are the crisis: complaints of the last half hour."""

STORM = timedelta(minutes=30)
_NOWHERE = "http://127.0.0.1:9"
_SOURCES = """sources:
  - id: drop
    kind: drop_folder
    url: "file:{drop}/"
    class: social
    every: 1s
    silent_after: 365d
    reach: 5000
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One post as an export holds it."""

    number: int
    text: str
    published_at: datetime

    @property
    def json(self) -> str:
        """As the drop folder reads it."""
        row = {
            "url": f"https://posts.example/{self.number}",
            "text": self.text,
            "author": f"读者{self.number % 5000}",
            "published_at": self.published_at.isoformat(),
        }
        return json.dumps(row, ensure_ascii=False)


def write_agency(folder: Path) -> Path:
    """The rehearsal's agency with one drop folder and the desk's inbox for every channel."""
    write_config(folder, Addresses(*[_NOWHERE] * 4), SAMPLE_CONFIG / "lexicon")
    (folder / "sources.yaml").write_text(_SOURCES.format(drop=DROP), encoding="utf-8")
    for path in (folder / "agency.yaml", *(folder / "clients").glob("*.yaml")):
        text = path.read_text(encoding="utf-8").replace('"slack:#', '"inbox:')
        path.write_text(text.replace("contacts: {slack: U0000WANG}", "contacts: {}"), encoding="utf-8")
    return folder


def lines(count: int, until: datetime) -> Iterator[Line]:
    """``count`` posts, oldest first; the last tenth are complaints about one brand."""
    loud = int(count * LOUD)
    yield from _calm(count - loud, until - STORM)
    yield from _storm(count - loud, loud, until)


def write_files(folder: Path, posts: Sequence[Line]) -> None:
    """Put posts into the drop folder, each file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(posts), LINES_A_FILE):
        part = posts[start : start + LINES_A_FILE]
        unfinished = folder / f"{part[0].number:09d}.part"
        unfinished.write_text("".join(f"{line.json}\n" for line in part), encoding="utf-8")
        unfinished.replace(unfinished.with_suffix(".jsonl"))


def _calm(count: int, until: datetime) -> Iterator[Line]:
    """Ordinary talk about one client a post, its moments spread as the rehearsal's own are."""
    talk, chance = chatter(until), Random(7)  # noqa: S311 -- repeatable, not secret
    of_client = {client: [c for c in talk if c.client == client] for client in CLIENTS}
    for number in range(count):
        first = talk[number * len(talk) // count]
        second = chance.choice(of_client[first.client])
        at = max(first.published_at - timedelta(seconds=chance.randrange(300)), until - SPAN)
        yield Line(number, f"{first.title}{first.text}{second.text}", at)


def _storm(first: int, count: int, until: datetime) -> Iterator[Line]:
    complaints = [p.text for p in load_script() if p.strand is Strand.COMPLAINT]
    chance = Random(11)  # noqa: S311 -- repeatable, not secret
    for number in range(count):
        text = "".join(chance.sample(complaints, 2))
        yield Line(first + number, text, until - STORM + STORM * number / count)
