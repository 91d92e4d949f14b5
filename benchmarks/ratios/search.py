"""A search for a word of two characters over a million mentions, as the mentions page asks for it.

In CPU time, which is what a search takes where nobody else wants the machine: rows lie on the same disk.
Making a million rows and their index takes some minutes; standard error says how far it is.
"""

import sys
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import process_time

from analysis.search import grams, parse
from benchmarks.figure import Figure, Rival
from benchmarks.full_desk import FIRST_MENTIONS, SPAN, WATCHER, full_desk
from desk.clocks import WallClock
from desk.rehearsal.posts import load_script
from wanglou.domain.agency import Config
from wanglou.domain.span import Span
from wanglou.ports import MentionFilter
from wanglou.storage.engine import SqlStorage
from wanglou.storage.mention_list import SqlMentionReader

MENTIONS = 1_000_000
SEARCHES = 200
MOST_MS = 200.0
FLOOR_OF_GROWTH = 0.25
"""A hundred times the mentions may cost four times a search: a common word soon fills its page."""

_AT_ONCE = 1_000


def search() -> list[Figure]:
    with TemporaryDirectory() as small, TemporaryDirectory() as large:
        few, many = _searches(Path(small), FIRST_MENTIONS), _searches(Path(large), MENTIONS)
    return [
        Rival("allowed", MOST_MS).beaten_by_less(
            "search, p95 over a million mentions", quantiles(many, n=20)[-1], "CPU ms", 1.0
        ),
        Rival("with a hundredth of the mentions", median(few)).beaten_by_less(
            "search, median over a million mentions", median(many), "CPU ms", FLOOR_OF_GROWTH
        ),
    ]


def _searches(folder: Path, mentions: int) -> list[float]:
    """Milliseconds of CPU of searches for words as they stand in the posts, of one client and of all."""
    now = WallClock().now()
    config, _, storage = full_desk(folder, now, mentions)
    _index(storage, mentions)
    reader, access = SqlMentionReader(storage), config.access_of(config.agency.people[WATCHER])
    spent, hits = [], 0
    for number, word in enumerate(_words()):
        clients = tuple(config.clients) if number % 2 else _one_of(config, number)
        wanted = MentionFilter(clients, Span(now - SPAN, now))
        began = process_time()
        found = reader.find(access, wanted, parse(word), "", now)
        spent.append(1000 * (process_time() - began))
        hits += bool(found.stories)
    storage.close()
    if hits < SEARCHES / 2:
        raise AssertionError(f"only {hits} of {SEARCHES} searches found anything")
    return spent


def _one_of(config: Config, number: int) -> tuple[str]:
    return (list(config.clients)[number % len(config.clients)],)


def _words() -> list[str]:
    """Pairs of characters of the posts, common and rare ones as they come, and pairs of nothing."""
    chance = Random(11)  # noqa: S311 -- repeatable, not secret
    texts = [post.text for post in load_script() if len(post.text) > 20]  # noqa: PLR2004 -- room for a pair
    pairs: list[str] = []
    while len(pairs) < SEARCHES:
        text = chance.choice(texts)
        at = chance.randrange(len(text) - 1)
        pair = text[at : at + 2]
        if len(parse(pair).grams) == 1:
            pairs.append(pair if len(pairs) % 10 else pair[::-1])
    return pairs


def _index(storage: SqlStorage, mentions: int) -> None:
    done = 0
    while True:
        with storage.begin() as uow:
            waiting = uow.mentions.unsearchable(_AT_ONCE)
            uow.mentions.make_searchable([(said, grams(said.all_words)) for said in waiting])
            uow.commit()
        if not waiting:
            return
        done += len(waiting)
        if done % 50_000 == 0:
            print(f"indexed {done:,} of {mentions:,}", file=sys.stderr, flush=True)


PLUGIN = search
