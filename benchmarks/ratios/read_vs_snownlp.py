"""The whole reading of a post, from finding the brand to the marked words, against SnowNLP's sentiment alone.

Every post names a brand, so that every one is read: the dearest case.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import TypeVar

from snownlp import SnowNLP

from analysis.brand_reader import Asked, BrandReader
from analysis.matching import Matcher
from benchmarks.figure import Figure, Rival
from benchmarks.posts import posts
from desk.cli._kinds import kinds_here
from desk.heap import settle
from desk.sample import SAMPLE_CONFIG
from desk.wiring.shared import matcher_of
from desk.wiring.worker import reader_of
from playbooks import __path__ as playbooks_home
from wanglou.config.folder import load
from wanglou.domain.item import Item
from wanglou.domain.mention import Reading

Thing = TypeVar("Thing")

BATCH = 500
"""As many as the worker reads at once."""

FLOOR_IN_BATCHES = 50.0
FLOOR_ONE_BY_ONE = 10.0


def read_vs_snownlp() -> list[Figure]:
    config = load(SAMPLE_CONFIG, Path(playbooks_home[0]) / "library", kinds_here())
    matcher, reader = matcher_of(config), reader_of(config)
    texts = posts(6_000)
    items = [Item("square", "", "", f"安屿{t}" if i % 2 else f"{t}，安屿") for i, t in enumerate(texts)]
    rival = Rival("SnowNLP", _per_second(lambda text: SnowNLP(text).sentiments, texts[:150]))
    settle()  # as the worker does
    batches = [items[i : i + BATCH] for i in range(0, len(items), BATCH)]
    batched = _per_second(lambda batch: _read(matcher, reader, batch), batches) * BATCH
    single = _per_second(lambda item: _read(matcher, reader, [item]), items[:1_500])
    unit = "posts/CPU s"
    return [
        rival.beaten_by_more("read_batch_vs_snownlp", batched, unit, FLOOR_IN_BATCHES),
        rival.beaten_by_more("read_single_vs_snownlp", single, unit, FLOOR_ONE_BY_ONE),
    ]


def _read(matcher: Matcher, reader: BrandReader, items: Sequence[Item]) -> list[Reading]:
    found = zip(items, matcher.named_all(items), strict=True)
    return reader.read([Asked(i.title, i.text, match.spans) for i, named in found for match in named.brands])


def _per_second(read: Callable[[Thing], object], things: Sequence[Thing]) -> float:
    read(things[0])  # dictionaries load at the first use
    began = process_time()
    for thing in things:
        read(thing)
    return len(things) / (process_time() - began)


PLUGIN = read_vs_snownlp
